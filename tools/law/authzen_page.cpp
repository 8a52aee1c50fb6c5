#include "tools/law/authzen_page.hpp"

#include <algorithm>
#include <charconv>

#include "core/base/text.hpp"
#include "core/crypto/digest.hpp"
#include "core/json/json.hpp"

namespace tk::tools::law_tool::authzen {
namespace {

constexpr char kDigits[] = "0123456789abcdef";

std::string to_hex(std::string_view s) {
  std::string out;
  for (unsigned char c : s) {
    out += kDigits[c >> 4];
    out += kDigits[c & 15];
  }
  return out;
}

bool from_hex(std::string_view s, std::string& out) {
  auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
  if (s.size() % 2) return false;
  for (std::size_t i = 0; i < s.size(); i += 2) {
    int high = digit(s[i]), low = digit(s[i + 1]);
    if (high < 0 || low < 0) return false;
    out += static_cast<char>(high * 16 + low);
  }
  return true;
}

tl::unexpected<Error> bad(std::string why) { return fail(Code::cli_usage, std::move(why)); }

}  // namespace

Result<Page> Page::read(std::string_view endpoint, const Value& request) {
  Page out;
  Value::Map what{{"endpoint", endpoint}};
  for (const auto* name : {"subject", "action", "resource", "context"})
    if (!request[name].is_null()) what.emplace(name, request[name]);
  out.request_ = crypto::sha256_hex(json::canonical(what)).substr(0, 16);
  const auto* page = request["page"].as_map();
  if (!page) return out;
  out.asked_ = true;
  bool limited = page->contains("limit");
  if (limited) {
    const auto* limit = request["page"]["limit"].as_int();
    if (!limit || *limit < 0) return bad("page.limit must be a non-negative integer");
    out.limit_ = std::min(static_cast<std::size_t>(*limit), kMost);
  }
  if (!page->contains("token")) return out;
  const auto* token = request["page"]["token"].as_text();
  if (!token) return bad("page.token must be a string");
  if (token->empty()) return out;
  std::string plain;
  if (token->size() > 4096 || !from_hex(*token, plain)) return bad("page.token is none of ours");
  auto parts = text::split(plain, '\n');
  std::size_t limit = 0;
  if (parts.size() != 3 || std::from_chars(parts[0].data(), parts[0].data() + parts[0].size(), limit).ec != std::errc() ||
      limit > kMost)
    return bad("page.token is none of ours");
  if (parts[1] != out.request_) return bad("page.token belongs to another request");
  if (limited && limit != out.limit_) return bad("page.limit is not what it was on the page before");
  out.limit_ = limit;
  out.after_ = std::string(parts[2]);
  out.resumed_ = true;
  return out;
}

std::pair<std::size_t, std::size_t> Page::cut(const std::vector<std::string>& names) const {
  auto begin = static_cast<std::size_t>(
      (resumed_ ? std::upper_bound(names.begin(), names.end(), after_) : names.begin()) - names.begin());
  return {begin, begin + std::min(limit_, names.size() - begin)};
}

std::string Page::json(const std::vector<std::string>& names, std::size_t begin, std::size_t end) const {
  bool more = end < names.size();
  if (!asked_ && !more) return {};
  auto last = end > begin ? names[end - 1] : after_;
  auto token = more ? to_hex(std::to_string(limit_) + "\n" + request_ + "\n" + last) : std::string();
  return "\"page\":{\"next_token\":" + json::quote(token) + ",\"count\":" + std::to_string(end - begin) +
         ",\"total\":" + std::to_string(names.size()) + "},";
}

}  // namespace tk::tools::law_tool::authzen
