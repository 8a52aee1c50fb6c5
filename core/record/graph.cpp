#include "core/record/graph.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/json/json.hpp"

namespace tk::record {
namespace {

// What an edge says: its event, what guards it, what it waits for.
std::string label(const Transition& t) {
  std::string out = t.event;
  std::vector<std::string> guards, waits;
  for (const auto& c : t.guard) guards.push_back(c.when.text);
  for (const auto& o : t.obligations)
    waits.push_back(o.kind == "approval" ? std::to_string(o.n) + " of " + o.of : o.kind);
  if (!guards.empty()) out += " [" + text::join(guards, " && ") + "]";
  if (!waits.empty()) out += " {" + text::join(waits, ", ") + "}";
  return out;
}

std::vector<const State*> children(const Definition& d, const std::string& parent) {
  std::vector<const State*> out;
  for (const auto& s : d.states)
    if (s.parent == parent) out.push_back(&s);
  return out;
}

class Mermaid {
 public:
  explicit Mermaid(const Definition& d) : d_(d) {}

  std::string draw() {
    out_ = "stateDiagram-v2\n";
    states("", d_.initial, 1);
    for (const auto& t : d_.transitions)
      for (const auto& from : t.from)
        out_ += "  " + id(from) + " --> " + id(t.internal() ? from : t.to) + " : " + words(label(t)) +
                (t.internal() ? " (stays)" : "") + "\n";
    for (const auto& s : d_.states)
      if (s.final) out_ += "  " + id(s.name) + " --> [*]\n";
    return out_;
  }

 private:
  // Mermaid's ids are words, and some words are its own: a name that is no plain one gets a number.
  std::string id(const std::string& name) const {
    static const std::vector<std::string> own = {"state", "end", "note", "direction", "class", "classDef", "as", "default"};
    bool plain = !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == name.npos;
    if (plain && std::find(own.begin(), own.end(), name) == own.end()) return name;
    auto it = std::find_if(d_.states.begin(), d_.states.end(), [&](const State& s) { return s.name == name; });
    return "state-" + std::to_string(it - d_.states.begin());
  }
  static std::string words(const std::string& text) {
    std::string out;
    for (char c : text::printable(text)) {
      if (c == ':' || c == ';' || c == '#' || c == '"' || c == '\n') out += "#" + std::to_string(static_cast<int>(c)) + ";";
      else out += c;
    }
    return out;
  }
  void states(const std::string& parent, const std::string& initial, std::size_t depth) {
    std::string in(depth * 2, ' ');
    out_ += in + "[*] --> " + id(initial) + "\n";
    for (const auto* s : children(d_, parent)) {
      if (id(s->name) != s->name) out_ += in + "state \"" + words(s->name) + "\" as " + id(s->name) + "\n";
      else if (!s->compound) out_ += in + s->name + "\n";
      if (!s->compound) continue;
      out_ += in + "state " + id(s->name) + " {\n";
      states(s->name, s->initial, depth + 1);
      out_ += in + "}\n";
    }
  }

  const Definition& d_;
  std::string out_;
};

class Dot {
 public:
  explicit Dot(const Definition& d) : d_(d) {}

  std::string draw() {
    out_ = "digraph " + quote(d_.type) + " {\n  rankdir=LR;\n  compound=true;\n  node [shape=box, style=rounded];\n"
           "  \"[*]\" [shape=point];\n";
    states("", 1);
    out_ += "  \"[*]\" -> " + quote(d_.leaf(d_.initial)) + ";\n";
    for (const auto& t : d_.transitions)
      for (const auto& from : t.from) {
        const auto& to = t.internal() ? from : t.to;
        out_ += "  " + quote(d_.leaf(from)) + " -> " + quote(d_.leaf(to)) + " [label=" + quote(label(t));
        if (d_.state(from)->compound) out_ += ", ltail=" + quote("cluster_" + from);
        if (d_.state(to)->compound) out_ += ", lhead=" + quote("cluster_" + to);
        out_ += t.internal() ? ", style=dashed];\n" : "];\n";
      }
    return out_ + "}\n";
  }

 private:
  static std::string quote(const std::string& text) {
    std::string out = "\"";
    for (char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      if (c == '\n') out += "\\n";
      else out += c;
    }
    return out + "\"";
  }
  void states(const std::string& parent, std::size_t depth) {
    std::string in(depth * 2, ' ');
    for (const auto* s : children(d_, parent)) {
      if (!s->compound) {
        out_ += in + quote(s->name) + (s->final ? " [peripheries=2];\n" : ";\n");
        continue;
      }
      out_ += in + "subgraph " + quote("cluster_" + s->name) + " {\n" + in + "  label=" + quote(s->name) + ";\n";
      states(s->name, depth + 1);
      out_ += in + "}\n";
    }
  }

  const Definition& d_;
  std::string out_;
};

class Xstate {
 public:
  explicit Xstate(const Definition& d) : d_(d) {}

  Value config() const {
    return Value::Map{{"id", d_.type}, {"initial", outermost(d_.initial)}, {"states", states("")}};
  }

 private:
  std::string outermost(const std::string& name) const { return d_.line(name).back()->name; }

  static Value actions(const std::vector<Assignment>& list) {
    Value::List out;
    for (const auto& a : list)
      out.push_back(Value::Map{{"type", "set"}, {"params", Value::Map{{"field", a.field}, {"to", a.to.text}}}});
    return out;
  }

  Value edge(const Transition& t) const {
    Value::Map out;
    if (!t.internal()) {
      out.emplace("target", "#" + d_.type + "." + t.to);
      out.emplace("reenter", true);  // what is left and entered here is what SCXML calls external
    }
    if (!t.guard.empty()) {
      Value::List all;
      for (const auto& c : t.guard) all.push_back(Value::Map{{"when", c.when.text}, {"reason", c.reason}});
      out.emplace("guard", Value::Map{{"type", "cel"}, {"params", Value::Map{{"all", all}}}});
    }
    if (!t.set.empty()) out.emplace("actions", actions(t.set));
    Value::List obligations;
    for (const auto& o : t.obligations)
      obligations.push_back(Value::Map{{"kind", o.kind}, {"of", o.of}, {"n", o.n}});
    Value::Map meta{{"action", t.action}};
    if (!obligations.empty()) meta.emplace("obligations", obligations);
    out.emplace("meta", meta);
    return out;
  }

  Value states(const std::string& parent) const {
    Value::Map out;
    for (const auto* s : children(d_, parent)) {
      Value::Map node{{"id", d_.type + "." + s->name}};
      if (s->final) node.emplace("type", "final");
      if (s->compound) {
        node.emplace("initial", s->initial);
        node.emplace("states", states(s->name));
      }
      if (!s->on_enter.empty()) node.emplace("entry", actions(s->on_enter));
      if (!s->on_exit.empty()) node.emplace("exit", actions(s->on_exit));
      if (!s->tools.empty()) node.emplace("tags", Value::List(s->tools.begin(), s->tools.end()));
      Value::Map on;
      for (const auto& t : d_.transitions)
        if (std::find(t.from.begin(), t.from.end(), s->name) != t.from.end())
          on.try_emplace(t.event, Value::List{}).first->second.as_list()->push_back(edge(t));
      if (!on.empty()) node.emplace("on", on);
      out.emplace(s->name, node);
    }
    return out;
  }

  const Definition& d_;
};

}  // namespace

std::string mermaid(const Definition& d) { return Mermaid(d).draw(); }
std::string dot(const Definition& d) { return Dot(d).draw(); }
std::string xstate(const Definition& d) { return json::pretty(Xstate(d).config()) + "\n"; }

}  // namespace tk::record
