// Types as words: int, list(string), map(string, dyn), optional_type(int), tuple(T, dyn).
#include <algorithm>
#include <array>
#include <utility>

#include "core/base/text.hpp"
#include "core/expr/detail/lexer.hpp"
#include "core/expr/detail/signature.hpp"

namespace tk::expr {
namespace {

using Kind = Type::Kind;

struct Word {
  Kind kind;
  std::string_view word;
  std::size_t parameters;
};
constexpr std::array<Word, 15> kWords = {{{Kind::dyn, "dyn", 0},
                                          {Kind::null, "null", 0},
                                          {Kind::boolean, "bool", 0},
                                          {Kind::integer, "int", 0},
                                          {Kind::unsigned_integer, "uint", 0},
                                          {Kind::real, "double", 0},
                                          {Kind::text, "string", 0},
                                          {Kind::bytes, "bytes", 0},
                                          {Kind::list, "list", 1},
                                          {Kind::map, "map", 2},
                                          {Kind::timestamp, "timestamp", 0},
                                          {Kind::duration, "duration", 0},
                                          {Kind::type, "type", 1},
                                          {Kind::optional, "optional_type", 1},
                                          {Kind::error, "error", 0}}};

constexpr int kMaxDepth = 32;

class Reader {
 public:
  explicit Reader(std::string_view text) : lexer_(text) {}

  Result<void> start() {
    TK_TRY(token_, lexer_.next());
    return {};
  }

  Result<Type> type(int depth = 0) {
    if (depth > kMaxDepth) return fail(Code::expr_limit, "a type nested too deeply");
    if (token_.kind != Lexeme::identifier) return unexpected("a type");
    Type out;
    std::string word(token_.text);
    TK_TRY(token_, lexer_.next());
    const Word* known = nullptr;
    for (const auto& w : kWords)
      if (w.word == word) known = &w;
    if (known) {
      out.kind = known->kind;
    } else {
      out.kind = word.size() == 1 && word[0] >= 'A' && word[0] <= 'Z' ? Kind::parameter : Kind::abstract;
      out.name = word;
    }
    if (token_.is("(") && (!known || known->parameters > 0)) {
      TK_TRY(out.of, types(depth + 1));
    }
    if (known && !out.of.empty() && out.of.size() != known->parameters)
      return fail(Code::expr_type, word + " has " + text::count(known->parameters, "type") + " in brackets");
    // tuple(int) is taken as said; a lone word that is no type is a slip.
    if (out.kind == Kind::abstract && out.of.empty()) {
      std::vector<std::string> names;
      for (const auto& w : kWords) names.emplace_back(w.word);
      auto near = text::nearest(word, names);
      return fail(Code::expr_name, "no type " + word, near.empty() ? "types are " + text::join(names, ", ")
                                                                   : "did you mean " + near + "?");
    }
    return out;
  }

  Result<std::vector<Type>> types(int depth) {
    std::vector<Type> out;
    TK_CHECK(expect("("));
    while (!token_.is(")")) {
      TK_TRY(auto next, type(depth));
      out.push_back(std::move(next));
      if (!token_.is(",")) break;
      TK_TRY(token_, lexer_.next());
    }
    TK_CHECK(expect(")"));
    return out;
  }

  Result<Signature> signature() {  // "(int, string) bool"
    Signature out;
    TK_TRY(out.parameters, types(0));
    TK_TRY(out.result, type());
    if (token_.kind != Lexeme::end) return unexpected("the end");
    return out;
  }

  Result<void> expect(std::string_view sign) {
    if (!token_.is(sign)) return unexpected(std::string(sign));
    TK_TRY(token_, lexer_.next());
    return {};
  }
  tl::unexpected<Error> unexpected(const std::string& wanted) {
    return fail_at(Code::expr_syntax, place(lexer_.text(), token_.at), "a type: expected " + wanted);
  }
  bool ended() const { return token_.kind == Lexeme::end; }

 private:
  Lexer lexer_;
  Token token_;
};

}  // namespace

std::string to_string(const Type& type) {
  std::string out = type.name;
  std::size_t parameters = 0;
  for (const auto& w : kWords)
    if (w.kind == type.kind) {
      out = w.word;
      parameters = type.kind == Kind::type ? 0 : w.parameters;
    }
  if (type.of.empty() && parameters == 0) return out;
  out += '(';
  for (std::size_t i = 0; i < std::max(parameters, type.of.size()); ++i) {
    if (i > 0) out += ", ";
    out += i < type.of.size() ? to_string(type.of[i]) : "dyn";
  }
  return out + ')';
}

Result<Type> parse_type(std::string_view text) {
  Reader reader(text);
  TK_CHECK(reader.start());
  TK_TRY(auto type, reader.type());
  if (!reader.ended()) return reader.unexpected("the end");
  return type;
}

Result<Signature> parse_signature(std::string_view text, std::string_view known) {
  std::string receiver, name(known);
  auto rest = text;
  if (!known.empty() && text.starts_with(known)) {
    rest = text.substr(known.size());
  } else if (auto dot = text.find(")."); dot != text.npos) {
    // The receiver's type has brackets itself: list(T).join(string) string.
    receiver = text.substr(0, dot + 1);
    rest = text.substr(dot + 2);
  } else if (auto first = text.find('.'); first < text.find('(') && parse_type(text.substr(0, first))) {
    receiver = text.substr(0, first);
    rest = text.substr(first + 1);
  }
  auto open = std::min(rest.find('('), rest.size());
  if (rest.substr(0, open).find_first_not_of(" ") != rest.npos && open > 0) name = rest.substr(0, open);
  rest = rest.substr(open);
  Reader reader(rest);
  TK_CHECK(reader.start());
  TK_TRY(auto out, reader.signature());
  out.name = name;
  if (!receiver.empty()) {
    out.member = true;
    TK_TRY(auto target, parse_type(receiver));
    out.parameters.insert(out.parameters.begin(), std::move(target));
  }
  return out;
}

}  // namespace tk::expr
