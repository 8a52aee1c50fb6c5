// The pages of an AuthZEN search. A token says after which name the next page begins, how long pages
// are, and which request it belongs to; so a name that comes or goes meanwhile shifts nothing.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/value.hpp"

namespace tk::tools::law_tool::authzen {

class Page {
 public:
  static constexpr std::size_t kMost = 1000;  // results in one reply

  // From the request's `page`; a token of another request, or with another limit, is an error.
  static Result<Page> read(std::string_view endpoint, const Value& request);

  // Which of the names (sorted) are on this page: [first, second).
  std::pair<std::size_t, std::size_t> cut(const std::vector<std::string>& names) const;
  // `"page":{…},`, or nothing where all is on one page and no page was asked for.
  std::string json(const std::vector<std::string>& names, std::size_t begin, std::size_t end) const;

 private:
  std::size_t limit_ = kMost;
  bool asked_ = false, resumed_ = false;
  std::string after_, request_;
};

}  // namespace tk::tools::law_tool::authzen
