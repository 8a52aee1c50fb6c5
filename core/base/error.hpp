// What can go wrong, and how it is said. Error is the one error type of tk: a stable code, one line
// of message, the place in a file where a file is to blame, and one line that says how to mend it.
// Result<T> carries it across rooms; exceptions do not cross a room.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace tk {

// One table of exit codes for all of tk (HOUSE.md, Contracts).
enum class Exit : int {
  ok = 0,
  no = 1,
  usage = 2,
  denied = 3,
  conflict = 4,
  waiting = 5,
  timeout = 6,
  limit = 7,
  integrity = 8,
  bug = 70,
  temporary = 75,
  unknown_command = 127,
};

enum class Code : std::uint16_t {
#define TK_CODE(name, text, exit, title, long_form) name,
#include "core/base/codes.def"
#undef TK_CODE
};

struct CodeInfo {
  Code code;
  std::string_view text;  // "TK-LAW-0007"
  Exit exit;
  std::string_view title;
  std::string_view long_form;
};

const CodeInfo& info(Code code);
const CodeInfo* find_code(std::string_view text);  // null when unknown; any case
const CodeInfo* code_table(std::size_t& count);

struct ExitInfo {
  int status;
  std::string_view meaning;
};
std::span<const ExitInfo> exit_table();

struct Where {
  std::string file;
  int line = 0;  // 1-based; 0 = not known
  int column = 0;
};

struct [[nodiscard]] Error {
  Code code = Code::bug;
  std::string message;
  Where where;
  std::string hint;
  std::shared_ptr<Error> cause;

  Exit exit() const { return info(code).exit; }
};

// "file:line:col: message" without the code; what a person reads first.
std::string describe(const Error& error);

// The error that another tk process printed ("tk: [TK-…] message", "  mend: hint"), read back.
Error read_report(std::string_view printed, Code otherwise);

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(Code code, std::string message, std::string hint = {}) {
  return tl::unexpected<Error>(Error{code, std::move(message), {}, std::move(hint), nullptr});
}
inline tl::unexpected<Error> fail_at(Code code, Where where, std::string message,
                                     std::string hint = {}) {
  return tl::unexpected<Error>(
      Error{code, std::move(message), std::move(where), std::move(hint), nullptr});
}
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace tk

#define TK_CONCAT_(a, b) a##b
#define TK_CONCAT(a, b) TK_CONCAT_(a, b)
// TK_TRY(auto x, expression_of_Result): x, or return its error.
#define TK_TRY(declaration, expression)                                                \
  auto TK_CONCAT(tk_try_, __LINE__) = (expression);                                    \
  if (!TK_CONCAT(tk_try_, __LINE__))                                                   \
    return tl::unexpected<::tk::Error>(std::move(TK_CONCAT(tk_try_, __LINE__).error())); \
  declaration = std::move(*TK_CONCAT(tk_try_, __LINE__))  // NOLINT(bugprone-macro-parentheses): it declares
// TK_CHECK(expression_of_Result): go on, or return its error.
#define TK_CHECK(expression)                                                            \
  do {                                                                                  \
    if (auto tk_check_ = (expression); !tk_check_)                                      \
      return tl::unexpected<::tk::Error>(std::move(tk_check_.error()));                 \
  } while (false)
