#include "core/cli/output.hpp"

#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/os/file.hpp"
#include "core/os/process.hpp"
#include "core/os/terminal.hpp"

namespace tk::cli {
namespace {

std::string out;
Volume volume = Volume::normal;
bool wants_pager = false;
std::unique_ptr<os::Pager> pager;

bool shows_progress() {
  static const bool shown = os::is_terminal(STDERR_FILENO) && os::environment("CI").empty() &&
                            os::environment("TERM") != "dumb";
  return shown && volume != Volume::quiet;
}

// TK_PAGER, PAGER, else less; empty or "cat" = none.
std::string pager_command() {
  for (const char* name : {"TK_PAGER", "PAGER"})
    if (os::environment_set(name)) return os::environment(name);
  return os::find_in_path("less").empty() ? "" : "less -FRX";
}

void start_pager() {
  wants_pager = false;
  if (!os::is_terminal(STDOUT_FILENO) || os::environment("TERM") == "dumb") return;
  auto command = pager_command();
  if (command.empty() || command == "cat") return;
  if (auto started = os::Pager::start(command)) pager = std::make_unique<os::Pager>(std::move(*started));
}

std::string coloured(std::string_view text, int fd, const char* code) {
  return colours(fd) ? "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m"
                     : std::string(text);
}

}  // namespace

void set_volume(Volume v) { volume = v; }

void print(std::string_view text) {
  out += text;
  if (out.size() > (1u << 16)) static_cast<void>(flush());
}

Result<void> flush() {
  auto text = std::move(out);
  out.clear();
  if (text.empty()) return {};
  if (wants_pager) start_pager();
  return pager ? pager->write(text) : os::write_all(STDOUT_FILENO, text);
}

void page() { wants_pager = true; }

Result<void> finish_output() {
  auto flushed = flush();
  pager.reset();
  return flushed;
}

void note(const std::string& text) {
  if (volume != Volume::quiet) std::fprintf(stderr, "tk: %s\n", text::printable(text).c_str());
}

void aside(const std::string& text) {
  if (volume == Volume::verbose) std::fprintf(stderr, "tk: %s\n", text::printable(text).c_str());
}

void progress(const std::string& text) {
  if (shows_progress() || volume == Volume::verbose)
    std::fprintf(stderr, "tk: %s\n", text::printable(text).c_str());
}

Bar::Bar(std::string what, std::int64_t total)
    : what_(std::move(what)), total_(total), began_ns_(clock::monotonic_ns()) {}

Bar::~Bar() {
  if (shown_) std::fputs("\r\x1b[K", stderr);
}

void Bar::at(std::int64_t done) {
  if ((done & 255) != 0 || !shows_progress()) return;
  auto now = clock::monotonic_ns();
  if (now - began_ns_ < 1'000'000'000 || now - drawn_ns_ < 100'000'000) return;
  drawn_ns_ = now;
  draw(done);
}

void Bar::draw(std::int64_t done) {
  constexpr int kWidth = 30;
  shown_ = true;
  if (total_ <= 0) {
    std::fprintf(stderr, "\r%s: %lld", what_.c_str(), static_cast<long long>(done));
    return;
  }
  auto filled = static_cast<int>(std::min(done, total_) * kWidth / total_);
  std::fprintf(stderr, "\r%s [%s%s] %lld of %lld", what_.c_str(), std::string(static_cast<std::size_t>(filled), '#').c_str(),
               std::string(static_cast<std::size_t>(kWidth - filled), '.').c_str(),
               static_cast<long long>(done), static_cast<long long>(total_));
}

std::string table(const std::vector<std::vector<std::string>>& raw, bool heading) {
  // A cell is one line without control characters, whatever somebody put into a name.
  auto rows = raw;
  for (auto& row : rows)
    for (auto& cell : row) {
      cell = text::printable(cell);
      for (auto& c : cell)
        if (c == '\n' || c == '\t') c = ' ';
    }
  std::vector<std::size_t> widths;
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i >= widths.size()) widths.push_back(0);
      widths[i] = std::max(widths[i], row[i].size());
    }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      auto cell = row[i];
      if (i + 1 < row.size()) cell.resize(widths[i] + 2, ' ');
      line += cell;
    }
    line.resize(line.find_last_not_of(' ') + 1);
    text += (heading && &row == &rows.front() ? bold(line, STDOUT_FILENO) : line) + "\n";
  }
  return text;
}

bool colours(int fd) {
  if (!os::environment("NO_COLOR").empty()) return false;
  if (auto force = os::environment("CLICOLOR_FORCE"); !force.empty() && force != "0") return true;
  return os::is_terminal(fd) && os::environment("TERM") != "dumb" && os::environment("CI").empty();
}

std::string bold(std::string_view text, int fd) { return coloured(text, fd, "1"); }
std::string red(std::string_view text, int fd) { return coloured(text, fd, "1;31"); }

}  // namespace tk::cli
