#include "core/expr/detail/parser.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "core/base/text.hpp"
#include "core/expr/detail/lexer.hpp"
#include "core/expr/program.hpp"

namespace tk::expr {
namespace {

struct Operator {
  std::string_view sign, name;
  int binds;
};
constexpr std::array<Operator, 14> kOperators = {{{"||", "_||_", 1},
                                                  {"&&", "_&&_", 2},
                                                  {"==", "_==_", 3},
                                                  {"!=", "_!=_", 3},
                                                  {"<", "_<_", 3},
                                                  {"<=", "_<=_", 3},
                                                  {">", "_>_", 3},
                                                  {">=", "_>=_", 3},
                                                  {"in", "@in", 3},
                                                  {"+", "_+_", 4},
                                                  {"-", "_-_", 4},
                                                  {"*", "_*_", 5},
                                                  {"/", "_/_", 5},
                                                  {"%", "_%_", 5}}};

// A macro: how many variables come first, and how many expressions may follow.
struct Macro {
  std::string_view name;
  std::size_t variables, fewest, most;
};
constexpr std::array<Macro, 16> kMacros = {{{"all", 1, 1, 1},
                                            {"exists", 1, 1, 1},
                                            {"exists_one", 1, 1, 1},
                                            {"existsOne", 1, 1, 1},
                                            {"filter", 1, 1, 1},
                                            {"map", 1, 1, 2},
                                            {"all", 2, 1, 1},
                                            {"exists", 2, 1, 1},
                                            {"exists_one", 2, 1, 1},
                                            {"existsOne", 2, 1, 1},
                                            {"transformList", 2, 1, 2},
                                            {"transformMap", 2, 1, 2},
                                            {"transformMapEntry", 2, 1, 2},
                                            {"optMap", 1, 1, 1},
                                            {"optFlatMap", 1, 1, 1},
                                            {"bind", 1, 2, 2}}};

struct Tree {
  Node node;
  std::uint32_t height = 1;
};

class Parser {
 public:
  Parser(std::string_view text, bool macros) : lexer_(text), macros_(macros) {}

  Result<Node> whole() {
    TK_CHECK(advance());
    TK_TRY(auto tree, expression());
    if (token_.kind != Lexeme::end) return unexpected("an operator or the end");
    return std::move(tree.node);
  }

 private:
  Result<void> advance() {
    TK_TRY(token_, lexer_.next());
    return {};
  }
  tl::unexpected<Error> bad(std::uint32_t at, std::string message, std::string hint = {}) {
    return fail_at(Code::expr_syntax, place(lexer_.text(), at), std::move(message), std::move(hint));
  }
  tl::unexpected<Error> unexpected(const std::string& wanted) {
    auto found = token_.kind == Lexeme::end ? std::string("the end")
                                            : text::printable(text::shorten(token_.text, 40));
    return bad(token_.at, "expected " + wanted + ", found " + found);
  }
  tl::unexpected<Error> too_deep(std::uint32_t at) {
    return fail_at(Code::expr_limit, place(lexer_.text(), at),
                   "more than " + std::to_string(kMaxNesting) + " levels of nesting, or a chain of more than " +
                       std::to_string(kMaxHeight) + " operators",
                   "split the expression, or use a list: x in [a, b, c]");
  }
  Result<void> expect(std::string_view sign) {
    if (!token_.is(sign)) return unexpected(std::string(sign));
    return advance();
  }

  // A node above its children; the one place where the height of the tree is kept in bounds.
  Result<Tree> join(Node node, std::vector<Tree> children) {
    Tree out;
    for (auto& child : children) {
      out.height = std::max(out.height, child.height + 1);
      node.children.push_back(std::move(child.node));
    }
    if (out.height > kMaxHeight) return too_deep(node.at);
    out.node = std::move(node);
    return out;
  }
  static Node call(std::string_view name, std::uint32_t at) {
    Node node;
    node.kind = Node::Kind::call;
    node.text = name;
    node.at = at;
    return node;
  }

  Result<Tree> expression();
  Result<Tree> binary(int least);
  Result<Tree> unary();
  Result<Tree> member();
  Result<Tree> primary();
  Result<Tree> literal(bool negative);
  Result<Tree> name();
  Result<Tree> selected(Tree target);
  Result<Tree> indexed(Tree target);
  Result<Tree> list();
  Result<Tree> map();
  Result<Tree> message(Tree type);
  Result<std::vector<Tree>> arguments();
  Result<Tree> called(std::vector<Tree> arguments, Node node);
  Result<Tree> presence(std::vector<Tree> arguments, std::uint32_t at);

  Lexer lexer_;
  Token token_;
  bool macros_;
  std::uint32_t nesting_ = 0;
};

Result<Tree> Parser::expression() {
  if (++nesting_ > kMaxNesting) return too_deep(token_.at);
  TK_TRY(auto condition, binary(1));
  if (token_.is("?")) {
    auto node = call("_?_:_", token_.at);
    TK_CHECK(advance());
    TK_TRY(auto yes, binary(1));
    TK_CHECK(expect(":"));
    TK_TRY(auto no, expression());
    std::vector<Tree> parts;
    for (auto* part : {&condition, &yes, &no}) parts.push_back(std::move(*part));
    TK_TRY(condition, join(std::move(node), std::move(parts)));
  }
  --nesting_;
  return condition;
}

Result<Tree> Parser::binary(int least) {
  TK_TRY(auto left, unary());
  for (;;) {
    bool could = token_.kind == Lexeme::sign || token_.kind == Lexeme::identifier;
    const auto* found = std::find_if(kOperators.begin(), kOperators.end(), [&](const Operator& o) {
      return could && o.sign == token_.text;
    });
    if (found == kOperators.end() || found->binds < least) return left;
    auto node = call(found->name, token_.at);
    TK_CHECK(advance());
    TK_TRY(auto right, binary(found->binds + 1));
    std::vector<Tree> parts;
    parts.push_back(std::move(left));
    parts.push_back(std::move(right));
    TK_TRY(left, join(std::move(node), std::move(parts)));
  }
}

Result<Tree> Parser::unary() {
  if (!token_.is("!") && !token_.is("-")) return member();
  auto node = call(token_.is("!") ? "!_" : "-_", token_.at);
  TK_CHECK(advance());
  // A minus belongs to the number behind it: only so can the smallest int be written.
  if (node.text == "-_" && token_.is_number()) {
    auto at = node.at;
    TK_TRY(auto tree, literal(true));
    tree.node.at = at;
    while (token_.is(".") || token_.is("[")) {
      TK_TRY(tree, token_.is(".") ? selected(std::move(tree)) : indexed(std::move(tree)));
    }
    return tree;
  }
  if (++nesting_ > kMaxNesting) return too_deep(token_.at);
  std::vector<Tree> parts(1);
  TK_TRY(parts[0], unary());
  --nesting_;
  return join(std::move(node), std::move(parts));
}

Result<Tree> Parser::literal(bool negative) {
  Tree out;
  out.node.at = token_.at;
  out.node.value = std::move(token_.value);
  if (const auto* i = out.node.value.as_int()) {
    bool smallest = *i == std::numeric_limits<std::int64_t>::min();
    if (smallest && !negative) return bad(token_.at, "an integer of more than 63 bits");
    if (negative && !smallest) out.node.value = -*i;
  } else if (const auto* d = out.node.value.as_double(); d && negative) {
    out.node.value = -*d;
  } else if (negative) {
    return bad(token_.at, "an unsigned number has no minus", "leave out the u, or convert with int()");
  }
  TK_CHECK(advance());
  return out;
}

Result<Tree> Parser::member() {
  TK_TRY(auto tree, primary());
  for (;;) {
    if (token_.is(".")) {
      TK_TRY(tree, selected(std::move(tree)));
    } else if (token_.is("[")) {
      TK_TRY(tree, indexed(std::move(tree)));
    } else if (token_.is("{")) {
      TK_TRY(tree, message(std::move(tree)));
    } else {
      return tree;
    }
  }
}

Result<Tree> Parser::primary() {
  if (token_.kind == Lexeme::literal) return literal(false);
  if (token_.is("[")) return list();
  if (token_.is("{")) return map();
  if (token_.is("(")) {
    TK_CHECK(advance());
    TK_TRY(auto inside, expression());
    TK_CHECK(expect(")"));
    return inside;
  }
  return name();
}

Result<Tree> Parser::name() {
  Tree out;
  auto& node = out.node;
  node.at = token_.at;
  bool dot = token_.is(".");
  if (dot) TK_CHECK(advance());
  if (token_.kind != Lexeme::identifier || token_.text == "in") return unexpected("an expression");
  auto word = token_.text;
  if (!dot && is_keyword(word)) {
    node.value = word == "null" ? Value() : Value(word == "true");
    TK_CHECK(advance());
    return out;
  }
  if (is_keyword(word)) return unexpected("a name");
  if (is_reserved(word))
    return bad(node.at, std::string(word) + " is a reserved word",
               "it may be a field, a." + std::string(word) + ", but no variable or function");
  TK_CHECK(advance());
  node.text = (dot ? "." : "") + std::string(word);
  if (token_.is("(")) {
    node.kind = Node::Kind::call;
    auto at = node.at;
    TK_TRY(auto given, arguments());
    if (macros_ && node.text == "has") return presence(std::move(given), at);
    return join(std::move(node), std::move(given));
  }
  node.kind = Node::Kind::name;
  return out;
}

Result<Tree> Parser::selected(Tree target) {
  TK_CHECK(advance());
  Node node;
  node.kind = Node::Kind::select;
  if (token_.is("?")) {
    node.optional = true;
    TK_CHECK(advance());
  }
  bool quoted = token_.kind == Lexeme::quoted;
  if ((token_.kind != Lexeme::identifier || is_keyword(token_.text)) && !quoted)
    return unexpected("a field or function");
  node.at = token_.at;
  node.text = token_.text;
  TK_CHECK(advance());
  if (token_.is("(") && !node.optional && !quoted) {
    node.kind = Node::Kind::call;
    node.member = true;
    TK_TRY(auto given, arguments());
    given.insert(given.begin(), std::move(target));
    return called(std::move(given), std::move(node));
  }
  std::vector<Tree> parts(1);
  parts[0] = std::move(target);
  return join(std::move(node), std::move(parts));
}

Result<Tree> Parser::indexed(Tree target) {
  auto at = token_.at;
  TK_CHECK(advance());
  bool optional = token_.is("?");
  if (optional) TK_CHECK(advance());
  std::vector<Tree> parts(2);
  parts[0] = std::move(target);
  TK_TRY(parts[1], expression());
  TK_CHECK(expect("]"));
  return join(call(optional ? "_[?_]" : "_[_]", at), std::move(parts));
}

Result<std::vector<Tree>> Parser::arguments() {
  std::vector<Tree> out;
  TK_CHECK(expect("("));
  while (!token_.is(")")) {
    TK_TRY(auto next, expression());
    out.push_back(std::move(next));
    if (token_.is(")")) break;
    TK_CHECK(expect(","));
    if (token_.is(")")) return unexpected("an argument");
  }
  TK_CHECK(advance());
  return out;
}

Result<Tree> Parser::list() {
  Node node;
  node.kind = Node::Kind::list;
  node.at = token_.at;
  TK_CHECK(advance());
  std::vector<Tree> parts;
  while (!token_.is("]")) {
    if (token_.is("?")) {
      node.optionals.push_back(static_cast<std::uint32_t>(parts.size()));
      TK_CHECK(advance());
    }
    TK_TRY(auto element, expression());
    parts.push_back(std::move(element));
    if (token_.is("]")) break;
    if (!token_.is(",")) return unexpected(", or ]");
    TK_CHECK(advance());
  }
  TK_CHECK(advance());
  return join(std::move(node), std::move(parts));
}

Result<Tree> Parser::map() {
  Node node;
  node.kind = Node::Kind::map;
  node.at = token_.at;
  TK_CHECK(advance());
  std::vector<Tree> parts;
  while (!token_.is("}")) {
    if (token_.is("?")) {
      node.optionals.push_back(static_cast<std::uint32_t>(parts.size()));
      TK_CHECK(advance());
    }
    TK_TRY(auto key, expression());
    TK_CHECK(expect(":"));
    TK_TRY(auto value, expression());
    parts.push_back(std::move(key));
    parts.push_back(std::move(value));
    if (token_.is("}")) break;
    if (!token_.is(",")) return unexpected(", or }");
    TK_CHECK(advance());
  }
  TK_CHECK(advance());
  return join(std::move(node), std::move(parts));
}

// The type's name, when the tree is a chain of plain names.
std::string dotted(const Node& node) {
  if (node.kind == Node::Kind::name) return node.text;
  if (node.kind != Node::Kind::select || node.test || node.optional || !is_identifier(node.text)) return {};
  std::vector<std::string_view> parts;
  const Node* n = &node;
  for (; n->kind == Node::Kind::select && !n->test && !n->optional; n = n->children.data()) parts.push_back(n->text);
  if (n->kind != Node::Kind::name) return {};
  std::string out = n->text;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (!is_identifier(*part)) return {};
    out += '.';
    out += *part;
  }
  return out;
}

Result<Tree> Parser::message(Tree type) {
  Node node;
  node.kind = Node::Kind::message;
  node.at = type.node.at;
  node.text = dotted(type.node);
  if (node.text.empty()) return unexpected("an operator");
  TK_CHECK(advance());
  std::vector<Tree> parts;
  while (!token_.is("}")) {
    if (token_.is("?")) {
      node.optionals.push_back(static_cast<std::uint32_t>(parts.size()));
      TK_CHECK(advance());
    }
    bool field = token_.kind == Lexeme::quoted || (token_.kind == Lexeme::identifier && !is_keyword(token_.text));
    if (!field) return unexpected("a field");
    node.names.emplace_back(token_.text);
    TK_CHECK(advance());
    TK_CHECK(expect(":"));
    TK_TRY(auto value, expression());
    parts.push_back(std::move(value));
    if (token_.is("}")) break;
    if (!token_.is(",")) return unexpected(", or }");
    TK_CHECK(advance());
  }
  TK_CHECK(advance());
  return join(std::move(node), std::move(parts));
}

Result<Tree> Parser::presence(std::vector<Tree> given, std::uint32_t at) {
  bool fits = given.size() == 1 && given[0].node.kind == Node::Kind::select && !given[0].node.test &&
              !given[0].node.optional;
  if (!fits) return bad(at, "has() asks for one field", "write has(a.b)");
  given[0].node.test = true;
  return std::move(given[0]);
}

// A call on something: a macro when its name and number of arguments are those of one.
Result<Tree> Parser::called(std::vector<Tree> given, Node node) {
  const auto& target = given[0].node;
  bool on_cel = target.kind == Node::Kind::name && target.text == "cel";
  auto count = given.size() - 1;
  // all(x, p) and all(i, x, p) are told apart by their count alone, so the fewest variables come first.
  const auto* macro = std::find_if(kMacros.begin(), kMacros.end(), [&](const Macro& m) {
    return m.name == node.text && (m.name == "bind") == on_cel && count >= m.variables + m.fewest &&
           count <= m.variables + m.most;
  });
  if (!macros_ || macro == kMacros.end()) return join(std::move(node), std::move(given));
  node.kind = Node::Kind::macro;
  node.member = false;
  for (std::size_t i = 1; i <= macro->variables; ++i) {
    const auto& variable = given[i].node;
    auto word = variable.kind == Node::Kind::name ? variable.text : block_variable(variable);
    if (word.empty() || word.front() == '.')
      return bad(variable.at, node.text + "() needs a simple name for its variable",
                 "like " + std::string(on_cel ? "cel.bind(x, 1, x + x)" : "list.all(x, x > 0)"));
    if (std::find(node.names.begin(), node.names.end(), word) != node.names.end())
      return bad(variable.at, "the variable " + word + " twice");
    node.names.push_back(std::move(word));
  }
  given.erase(given.begin() + 1, given.begin() + 1 + static_cast<std::ptrdiff_t>(macro->variables));
  return join(std::move(node), std::move(given));
}

}  // namespace

std::string block_variable(const Node& node) {
  bool fits = node.kind == Node::Kind::call && node.member && node.children.size() == 3 &&
              (node.text == "iterVar" || node.text == "accuVar") &&
              node.children[0].kind == Node::Kind::name && node.children[0].text == "cel";
  if (!fits) return {};
  const auto *depth = node.children[1].value.as_int(), *unique = node.children[2].value.as_int();
  if (!depth || !unique) return {};
  return "cel." + node.text + "(" + std::to_string(*depth) + ", " + std::to_string(*unique) + ")";
}

Result<Node> parse(std::string_view text, bool macros) {
  if (text.size() > kMaxText)
    return fail(Code::expr_limit, "an expression of more than " + std::to_string(kMaxText) + " bytes",
                "split it, or hand the data in as a variable");
  if (auto at = text::invalid_utf8(text); at != text.npos)
    return fail_at(Code::expr_syntax, place(text, static_cast<std::uint32_t>(at)), "not UTF-8");
  return Parser(text, macros).whole();
}

Result<Node> parse(std::string_view text) { return parse(text, true); }

Where place(std::string_view text, std::uint32_t offset) {
  Where where;
  where.line = where.column = 1;
  for (std::size_t i = 0; i < std::min<std::size_t>(offset, text.size()); ++i) {
    if (text[i] == '\n') {
      ++where.line;
      where.column = 1;
    } else if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
      ++where.column;
    }
  }
  return where;
}

}  // namespace tk::expr
