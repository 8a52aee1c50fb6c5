#include "core/box/boxes.hpp"

#include "core/base/text.hpp"
#include "core/os/file.hpp"
#include "core/os/process.hpp"

namespace tk::box {

Result<Entered> Entered::enter(const std::string& folder, const std::string& record, const std::vector<std::string>& actors, pid_t first) {
  TK_CHECK(os::make_directories(folder, 0700));
  auto path = folder + "/" + record;
  auto text = std::to_string(first) + "\t" + os::began(first);
  for (const auto& actor : actors) text += "\t" + actor;
  TK_CHECK(os::write_atomic(path, text + "\n", 0600));
  return Entered(path);
}

Entered::~Entered() {
  if (!path_.empty()) static_cast<void>(os::remove_file(path_));
}

Result<std::vector<Entry>> running_boxes(const std::string& folder) {
  std::vector<Entry> out;
  auto names = os::list_directory(folder);
  if (!names) return names.error().code == Code::os_not_found ? Result<std::vector<Entry>>(out) : fail(names.error());
  for (const auto& name : *names) {
    auto text = os::read_file(folder + "/" + name, 4096);
    if (!text) continue;  // it has just ended
    auto words = text::split(text::trim(*text), '\t');
    if (words.size() < 3) continue;
    Entry one{
        name, {words.begin() + 2, words.end()}, static_cast<pid_t>(std::strtol(std::string(words[0]).c_str(), nullptr, 10)), std::string(words[1])};
    if (one.first > 1 && !one.began.empty() && os::began(one.first) == one.began)
      out.push_back(std::move(one));
    else
      static_cast<void>(os::remove_file(folder + "/" + name));  // whoever started it was killed
  }
  return out;
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
