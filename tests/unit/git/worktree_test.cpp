#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ctime>

#include "core/crypto/digest.hpp"
#include "core/git/repository.hpp"
#include "core/os/file.hpp"

using namespace tk;

namespace {

struct Place {
  std::string root = os::temporary_directory("tk-git-").value();
  Place() { REQUIRE(git::Repository::init(root)); }
  ~Place() { (void)os::remove_tree(root); }
  // As a command does it: another one reads what this one wrote.
  git::Repository open() const { return git::Repository::open(root).value(); }
  std::string commit(const std::vector<git::Change>& files) const {
    auto repository = open();
    auto head = repository.head_commit().value();
    auto made = repository.write_commit(head, files, {"t", "t@e"}, "t").value();
    REQUIRE(repository.move_ref(repository.head_ref().value(), head, made, "t"));
    std::vector<std::string> paths;
    for (const auto& f : files) paths.push_back(f.path);
    REQUIRE(repository.check_out(made, paths, root + "/.git"));
    return made;
  }
  // In place, so that nothing but the content and its times changes.
  void edit(const std::string& path, std::string_view bytes) const {
    int fd = ::open((root + "/" + path).c_str(), O_WRONLY);
    REQUIRE(::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    ::close(fd);
  }
};

}  // namespace

TEST_CASE("an edit of the same size in the moment after a file was staged is seen") {
  Place place;
  for (int i = 0; i < 50; ++i) {
    auto head = place.commit({{"a", std::to_string(1000 + i)}});
    place.edit("a", "edit");
    CHECK(place.open().path_state(head, "a").value() == git::Path::dirty);
    CHECK_FALSE(place.open().untouched(head, head, "a").value());
    CHECK(place.open().read_nearest(head, "a").value() == std::to_string(1000 + i));
  }
}

TEST_CASE("a file that is not older than the index is read") {
  Place place;
  auto committed = place.commit({{"a", "text"}});
  // The index names another content with the times of this one, as it would where both were written in one moment.
  auto raw = [](std::string_view content) {
    std::string out;
    auto id = git::Repository::blob_of(content);
    for (std::size_t i = 0; i < id.size(); i += 2) out += static_cast<char>(std::stoi(id.substr(i, 2), nullptr, 16));
    return out;
  };
  auto bytes = os::read_file(place.root + "/.git/index").value();
  bytes.resize(bytes.size() - 20);
  bytes.replace(bytes.find(raw("text")), 20, raw("TEXT"));
  auto sum = crypto::sha1(bytes);
  bytes.append(reinterpret_cast<const char*>(sum.data()), sum.size());
  REQUIRE(os::write_atomic(place.root + "/.git/index", bytes, 0644));
  auto other = place.open().write_commit(committed, {{"a", "TEXT"}}, {"t", "t@e"}, "t").value();
  auto state = [&](std::time_t of_index) {
    timespec times[2] = {{of_index, 0}, {of_index, 0}};
    REQUIRE(::utimensat(AT_FDCWD, (place.root + "/.git/index").c_str(), times, 0) == 0);
    return place.open().path_state(other, "a").value();
  };
  CHECK(state(::time(nullptr) + 10) == git::Path::clean);  // what git would say, too
  CHECK(state(::time(nullptr) - 10) == git::Path::dirty);
}

TEST_CASE("an edit that puts the times back is seen") {
  Place place;
  auto head = place.commit({{"a", "text"}});
  auto file = place.root + "/a";
  struct stat before {};
  REQUIRE(::stat(file.c_str(), &before) == 0);
  place.edit("a", "TEXT");
  timespec times[2] = {before.st_atim, before.st_mtim};
  REQUIRE(::utimensat(AT_FDCWD, file.c_str(), times, 0) == 0);
  // The index is younger than the edit.
  timespec later[2] = {{::time(nullptr) + 10, 0}, {::time(nullptr) + 10, 0}};
  REQUIRE(::utimensat(AT_FDCWD, (place.root + "/.git/index").c_str(), later, 0) == 0);
  CHECK(place.open().path_state(head, "a").value() == git::Path::dirty);
}

TEST_CASE("many files are put in place together, and what they replace is gone") {
  Place place;
  std::vector<git::Change> files;
  for (int i = 0; i < 500; ++i) files.push_back({"d/" + std::to_string(i), "first " + std::to_string(i)});
  place.commit(files);
  for (auto& f : files) *f.content += " and second";
  files[7].content.reset();
  auto head = place.commit(files);
  auto repository = place.open();
  std::vector<std::string> read(files.size());
  CHECK(repository.each(files.size(), [&](const git::Repository& own, std::size_t i) -> Result<void> {
    TK_TRY(auto content, own.read(head, files[i].path));
    read[i] = content.value_or("");
    return {};
  }));
  for (std::size_t i = 0; i < files.size(); ++i) {
    CAPTURE(i);
    CHECK(read[i] == files[i].content.value_or(""));
    CHECK(repository.path_state(head, files[i].path).value() == (files[i].content ? git::Path::clean : git::Path::absent));
    auto here = os::read_file(place.root + "/" + files[i].path);
    CHECK((here ? *here : std::string()) == files[i].content.value_or(""));
  }
  auto failed = repository.each(files.size(), [](const git::Repository&, std::size_t i) -> Result<void> {
    return i == 499 ? fail(Code::bug, "the last") : Result<void>{};
  });
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message == "the last");
}
