#include "tools/export/archive.hpp"

#include <algorithm>
#include <cstring>

#include "core/base/text.hpp"
#include "core/crypto/digest.hpp"
#include "core/json/json.hpp"
#include "core/os/output_file.hpp"

namespace tk::tools::archive {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::int64_t kTarMost = 0777'7777'7777;  // what eleven octal digits can say
const std::string kEnd = ",\"digest\":\"";

tl::unexpected<Error> broken(const std::string& what) { return fail(Code::ws_bundle, what, "fetch the export again; nothing of it was taken"); }

bool is_hex(std::string_view text, std::size_t length) {
  return text.size() == length && text.find_first_not_of("0123456789abcdef") == text.npos;
}

// The names that an export may have: nothing leads out of it.
bool known(std::string_view name) {
  if (name == kList || name == kBundle || name == kJournal) return true;
  return name.size() == 4 + 2 + 1 + 62 && name.starts_with("cas/") && name[6] == '/' && is_hex(name.substr(4, 2), 2) && is_hex(name.substr(7), 62);
}

Result<void> collect(const std::string& root, const std::string& below, std::vector<std::string>& out) {
  TK_TRY(auto names, os::list_directory(below.empty() ? root : root + "/" + below));
  for (const auto& name : names) {
    auto path = below.empty() ? name : below + "/" + name;
    if (os::is_directory(root + "/" + path)) TK_CHECK(collect(root, path, out));
    else out.push_back(path);
  }
  return {};
}

void put_octal(char* at, std::size_t width, std::int64_t number) {
  at[width - 1] = '\0';
  for (auto i = width - 1; i-- > 0; number >>= 3) at[i] = static_cast<char>('0' + (number & 7));
}

std::string tar_header(const std::string& name, std::int64_t size) {
  std::string out(kBlock, '\0');
  name.copy(out.data(), 100);
  put_octal(&out[100], 8, 0600);
  put_octal(&out[108], 8, 0);
  put_octal(&out[116], 8, 0);
  put_octal(&out[124], 12, size);
  put_octal(&out[136], 12, 0);
  std::memset(&out[148], ' ', 8);
  out[156] = '0';
  std::memcpy(&out[257], "ustar\00000", 8);
  std::int64_t sum = 0;
  for (unsigned char c : out) sum += c;
  put_octal(&out[148], 7, sum);
  return out;
}

std::int64_t octal(std::string_view field) {
  std::int64_t out = 0;
  for (char c : field) {
    if (c == '\0' || c == ' ') break;
    if (c < '0' || c > '7') return -1;
    out = out * 8 + (c - '0');
  }
  return out;
}

}  // namespace

bool is_tar(const std::string& path) { return path.ends_with(".tar"); }

std::string beside(const std::string& target) {
  auto slash = target.rfind('/');
  return target.substr(0, slash + 1) + "." + target.substr(slash + 1) + ".tk-unfinished";
}

Result<void> write_list(const std::string& folder, const Contents& c) {
  std::vector<std::string> names;
  TK_CHECK(collect(folder, "", names));
  std::erase(names, kList);
  std::sort(names.begin(), names.end());
  auto out = "{\"format\":" + json::quote(kFormat) + ",\"commit\":" + json::quote(c.commit) + ",\"tree\":" + json::quote(c.tree) + ",\"ref\":" +
             json::quote(c.ref) + ",\"journal\":{\"rows\":" + std::to_string(c.rows) + ",\"head\":" + json::quote(c.journal_head) + ",\"keys\":" +
             json::compact(Value::List(c.keys.begin(), c.keys.end())) + "},\"parts\":[";
  const char* between = "\n";
  for (const auto& name : names) {
    TK_TRY(auto bytes, os::Mapping::open(folder + "/" + name));
    out += between + std::string("{\"path\":") + json::quote(name) + ",\"bytes\":" + std::to_string(bytes.bytes().size()) +
           ",\"sha256\":" + json::quote(crypto::sha256_hex(bytes.bytes())) + "}";
    between = ",\n";
  }
  out += "\n]";
  return os::replace_file(folder + "/" + kList, out + kEnd + crypto::sha256_hex(out) + "\"}\n", 0600);
}

Result<void> write_tar(const std::string& folder, const std::string& file) {
  std::vector<std::string> names;
  TK_CHECK(collect(folder, "", names));
  std::sort(names.begin(), names.end(), [](const auto& a, const auto& b) {  // the list first
    return std::pair(a != kList, std::string_view(a)) < std::pair(b != kList, std::string_view(b));
  });
  TK_TRY(auto out, os::OutputFile::create(file));
  for (const auto& name : names) {
    TK_TRY(auto bytes, os::Mapping::open(folder + "/" + name));
    auto size = static_cast<std::int64_t>(bytes.bytes().size());
    if (size > kTarMost) return fail(Code::cli_usage, name + " is larger than 8 GiB, which a tar cannot hold", "export into a folder instead");
    TK_CHECK(out.write(tar_header(name, size)));
    TK_CHECK(out.write(bytes.bytes()));
    TK_CHECK(out.write(std::string((kBlock - bytes.bytes().size() % kBlock) % kBlock, '\0')));
  }
  TK_CHECK(out.write(std::string(2 * kBlock, '\0')));
  return out.finish();
}

Result<Archive> Archive::open(const std::string& path) {
  if (!os::is_directory(path)) {
    TK_TRY(auto file, os::Mapping::open(path));
    TK_TRY(auto out, of_bytes(file.bytes()));
    out.mapped_.push_back(std::move(file));  // what is mapped stays where it is
    return out;
  }
  Archive out;
  TK_CHECK(out.read_folder(path));
  TK_CHECK(out.check());
  return out;
}

Result<Archive> Archive::of_bytes(std::string_view tar) {
  Archive out;
  TK_CHECK(out.read_tar(tar));
  TK_CHECK(out.check());
  return out;
}

Result<void> Archive::add(const std::string& name, std::string_view bytes) {
  if (!known(name)) return broken("it holds " + text::printable(text::shorten(name, 100)) + ", which is no part of an export");
  if (!parts_.emplace(name, bytes).second) return broken("it holds " + name + " twice");
  return {};
}

Result<void> Archive::read_folder(const std::string& root) {
  std::vector<std::string> names;
  TK_CHECK(collect(root, "", names));
  for (const auto& name : names) {
    if (!known(name)) return broken("it holds " + text::printable(text::shorten(name, 100)) + ", which is no part of an export");
    TK_TRY(auto file, os::Mapping::open(root + "/" + name));
    mapped_.push_back(std::move(file));
    TK_CHECK(add(name, mapped_.back().bytes()));
  }
  return {};
}

Result<void> Archive::read_tar(std::string_view bytes) {
  for (std::size_t at = 0;;) {
    if (at + kBlock > bytes.size()) return broken("the tar is cut off");
    auto header = bytes.substr(at, kBlock);
    if (header.find_first_not_of('\0') == header.npos) return {};
    auto name = std::string(header.substr(0, std::min<std::size_t>(100, header.find('\0'))));
    auto size = octal(header.substr(124, 12));
    at += kBlock;
    if (size < 0 || static_cast<std::size_t>(size) > bytes.size() - at) return broken("the tar is cut off in " + text::printable(name));
    if (header != tar_header(name, size)) return broken("the tar's entry " + text::printable(name) + " is not as tk writes it");
    TK_CHECK(add(name, bytes.substr(at, static_cast<std::size_t>(size))));
    at += (static_cast<std::size_t>(size) + kBlock - 1) / kBlock * kBlock;
  }
}

Result<void> Archive::check() {
  auto list = parts_.find(kList);
  if (list == parts_.end()) return broken("there is no " + std::string(kList) + " in it");
  auto bytes = list->second;
  auto end = bytes.rfind(kEnd);
  if (end == bytes.npos || bytes.substr(end) != kEnd + crypto::sha256_hex(bytes.substr(0, end)) + "\"}\n")
    return broken(std::string(kList) + " is not as it was written");
  auto doc = json::parse(bytes, kList);
  if (!doc) return broken(describe(doc.error()));
  if (auto format = (*doc)["format"].text(); format != kFormat)
    return fail(Code::cli_usage, "an export of the format " + text::printable(format), "take a newer tk");
  const auto& journal = (*doc)["journal"];
  contents_ = {(*doc)["commit"].text(), (*doc)["tree"].text(), (*doc)["ref"].text(), journal["rows"].as_int() ? *journal["rows"].as_int() : 0,
               journal["head"].text(), {}};
  for (const auto& key : journal["keys"].as_list() ? *journal["keys"].as_list() : Value::List{}) contents_.keys.push_back(key.text());
  std::size_t named = 0;
  for (const auto& part : (*doc)["parts"].as_list() ? *(*doc)["parts"].as_list() : Value::List{}) {
    auto found = parts_.find(part["path"].text());
    if (found == parts_.end()) return broken(text::printable(part["path"].text()) + " is missing");
    const auto* size = part["bytes"].as_int();
    if (!size || static_cast<std::size_t>(*size) != found->second.size() || crypto::sha256_hex(found->second) != part["sha256"].text())
      return broken(found->first + " is not as it was written");
    ++named;
  }
  if (named + 1 != parts_.size() || !parts_.contains(kBundle) || !parts_.contains(kJournal)) return broken("its parts are not those of its list");
  return {};
}

std::vector<std::string> Archive::names() const {
  std::vector<std::string> out;
  for (const auto& [name, bytes] : parts_) out.push_back(name);
  return out;
}

}  // namespace tk::tools::archive
