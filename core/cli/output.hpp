// What a command prints: stdout is the result and nothing else; notes, progress and errors go to
// stderr. Colour and paging only on a terminal: NO_COLOR, CLICOLOR_FORCE, TERM=dumb, CI, TK_PAGER and
// PAGER are honoured. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"

namespace tk::cli {

enum class Volume { quiet, normal, verbose };
void set_volume(Volume volume);

void print(std::string_view text);  // to stdout, buffered until the end
Result<void> flush();
// From here on what is printed goes through a pager when stdout is a terminal.
void page();
// Ends the pager, when there is one, after all was written.
Result<void> finish_output();

void note(const std::string& text);    // "tk: …" on stderr, unless --quiet
void aside(const std::string& text);   // the same with --verbose only
// A line about work under way: on stderr when it is a terminal, unless --quiet or CI.
void progress(const std::string& text);

// A bar on work that takes over a second: one line on the terminal's stderr, redrawn, gone at the end.
class Bar {
 public:
  Bar(std::string what, std::int64_t total);
  ~Bar();
  Bar(const Bar&) = delete;
  Bar& operator=(const Bar&) = delete;
  void at(std::int64_t done);

 private:
  void draw(std::int64_t done);
  std::string what_;
  std::int64_t total_, began_ns_, drawn_ns_ = 0;
  bool shown_ = false;
};

// A table with aligned columns; the first row is the heading where `heading` says so.
std::string table(const std::vector<std::vector<std::string>>& rows, bool heading = false);

// Whether colour may be used on a descriptor, and text in it.
bool colours(int fd);
std::string bold(std::string_view text, int fd);
std::string red(std::string_view text, int fd);

}  // namespace tk::cli
