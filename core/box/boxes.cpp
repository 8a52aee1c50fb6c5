#include "core/box/boxes.hpp"

#include "core/base/text.hpp"
#include "core/os/file.hpp"
#include "core/os/process.hpp"

namespace tk::box {

Result<Entered> Entered::enter(const std::string& folder, const std::string& record, const std::vector<std::string>& actors, pid_t first) {
  TK_CHECK(os::make_directories(folder, 0700));
  Entered out(folder + "/" + record, actors);
  TK_CHECK(out.has(first));
  return out;
}

Result<void> Entered::has(pid_t first) {
  auto named = [](pid_t pid) { return std::to_string(pid) + "\t" + os::began(pid); };
  auto text = named(first) + "\t" + named(os::own_pid());
  for (const auto& actor : actors_) text += "\t" + actor;
  return os::replace_file(path_, text + "\n", 0600);  // of no use to another boot of the machine
}

Entered::~Entered() {
  if (!path_.empty()) static_cast<void>(os::remove_file(path_));
}

namespace {

struct Read {
  Entry entry;
  bool runs = false, held = false;  // its first process; who started it
};

Result<std::vector<Read>> all_of(const std::string& folder) {
  std::vector<Read> out;
  auto names = os::list_directory(folder);
  if (!names) return names.error().code == Code::os_not_found ? Result<std::vector<Read>>(out) : fail(names.error());
  for (const auto& name : *names) {
    auto text = os::read_file(folder + "/" + name, 4096);
    if (!text) continue;  // it has just ended
    auto words = text::split(text::trim(*text), '\t');
    if (words.size() < 5) continue;
    auto pid = [&](std::size_t i) { return static_cast<pid_t>(std::strtol(std::string(words[i]).c_str(), nullptr, 10)); };
    auto there = [&](std::size_t i) { return pid(i) > 1 && !words[i + 1].empty() && os::began(pid(i)) == words[i + 1]; };
    out.push_back({{name, {words.begin() + 4, words.end()}, pid(0), std::string(words[1])}, there(0), there(2)});
  }
  return out;
}

}  // namespace

Result<std::vector<Entry>> running_boxes(const std::string& folder) {
  std::vector<Entry> out;
  TK_TRY(auto all, all_of(folder));
  for (auto& one : all)
    if (one.runs) out.push_back(std::move(one.entry));
  return out;
}

Result<std::vector<std::string>> forgotten_boxes(const std::string& folder) {
  std::vector<std::string> out;
  TK_TRY(auto all, all_of(folder));
  for (auto& one : all)
    if (!one.runs && !one.held) out.push_back(std::move(one.entry.record));
  return out;
}

void forget(const std::string& folder, const std::string& record) {
  static_cast<void>(os::remove_file(folder + "/" + record));
}

Result<void> end_boxes(const std::vector<Entry>& boxes) {
  std::vector<os::Ending> endings;
  for (const auto& one : boxes) {
    TK_TRY(auto ending, os::Ending::of(one.first, one.began));
    if (ending) endings.push_back(std::move(*ending));
  }
  for (auto& ending : endings) ending.wait();
  return {};
}

}  // namespace tk::box
