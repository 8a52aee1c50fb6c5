#include "core/law/ref.hpp"

#include <cctype>

namespace tk::law {
namespace {

// A text cut at `by`, read segment by segment; the empty text is one empty segment.
struct Segments {
  std::string_view left;
  char by;
  bool end = false;
  std::string_view head() const { return left.substr(0, left.find(by)); }
  void next() {
    auto at = left.find(by);
    end = at == left.npos;
    left = end ? std::string_view() : left.substr(at + 1);
  }
};

// Whether `s`, cut at `by`, fits the pattern's segments. A `**` takes nothing at first and one more
// segment whenever the rest does not fit. Only the last one met is widened: an earlier one could not
// fit anything more. So the cost is at most pattern × s, whatever an actor writes into a name.
bool fits(std::string_view pattern, std::string_view s, char by) {
  Segments p{pattern, by}, t{s, by}, behind_star = p, star_to = t;
  bool star = false;
  while (!t.end) {
    if (!p.end && p.head() == "**") {
      p.next();
      star = true;
      behind_star = p;
      star_to = t;
    } else if (!p.end && (p.head() == "*" || p.head() == t.head())) {
      p.next();
      t.next();
    } else if (star) {
      star_to.next();
      t = star_to;
      p = behind_star;
    } else {
      return false;
    }
  }
  while (!p.end && p.head() == "**") p.next();
  return p.end;
}

struct Split {
  std::string_view type, context, name;
  bool has_context = false;
};

Split split(std::string_view text) {
  Split out;
  auto colon = text.find(':');
  out.type = text.substr(0, colon);
  auto rest = colon == text.npos ? std::string_view() : text.substr(colon + 1);
  auto slash = rest.find('/');
  out.has_context = slash != rest.npos;
  if (out.has_context) out.context = rest.substr(0, slash);
  out.name = out.has_context ? rest.substr(slash + 1) : rest;
  return out;
}

}  // namespace

bool valid_name(std::string_view name) {
  if (name.empty() || name.size() > 64) return false;
  if (name.front() == '.' || name.front() == '-') return false;
  for (char c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '-' && c != '.')
      return false;
  return true;
}

bool valid_context(std::string_view path) {
  if (path.empty()) return true;
  for (;;) {
    auto dot = path.find('.');
    if (!valid_name(path.substr(0, dot))) return false;
    if (dot == path.npos) return true;
    path.remove_prefix(dot + 1);
  }
}

bool covers(std::string_view outer, std::string_view inner) {
  if (outer.empty() || outer == inner) return true;
  return inner.size() > outer.size() && inner.starts_with(outer) && inner[outer.size()] == '.';
}

Result<Ref> parse_ref(std::string_view text) {
  auto bad = [&](const std::string& why) {
    return fail(Code::cli_usage, "not a reference: \"" + std::string(text.substr(0, 200)) + "\" " + why,
                "write it like user:alice or agent:acme.web/analyst");
  };
  if (text.find(':') == text.npos) return bad("(no type)");
  auto s = split(text);
  if (!valid_name(s.type)) return bad("(the type)");
  if (!valid_context(s.context) || (s.has_context && s.context.empty())) return bad("(the context)");
  for (auto rest = s.name;;) {
    auto slash = rest.find('/');
    if (!valid_name(rest.substr(0, slash))) return bad("(the name)");
    if (slash == rest.npos) break;
    rest.remove_prefix(slash + 1);
  }
  return Ref{std::string(s.type), std::string(s.context), std::string(s.name)};
}

Result<void> check_pattern(std::string_view pattern) {
  if (pattern == "**" || pattern == "*") return {};
  if (pattern.size() > 512 || pattern.find(':') == pattern.npos)
    return fail(Code::law_syntax, "not a resource pattern: \"" + std::string(pattern.substr(0, 100)) + "\"",
                "write it like cast:acme.web/**, user:* or **");
  int wild = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    char c = pattern[i];
    if (c == '*') ++wild;
    if (!std::isalnum(static_cast<unsigned char>(c)) && std::string_view(":./*_-").find(c) == std::string_view::npos)
      return fail(Code::law_syntax, "a pattern cannot hold this character: \"" + std::string(pattern) + "\"",
                  "letters, digits, _ - . : / and * for one segment, ** for all below");
  }
  if (wild > 8) return fail(Code::law_syntax, "more than 8 stars in one pattern", "** stands for all that is below");
  return {};
}

bool matches(std::string_view pattern, std::string_view type, std::string_view context,
             std::string_view name) {
  if (pattern == "**" || pattern == "*") return true;
  auto p = split(pattern);
  if (p.type != "*" && p.type != "**" && p.type != type) return false;
  if (!p.has_context) return fits(p.name, name, '/');  // any context
  if (p.name == "**") {
    // X/** is the subtree of X: X itself and every context below it.
    if (p.context.find('*') == p.context.npos) return covers(p.context, context);
    return fits(p.context, context, '.') || fits(std::string(p.context) + ".**", context, '.');
  }
  return fits(p.context, context, '.') && fits(p.name, name, '/');
}

bool action_matches(std::string_view pattern, std::string_view action) {
  if (pattern == "*" || pattern == action) return true;
  if (pattern.ends_with(".*")) return action.starts_with(pattern.substr(0, pattern.size() - 1));
  if (pattern.starts_with("*.")) return action.ends_with(pattern.substr(1));
  return false;
}

}  // namespace tk::law
