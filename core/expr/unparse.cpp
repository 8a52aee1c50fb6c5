// An expression as text again: what parse() reads back as the same tree.
#include <array>
#include <charconv>
#include <cmath>
#include <string>

#include "core/expr/ast.hpp"
#include "core/expr/detail/lexer.hpp"

namespace tk::expr {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

// How tightly a node binds: 0 ternary, 1 ||, … 5 *, 6 unary, 7 member, 8 primary.
struct Written {
  std::string_view name, sign;
  int binds;
};
constexpr std::array<Written, 14> kBinary = {{{"_||_", " || ", 1},
                                              {"_&&_", " && ", 2},
                                              {"_==_", " == ", 3},
                                              {"_!=_", " != ", 3},
                                              {"_<_", " < ", 3},
                                              {"_<=_", " <= ", 3},
                                              {"_>_", " > ", 3},
                                              {"_>=_", " >= ", 3},
                                              {"@in", " in ", 3},
                                              {"_+_", " + ", 4},
                                              {"_-_", " - ", 4},
                                              {"_*_", " * ", 5},
                                              {"_/_", " / ", 5},
                                              {"_%_", " % ", 5}}};

bool negative(const Value& v) {
  if (const auto* i = v.as_int()) return *i < 0;
  const auto* d = v.as_double();
  return d && std::signbit(*d);
}

class Writer {
 public:
  std::string out;

  // With parentheses when the node binds less tightly than its place asks for.
  void put(const Node& node, int least) {
    bool open = binds(node) < least;
    if (open) out += '(';
    write(node);
    if (open) out += ')';
  }

 private:
  static const Written* binary(const Node& node) {
    if (node.kind == Node::Kind::call && !node.member && node.children.size() == 2)
      for (const auto& b : kBinary)
        if (b.name == node.text) return &b;
    return nullptr;
  }
  static bool unary(const Node& node) {
    return node.kind == Node::Kind::call && !node.member && node.children.size() == 1 &&
           (node.text == "!_" || node.text == "-_");
  }
  static int binds(const Node& node) {
    if (const auto* b = binary(node)) return b->binds;
    if (unary(node)) return 6;
    if (node.kind == Node::Kind::call && node.text == "_?_:_") return 0;
    return 7;
  }

  void write(const Node& node);
  void write_call(const Node& node);
  void literal(const Value& value);
  void quoted(std::string_view bytes, bool text);
  void field(const std::string& name) {
    bool plain = is_identifier(name) && !is_keyword(name);
    out += plain ? name : "`" + name + "`";
  }
  void list(const Node& node, std::size_t from, std::size_t step) {
    auto optional = node.optionals.begin();
    for (auto i = from; i < node.children.size(); i += step) {
      if (i > from) out += ", ";
      if (optional != node.optionals.end() && *optional == i) {
        out += '?';
        ++optional;
      }
      if (node.kind == Node::Kind::message) {
        field(node.names[i]);
        out += ": ";
      }
      put(node.children[i], 0);
      if (step == 2) {
        out += ": ";
        put(node.children[i + 1], 0);
      }
    }
  }
};

void Writer::write(const Node& node) {
  switch (node.kind) {
    case Node::Kind::literal: return literal(node.value);
    case Node::Kind::name: out += node.text; return;
    case Node::Kind::select:
      if (node.test) out += "has(";
      put(node.children[0], 7);
      out += node.optional ? ".?" : ".";
      field(node.text);
      if (node.test) out += ')';
      return;
    case Node::Kind::call: return write_call(node);
    case Node::Kind::list:
      out += '[';
      list(node, 0, 1);
      out += ']';
      return;
    case Node::Kind::map:
      out += '{';
      list(node, 0, 2);
      out += '}';
      return;
    case Node::Kind::message:
      out += node.text + "{";
      list(node, 0, 1);
      out += '}';
      return;
    case Node::Kind::macro:
      put(node.children[0], 7);
      out += "." + node.text + "(";
      for (const auto& name : node.names) out += name + ", ";
      list(node, 1, 1);
      out += ')';
      return;
  }
}

void Writer::write_call(const Node& node) {
  if (const auto* b = binary(node)) {
    put(node.children[0], b->binds);
    out += b->sign;
    put(node.children[1], b->binds + 1);
  } else if (unary(node)) {
    const auto& operand = node.children[0];
    out += node.text[0];
    // A minus before a number would become the number's own.
    const Node* first = &operand;
    while ((first->kind == Node::Kind::select && !first->test) || first->kind == Node::Kind::macro ||
           (first->kind == Node::Kind::call && (first->member || first->text.starts_with("_["))))
      first = first->children.data();
    bool number = node.text == "-_" && first->kind == Node::Kind::literal && !first->value.as_text() &&
                  !first->value.as_bytes() && !first->value.as_bool() && !first->value.is_null() &&
                  !negative(first->value);
    put(operand, number ? 9 : 6);
  } else if (node.text == "_?_:_") {
    put(node.children[0], 1);
    out += " ? ";
    put(node.children[1], 1);
    out += " : ";
    put(node.children[2], 0);
  } else if (node.text == "_[_]" || node.text == "_[?_]") {
    put(node.children[0], 7);
    out += node.text == "_[_]" ? "[" : "[?";
    put(node.children[1], 0);
    out += ']';
  } else {
    if (node.member) {
      put(node.children[0], 7);
      out += '.';
    }
    out += node.text + "(";
    list(node, node.member ? 1 : 0, 1);
    out += ')';
  }
}

void Writer::literal(const Value& value) {
  char digits[40];
  if (value.is_null()) out += "null";
  else if (const auto* b = value.as_bool()) out += *b ? "true" : "false";
  else if (const auto* i = value.as_int()) out += std::to_string(*i);
  else if (const auto* u = value.as_uint()) out += std::to_string(*u) + "u";
  else if (const auto* t = value.as_text()) quoted(*t, true);
  else if (const auto* x = value.as_bytes())
    quoted(std::string_view(reinterpret_cast<const char*>(x->data()), x->size()), false);
  else if (const auto* d = value.as_double()) {
    auto* end = std::to_chars(digits, digits + sizeof digits, *d).ptr;
    std::string_view text(digits, static_cast<std::size_t>(end - digits));
    out += text;
    if (text.find_first_of(".e") == text.npos) out += ".0";
  }
}

void Writer::quoted(std::string_view bytes, bool text) {
  out += text ? "\"" : "b\"";
  for (char c : bytes) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7F || (byte >= 0x80 && !text)) {
      out += "\\x";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

std::string unparse(const Node& node) {
  Writer writer;
  writer.put(node, 0);
  return std::move(writer.out);
}

}  // namespace tk::expr
