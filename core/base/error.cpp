#include "core/base/error.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace tk {
namespace {

constexpr std::array kTable = {
#define TK_CODE(name, text, exit, title, long_form) \
  CodeInfo{Code::name, text, Exit::exit, title, long_form},
#include "core/base/codes.def"
#undef TK_CODE
};

constexpr std::array kExits = {
    ExitInfo{0, "done, or the answer is yes"},
    ExitInfo{1, "the answer is no, or it failed and was rolled back"},
    ExitInfo{2, "usage or invalid input"},
    ExitInfo{3, "denied by law"},
    ExitInfo{4, "conflict or stale: somebody was first"},
    ExitInfo{5, "something waits: changes pending, a human, drift"},
    ExitInfo{6, "timeout"},
    ExitInfo{7, "a limit, budget or guard stopped it"},
    ExitInfo{8, "integrity broken: journal, plan, secret, checkpoint"},
    ExitInfo{70, "a bug of tk: please report it"},
    ExitInfo{75, "temporary, try again"},
    ExitInfo{127, "no such command"},
};

}  // namespace

std::span<const ExitInfo> exit_table() { return kExits; }

const CodeInfo& info(Code code) { return kTable[static_cast<std::size_t>(code)]; }

const CodeInfo* code_table(std::size_t& count) {
  count = kTable.size();
  return kTable.data();
}

const CodeInfo* find_code(std::string_view text) {
  auto same = [](char a, char b) {
    return std::toupper(static_cast<unsigned char>(a)) == static_cast<unsigned char>(b);
  };
  for (const auto& entry : kTable)
    if (std::equal(text.begin(), text.end(), entry.text.begin(), entry.text.end(), same))
      return &entry;
  return nullptr;
}

Error read_report(std::string_view printed, Code otherwise) {
  auto line_at = [&](std::size_t at) { return printed.substr(at, printed.find('\n', at) - at); };
  Error error;
  error.code = otherwise;
  auto at = printed.find("tk: [TK-");
  auto line = at == printed.npos ? line_at(0) : line_at(at + 4);
  if (at != printed.npos) {
    auto end = line.find(']');
    if (const auto* known = find_code(line.substr(1, end - 1))) error.code = known->code;
    line = line.substr(std::min(line.size(), end + 2));
  }
  error.message = line.empty() ? "a tk process ended without a word" : std::string(line);
  if (auto hint = printed.find("  mend: "); hint != printed.npos)
    error.hint = std::string(line_at(hint + 8));
  return error;
}

std::string describe(const Error& error) {
  std::string out;
  if (!error.where.file.empty()) {
    out = error.where.file;
    if (error.where.line > 0) {
      out += ':' + std::to_string(error.where.line);
      if (error.where.column > 0) out += ':' + std::to_string(error.where.column);
    }
    out += ": ";
  }
  return out + error.message;
}

}  // namespace tk
