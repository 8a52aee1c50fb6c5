#include "core/expr/regex.hpp"

#include <re2/re2.h>

namespace tk::expr {

struct Regex::Detail {
  Detail(std::string_view pattern, const RE2::Options& options)
      : re(re2::StringPiece(pattern.data(), pattern.size()), options) {}
  RE2 re;
};

Regex::Regex() = default;
Regex::~Regex() = default;

Result<std::unique_ptr<Regex>> Regex::compile(std::string_view pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);  // a pattern that needs more is refused, not slow
  std::unique_ptr<Regex> out(new Regex);
  out->detail_ = std::make_unique<Detail>(pattern, options);
  if (!out->detail_->re.ok())
    return fail(Code::expr_failed, "not a regular expression: " + out->detail_->re.error(),
                "the syntax is RE2's, which has no backreferences and no lookaround");
  return out;
}

bool Regex::found_in(std::string_view text) const {
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), detail_->re);
}

}  // namespace tk::expr
