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

// Recursive descent. Each step gives false when it failed, and error_ says why: a Result of a Tree in every frame would
// make 250 levels of nesting too much for a stack.
class Parser {
 public:
  Parser(std::string_view text, bool macros) : lexer_(text), macros_(macros) {}

  Result<Node> whole() {
    Tree tree;
    if (!advance() || !expression(tree)) return fail(std::move(error_));
    if (token_.kind != Lexeme::end) {
      unexpected("an operator or the end");
      return fail(std::move(error_));
    }
    return std::move(tree.node);
  }

 private:
  bool advance() {
    auto next = lexer_.next();
    if (!next) error_ = std::move(next.error());
    else token_ = std::move(*next);
    return next.has_value();
  }
  bool bad(std::uint32_t at, std::string message, std::string hint = {}) {
    error_ = {Code::expr_syntax, std::move(message), place(lexer_.text(), at), std::move(hint), nullptr};
    return false;
  }
  bool unexpected(const std::string& wanted) {
    auto found = token_.kind == Lexeme::end ? std::string("the end")
                                            : text::printable(text::shorten(token_.text, 40));
    return bad(token_.at, "expected " + wanted + ", found " + found);
  }
  bool too_deep(std::uint32_t at) {
    bad(at, "more than " + std::to_string(kMaxNesting) + " levels of nesting, or a chain of more than " +
                std::to_string(kMaxHeight) + " operators",
        "split the expression, or use a list: x in [a, b, c]");
    error_.code = Code::expr_limit;
    return false;
  }
  bool expect(const char* sign) { return token_.is(sign) ? advance() : unexpected(sign); }
  // When the token is this sign: takes it and says so in `there`.
  bool taken(const char* sign, bool& there) {
    there = token_.is(sign);
    return !there || advance();
  }

  // A node above its children; the one place where the height of the tree is kept in bounds.
  bool join(Tree& out, Node node, std::vector<Tree>& children);
  bool join(Tree& out, Node node, Tree&& child) {
    std::vector<Tree> one;
    one.push_back(std::move(child));
    return join(out, std::move(node), one);
  }
  static Node call(std::string_view name, std::uint32_t at) {
    Node node;
    node.kind = Node::Kind::call;
    node.text = name;
    node.at = at;
    return node;
  }

  bool expression(Tree& out);
  bool condition(Tree& out);
  bool operators(Tree& out);
  bool reduce(std::vector<Tree>& operands, std::vector<Node>& waiting);
  bool unary(Tree& out);
  bool negative(Tree& out, std::uint32_t at);
  bool member(Tree& out);
  bool primary(Tree& out);
  bool literal(Tree& out, bool negated);
  bool name(Tree& out);
  bool selected(Tree& out);
  bool indexed(Tree& out);
  bool message(Tree& out);
  bool arguments(std::vector<Tree>& out);
  enum class Part { element, entry, field };
  bool parts(Tree& out, Node node, Part part, const char* end);
  bool called(Tree& out, std::vector<Tree>& given, Node node);
  bool presence(Tree& out, std::vector<Tree>& given, std::uint32_t at);

  Lexer lexer_;
  Token token_;
  Error error_;
  bool macros_;
  std::uint32_t nesting_ = 0;
};

bool Parser::join(Tree& out, Node node, std::vector<Tree>& children) {
  std::uint32_t height = 1;
  node.children.reserve(children.size());
  for (auto& child : children) {
    height = std::max(height, child.height + 1);
    node.children.push_back(std::move(child.node));
  }
  if (height > kMaxHeight) return too_deep(node.at);
  out.node = std::move(node);
  out.height = height;
  return true;
}

bool Parser::expression(Tree& out) {
  if (++nesting_ > kMaxNesting) return too_deep(token_.at);
  if (!operators(out) || (token_.is("?") && !condition(out))) return false;
  --nesting_;
  return true;
}

bool Parser::condition(Tree& out) {
  auto node = call("_?_:_", token_.at);
  std::vector<Tree> three(3);
  three[0] = std::move(out);
  if (!advance() || !operators(three[1]) || !expect(":") || !expression(three[2])) return false;
  return join(out, std::move(node), three);
}

const Operator* operator_named(std::string_view text, bool sign) {
  for (const auto& o : kOperators)
    if ((sign ? o.sign : o.name) == text) return &o;
  return nullptr;
}

// The operator that waits longest behind its two operands becomes a tree.
bool Parser::reduce(std::vector<Tree>& operands, std::vector<Node>& waiting) {
  std::vector<Tree> two(2);
  for (auto* side : {&two[1], &two[0]}) {
    *side = std::move(operands.back());
    operands.pop_back();
  }
  auto node = std::move(waiting.back());
  waiting.pop_back();
  operands.emplace_back();
  return join(operands.back(), std::move(node), two);
}

// All operators with two sides, by how tightly they bind, from the left.
bool Parser::operators(Tree& out) {
  if (!unary(out)) return false;
  std::vector<Tree> operands;
  std::vector<Node> waiting;
  for (;;) {
    bool could = token_.kind == Lexeme::sign || token_.kind == Lexeme::identifier;
    const auto* next = could ? operator_named(token_.text, true) : nullptr;
    if (!next && operands.empty()) return true;
    if (operands.empty()) operands.push_back(std::move(out));
    while (!waiting.empty() && (!next || operator_named(waiting.back().text, false)->binds >= next->binds))
      if (!reduce(operands, waiting)) return false;
    if (!next) break;
    waiting.push_back(call(next->name, token_.at));
    operands.emplace_back();
    if (!advance() || !unary(operands.back())) return false;
  }
  out = std::move(operands.back());
  return true;
}

bool Parser::unary(Tree& out) {
  if (!token_.is("!") && !token_.is("-")) return member(out);
  auto node = call(token_.is("!") ? "!_" : "-_", token_.at);
  if (!advance()) return false;
  if (node.text == "-_" && token_.is_number()) return negative(out, node.at);
  if (++nesting_ > kMaxNesting) return too_deep(token_.at);
  Tree operand;
  if (!unary(operand)) return false;
  --nesting_;
  return join(out, std::move(node), std::move(operand));
}

// A minus belongs to the number behind it: only so can the smallest int be written.
bool Parser::negative(Tree& out, std::uint32_t at) {
  if (!literal(out, true)) return false;
  out.node.at = at;
  while (token_.is(".") || token_.is("["))
    if (!(token_.is(".") ? selected(out) : indexed(out))) return false;
  return true;
}

bool Parser::literal(Tree& out, bool negated) {
  out.node.at = token_.at;
  out.node.value = std::move(token_.value);
  if (const auto* i = out.node.value.as_int()) {
    bool smallest = *i == std::numeric_limits<std::int64_t>::min();
    if (smallest && !negated) return bad(token_.at, "an integer of more than 63 bits");
    if (negated && !smallest) out.node.value = -*i;
  } else if (const auto* d = out.node.value.as_double(); d && negated) {
    out.node.value = -*d;
  } else if (negated) {
    return bad(token_.at, "an unsigned number has no minus", "leave out the u, or convert with int()");
  }
  return advance();
}

bool Parser::member(Tree& out) {
  if (!primary(out)) return false;
  for (;;) {
    bool done = true;
    if (token_.is(".")) done = selected(out);
    else if (token_.is("[")) done = indexed(out);
    else if (token_.is("{")) done = message(out);
    else return true;
    if (!done) return false;
  }
}

bool Parser::primary(Tree& out) {
  if (token_.kind == Lexeme::literal) return literal(out, false);
  if (token_.is("(")) return advance() && expression(out) && expect(")");
  bool list = token_.is("[");
  if (!list && !token_.is("{")) return name(out);
  Node node;
  node.kind = list ? Node::Kind::list : Node::Kind::map;
  node.at = token_.at;
  return advance() && parts(out, std::move(node), list ? Part::element : Part::entry, list ? "]" : "}");
}

bool Parser::name(Tree& out) {
  auto& node = out.node;
  node.at = token_.at;
  bool dot = false;
  if (!taken(".", dot)) return false;
  if (token_.kind != Lexeme::identifier || token_.text == "in") return unexpected("an expression");
  auto word = token_.text;
  if (!dot && is_keyword(word)) {
    node.value = word == "null" ? Value() : Value(word == "true");
    return advance();
  }
  if (is_keyword(word)) return unexpected("a name");
  if (is_reserved(word))
    return bad(node.at, std::string(word) + " is a reserved word",
               "it may be a field, a." + std::string(word) + ", but no variable or function");
  if (!advance()) return false;
  node.text = (dot ? "." : "") + std::string(word);
  node.kind = token_.is("(") ? Node::Kind::call : Node::Kind::name;
  if (node.kind == Node::Kind::name) return true;
  std::vector<Tree> given;
  if (!arguments(given)) return false;
  if (macros_ && node.text == "has") return presence(out, given, node.at);
  return join(out, std::move(node), given);
}

// Behind a dot: a field of what stands in `out`, or a call on it.
bool Parser::selected(Tree& out) {
  Node node;
  node.kind = Node::Kind::select;
  if (!advance() || !taken("?", node.optional)) return false;
  bool quoted = token_.kind == Lexeme::quoted;
  if ((token_.kind != Lexeme::identifier || is_keyword(token_.text)) && !quoted)
    return unexpected("a field or function");
  node.at = token_.at;
  node.text = token_.text;
  if (!advance()) return false;
  if (!token_.is("(") || node.optional || quoted) return join(out, std::move(node), std::move(out));
  node.kind = Node::Kind::call;
  node.member = true;
  std::vector<Tree> given;
  given.push_back(std::move(out));
  return arguments(given) && called(out, given, std::move(node));
}

bool Parser::indexed(Tree& out) {
  auto at = token_.at;
  bool optional = false;
  std::vector<Tree> two(2);
  two[0] = std::move(out);
  if (!advance() || !taken("?", optional) || !expression(two[1]) || !expect("]")) return false;
  return join(out, call(optional ? "_[?_]" : "_[_]", at), two);
}

// From the bracket on, behind what is there already.
bool Parser::arguments(std::vector<Tree>& out) {
  if (!expect("(")) return false;
  for (bool more = !token_.is(")"); more;) {
    out.emplace_back();
    if (!expression(out.back()) || !taken(",", more)) return false;
    if (more && token_.is(")")) return unexpected("an argument");
  }
  return expect(")");
}

// What stands in a list, a map or a message, to its closing bracket; a comma may stand before that.
bool Parser::parts(Tree& out, Node node, Part part, const char* end) {
  std::vector<Tree> children;
  for (bool more = true; more && !token_.is(end);) {
    bool optional = false;
    if (!taken("?", optional)) return false;
    if (optional) node.optionals.push_back(static_cast<std::uint32_t>(children.size()));
    if (part == Part::field) {
      bool plain = token_.kind == Lexeme::identifier && !is_keyword(token_.text);
      if (!plain && token_.kind != Lexeme::quoted) return unexpected("a field");
      node.names.emplace_back(token_.text);
      if (!advance() || !expect(":")) return false;
    }
    children.emplace_back();
    if (!expression(children.back())) return false;
    if (part == Part::entry) {
      children.emplace_back();
      if (!expect(":") || !expression(children.back())) return false;
    }
    if (!taken(",", more)) return false;
  }
  if (!token_.is(end)) return unexpected(std::string(", or ") + end);
  return advance() && join(out, std::move(node), children);
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

bool Parser::message(Tree& out) {
  Node node;
  node.kind = Node::Kind::message;
  node.at = out.node.at;
  node.text = dotted(out.node);
  if (node.text.empty()) return unexpected("an operator");
  return advance() && parts(out, std::move(node), Part::field, "}");
}

bool Parser::presence(Tree& out, std::vector<Tree>& given, std::uint32_t at) {
  bool fits = given.size() == 1 && given[0].node.kind == Node::Kind::select && !given[0].node.test &&
              !given[0].node.optional;
  if (!fits) return bad(at, "has() asks for one field", "write has(a.b)");
  out = std::move(given[0]);
  out.node.test = true;
  return true;
}

// A call on something: a macro when its name and number of arguments are those of one.
bool Parser::called(Tree& out, std::vector<Tree>& given, Node node) {
  const auto& target = given[0].node;
  bool on_cel = target.kind == Node::Kind::name && target.text == "cel";
  auto count = given.size() - 1;
  // all(x, p) and all(i, x, p) are told apart by their count alone, so the fewest variables come first.
  const auto* macro = std::find_if(kMacros.begin(), kMacros.end(), [&](const Macro& m) {
    return m.name == node.text && (m.name == "bind") == on_cel && count >= m.variables + m.fewest &&
           count <= m.variables + m.most;
  });
  if (!macros_ || macro == kMacros.end()) return join(out, std::move(node), given);
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
  return join(out, std::move(node), given);
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
