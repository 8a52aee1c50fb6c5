#include "tests/machine/random_machine.hpp"

#include <vector>

#include "core/json/json.hpp"
#include "core/record/made_up.hpp"

namespace tk::machine {
namespace {

using record::Dice;

class Maker {
 public:
  Maker(std::uint64_t seed, std::string type) : dice_(seed), type_(std::move(type)) {}

  std::string make() {
    std::size_t n = 3 + dice_.below(8);
    for (std::size_t i = 0; i < n; ++i) {
      states_.push_back("s" + std::to_string(i));
      parents_.push_back(i > 0 && dice_.one_in(3) ? states_[dice_.below(i)] : "");
    }
    out_ = "record = \"" + type_ + "\"\nversion = 3\ninitial = \"" + pick(states_) + "\"\n[fields]\n"
           "n = { type = \"int\", default = 0 }\nm = \"int\"\nx = { type = \"number\", default = 1.5 }\ny = \"number\"\n"
           "t = { type = \"text\", default = \"a\" }\nu = \"text\"\nb = \"bool\"\n"
           "l = { type = \"list<int>\", default = [1, 2] }\nj = \"json\"\n";
    for (std::size_t i = 0; i < n; ++i) put_state(i);
    std::size_t events = 2 + dice_.below(6);
    for (std::size_t e = 0; e < events; ++e) put_event("e" + std::to_string(e));
    input_ = false;
    for (auto k = dice_.below(3); k > 0; --k)
      put("[[invariant]]\nwhen = " + text(truth(1) + " || record.n < " + std::to_string(50 + dice_.below(1000))) +
          "\nreason = \"invariant " + std::to_string(k) + "\"");
    return out_;
  }

 private:
  void put(const std::string& line) { out_ += line + "\n"; }
  static std::string text(const std::string& s) { return json::quote(s); }
  const std::string& pick(const std::vector<std::string>& from) { return from[dice_.below(from.size())]; }
  std::string pick(std::initializer_list<const char*> from) { return *(from.begin() + dice_.below(from.size())); }

  void put_state(std::size_t i) {
    put("[[state]]\nname = " + text(states_[i]));
    if (!parents_[i].empty()) put("parent = " + text(parents_[i]));
    for (std::size_t c = 0; c < states_.size(); ++c)
      if (parents_[c] == states_[i]) {
        put("initial = " + text(states_[c]));
        break;
      }
    input_ = false;
    if (dice_.one_in(3)) put("on_enter = [" + sequence() + "]");
    if (dice_.one_in(3)) put("on_exit = [" + sequence() + "]");
  }

  std::string sequence() {
    std::string out;
    for (auto k = 1 + dice_.below(2); k > 0; --k) {
      auto [field, to] = assignment();
      out += (out.empty() ? "" : ", ") + ("{ set = \"" + field + "\", to = " + text(to) + " }");
    }
    return out;
  }

  void put_event(const std::string& event) {
    input_ = true;
    std::vector<std::string> left = states_;
    while (!left.empty() && !dice_.one_in(5)) {
      std::string from;
      for (auto k = 1 + dice_.below(2); k > 0 && !left.empty(); --k) {
        auto at = dice_.below(left.size());
        from += (from.empty() ? "" : ", ") + text(left[at]);
        left.erase(left.begin() + static_cast<std::ptrdiff_t>(at));
      }
      auto beside = 1 + dice_.below(3);
      for (std::size_t c = 0; c < beside; ++c) {
        put("[[transition]]\nevent = " + text(event) + "\nfrom = [" + from + "]");
        if (!dice_.one_in(4)) put("to = " + text(pick(states_)));
        put("input = { i = \"int\", s = \"text\", y = \"number\", k = \"json\", t = \"text\" }");
        bool last = c + 1 == beside;
        if (!last || dice_.one_in(2))
          put("guard = [{ when = " + text(truth(3)) + ", reason = \"first of " + event + "\" }, { when = " +
              text("record.n != " + std::to_string(1'000'000 + count_++)) + ", reason = \"second\" }]");
        if (dice_.one_in(2)) {
          auto [field, to] = assignment();
          put("set = { " + field + " = " + text(to) + " }");
        }
      }
    }
  }

  std::pair<std::string, std::string> assignment() {
    switch (dice_.below(9)) {
      case 0: return {"n", whole(3)};
      case 1: return {"m", dice_.one_in(4) ? "null" : whole(2)};
      case 2: return {"x", real(3)};
      case 3: return {"y", dice_.one_in(3) ? whole(1) : real(2)};
      case 4: return {"t", words(2)};
      case 5: return {"u", words(2)};
      case 6: return {"b", truth(2)};
      case 7: return {"l", list(2)};
      default: return {"j", any(2)};
    }
  }

  std::string whole(int depth) {
    if (depth == 0 || dice_.one_in(4)) {
      switch (dice_.below(input_ ? 5 : 4)) {
        case 0: return std::to_string(dice_.below(10));
        case 1: return "-" + std::to_string(dice_.below(4));
        case 2: return "record.m";
        case 3: return "record.n";
        default: return "input.i";
      }
    }
    auto a = [&] { return whole(depth - 1); };
    switch (dice_.below(10)) {
      case 0: return "(" + a() + " + " + a() + ")";
      case 1: return "(" + a() + " - " + a() + ")";
      case 2: return "(" + a() + " * " + a() + ")";
      case 3: return "(" + a() + " / " + a() + ")";
      case 4: return "(" + a() + " % " + a() + ")";
      case 5: return "(" + truth(depth - 1) + " ? " + a() + " : " + a() + ")";
      case 6: return "size(" + words(depth - 1) + ")";
      case 7: return "int(" + real(depth - 1) + ")";
      case 8: return "record.l[" + a() + "]";
      default: return dice_.one_in(3) ? "9223372036854775807" : "size(record.l)";
    }
  }

  std::string real(int depth) {
    if (depth == 0 || dice_.one_in(4)) {
      switch (dice_.below(input_ ? 5 : 4)) {
        case 0: return "0.1";
        case 1: return "-2.5e3";
        case 2: return "record.x";
        case 3: return "record.y";
        default: return "input.y";
      }
    }
    auto a = [&] { return real(depth - 1); };
    switch (dice_.below(6)) {
      case 0: return "(" + a() + " + " + a() + ")";
      case 1: return "(" + a() + " - " + a() + ")";
      case 2: return "(" + a() + " * " + a() + ")";
      case 3: return "(" + a() + " / " + a() + ")";
      case 4: return "(" + truth(depth - 1) + " ? " + a() + " : " + a() + ")";
      default: return "double(" + whole(depth - 1) + ")";
    }
  }

  std::string words(int depth) {
    if (depth == 0 || dice_.one_in(3)) {
      switch (dice_.below(input_ ? 6 : 5)) {
        case 0: return R"("a\"b")";
        case 1: return R"("ü😀\n")";
        case 2: return "record.t";
        case 3: return "state";
        case 4: return "actor.kind";
        default: return "input.s";
      }
    }
    switch (dice_.below(5)) {
      case 0: return "(size(record.t) < 20 ? record.t + " + words(0) + " : \"\")";
      case 1: return "string(" + whole(depth - 1) + ")";
      case 2: return "string(now)";
      case 3: return words(depth - 1) + ".upperAscii()";
      default: return "(" + truth(depth - 1) + " ? " + words(depth - 1) + " : " + words(depth - 1) + ")";
    }
  }

  std::string truth(int depth) {
    if (depth == 0 || dice_.one_in(6)) return pick({"true", "has(record.m)", "record.b", "actor.kind == \"user\"", "has(record.j)"});
    auto a = [&] { return truth(depth - 1); };
    auto sign = pick({" == ", " != ", " < ", " <= ", " > ", " >= "});
    switch (dice_.below(13)) {
      case 0: return "(" + a() + " && " + a() + ")";
      case 1: return "(" + a() + " || " + a() + ")";
      case 2: return "!(" + a() + ")";
      case 3: return whole(depth - 1) + sign + whole(depth - 1);
      case 4: return real(depth - 1) + sign + real(depth - 1);
      case 5: return words(depth - 1) + sign + words(depth - 1);
      case 6: return whole(depth - 1) + " in record.l";
      case 7: return "record.l.exists(v, v > " + whole(depth - 1) + ")";
      case 8: return "record.l.all(v, v * 2 != " + whole(depth - 1) + ")";
      case 9: return words(depth - 1) + pick({".contains(", ".startsWith(", ".endsWith("}) + words(0) + ")";
      case 10: return "now - timestamp(\"2023-11-14T22:13:20.5Z\") > duration(\"" + std::to_string(dice_.below(100)) + "m\")";
      case 11: return "record.j" + sign + any(0);
      default: return whole(depth - 1) + " < " + (input_ ? "int(input.y)" : "int(record.x)");
    }
  }

  std::string list(int depth) {
    switch (dice_.below(5)) {
      case 0: return "[" + whole(depth - 1) + ", " + whole(depth - 1) + "]";
      case 1: return "record.l.filter(v, v > " + whole(depth - 1) + ")";
      case 2: return "record.l.map(v, v - " + whole(depth - 1) + ")";
      case 3: return "(size(record.l) < 6 ? record.l + [" + whole(depth - 1) + "] : [])";
      default: return "record.l.map(v, v > 0, v + 1)";
    }
  }

  std::string any(int depth) {
    switch (dice_.below(input_ ? 8 : 7)) {
      case 0: return "dyn(" + whole(depth) + ")";
      case 1: return "dyn(" + real(depth) + ")";
      case 2: return "dyn({\"z\": dyn(" + whole(depth) + "), \"a\": dyn(" + words(depth) + "), \"ü\": dyn(7u)})";
      case 3: return "dyn([dyn(" + truth(depth) + "), dyn(null), dyn({})])";
      case 4: return "record.j";
      case 5: return "record.j.z";
      case 6: return "dyn(record.l)";
      default: return "input.k";
    }
  }

  Dice dice_;
  std::string type_, out_;
  std::vector<std::string> states_, parents_;
  bool input_ = false;  // whether expressions here may name the input
  int count_ = 0;
};

}  // namespace

std::string random_definition(std::uint64_t seed, const std::string& type) { return Maker(seed, type).make(); }

}  // namespace tk::machine
