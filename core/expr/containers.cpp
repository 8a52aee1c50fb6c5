// What an expression builds (text, lists, maps, optionals), and the words for what went wrong.
#include <algorithm>

#include "core/base/text.hpp"
#include "core/expr/detail/machine.hpp"

namespace tk::expr {

using Kind = Cell::Kind;

Cell Machine::copy(std::string_view bytes, bool is_bytes) {
  if (!pay_bytes(bytes.size())) return fault(Wrong::said);
  auto* memory = scratch_.arena.bytes(bytes.size());
  std::copy(bytes.begin(), bytes.end(), memory);
  std::string_view copied(memory, bytes.size());
  return is_bytes ? Raw::bytes(copied) : Raw::text(copied);
}

Cell Machine::joined(const Cell& a, const Cell& b) {
  auto x = Raw::text(a), y = Raw::text(b);
  if (!pay_bytes(x.size() + y.size())) return fault(Wrong::said);
  // a + b + c…: what was joined last is only made longer; nobody sees the bytes behind its end.
  const char* begin = x.data();
  char* behind = scratch_.arena.extend(x.data() + x.size(), y.size());
  if (!behind) {
    char* memory = scratch_.arena.bytes(x.size() + y.size());
    std::copy(x.begin(), x.end(), memory);
    begin = memory;
    behind = memory + x.size();
  }
  std::copy(y.begin(), y.end(), behind);
  std::string_view both(begin, x.size() + y.size());
  return a.kind() == Kind::text ? Raw::text(both) : Raw::bytes(both);
}

Cell Machine::list(std::span<const Cell> items) {
  if (!pay(items.size() / 4)) return fault(Wrong::said);
  auto* cells = scratch_.arena.many<Cell>(items.size() + 1);
  std::uint32_t depth = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    depth = std::max(depth, Raw::depth(items[i]));
    new (cells + 1 + i) Cell(items[i]);
  }
  if (depth >= kMaxDepth) return fault(Wrong::depth);
  new (cells) Cell(Raw::integer(depth + 1));
  return Raw::list(cells + 1, items.size());
}

Cell Machine::map(std::span<const Cell> pairs) {
  auto n = pairs.size() / 2;
  if (!pay(n)) return fault(Wrong::said);
  auto* keys = scratch_.arena.many<Cell>(2 * n);
  auto* values = keys + n;
  auto* out = new (scratch_.arena.many<OwnMap>(1)) OwnMap;
  std::uint32_t depth = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const auto& key = pairs[2 * i];
    if (key.kind() != Kind::text && key.kind() != Kind::integer && key.kind() != Kind::boolean &&
        key.kind() != Kind::unsigned_integer)
      return fault(Wrong::key_kind, key);
    depth = std::max(depth, Raw::depth(pairs[2 * i + 1]));
    new (keys + i) Cell(key);
    new (values + i) Cell(pairs[2 * i + 1]);
  }
  if (depth >= kMaxDepth) return fault(Wrong::depth);
  out->depth = depth + 1;
  out->keys = keys;
  out->values = values;
  if (n <= 8) {
    for (std::size_t i = 1; i < n; ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (same_key(keys[i], keys[j])) return fault(Wrong::same_key, keys[i]);
    return Raw::map(out, n);
  }
  std::uint32_t size = 16;
  while (size < 2 * n) size *= 2;
  auto* table = scratch_.arena.many<std::uint32_t>(size);
  std::fill(table, table + size, 0);
  for (std::uint32_t i = 0; i < n; ++i) {
    auto at = hash_key(keys[i]) & (size - 1);
    for (; table[at] != 0; at = (at + 1) & (size - 1)) {
      if (same_key(keys[table[at] - 1], keys[i])) return fault(Wrong::same_key, keys[i]);
      if (!pay(1)) return fault(Wrong::said);  // keys that were chosen to collide cost what they cost
    }
    table[at] = i + 1;
  }
  out->mask = size - 1;
  out->table = table;
  return Raw::map(out, n);
}

Cell Machine::optional(const Cell& value) {
  if (Raw::depth(value) >= kMaxDepth) return fault(Wrong::depth);
  return Raw::optional(new (scratch_.arena.many<Cell>(1)) Cell(value));
}

// [?a, b] and {?k: v}: an empty optional leaves its place out.
Cell Machine::with_optionals(const Cell* cells, std::uint32_t n, const std::vector<bool>& places, bool is_map) {
  auto& items = scratch_.items;
  auto from = items.size();
  Cell wrong;
  for (std::uint32_t i = 0; i < n && wrong.kind() == Kind::missing; i += is_map ? 2 : 1) {
    const auto& value = cells[is_map ? i + 1 : i];
    if (cells[i].is_error()) wrong = cells[i];
    else if (value.is_error()) wrong = value;
    else if (places[i] && value.kind() != Kind::optional) wrong = no_overload(value);
    else if (!places[i] || Raw::optional(value)) {
      if (is_map) items.push_back(cells[i]);
      items.push_back(places[i] ? *Raw::optional(value) : value);
    }
  }
  std::span<const Cell> kept(items.data() + from, items.size() - from);
  Cell out = wrong.kind() != Kind::missing ? wrong : is_map ? map(kept) : list(kept);
  items.resize(from);
  return out;
}

Cell Machine::matches(std::string_view text, std::string_view pattern) {
  auto& known = scratch_.patterns;
  // Known or not: what an evaluation costs must not depend on what ran before it.
  if (!pay(pattern.size() * 4 + 100)) return fault(Wrong::said);
  auto found = std::find_if(known.begin(), known.end(), [&](const auto& k) { return k.first == pattern; });
  if (found == known.end()) {
    constexpr std::size_t kKept = 8, kLongest = 4096;
    if (pattern.size() > kLongest) return said("a pattern of more than 4096 bytes");
    auto regex = Regex::compile(pattern);
    if (!regex) return said(regex.error().message);
    if (known.size() == kKept) known.erase(known.begin());
    known.emplace_back(std::string(pattern), std::move(*regex));
    found = known.end() - 1;
  }
  if (!pay_bytes(text.size())) return fault(Wrong::said);
  return Raw::boolean(found->second->found_in(text));
}

const Zone* Machine::zone(std::string_view name) {
  if (!pay(100)) return nullptr;
  auto it = scratch_.zones.find(name);
  if (it == scratch_.zones.end()) {
    if (scratch_.zones.size() >= 1000) scratch_.zones.clear();
    it = scratch_.zones.emplace(std::string(name), Zone::read(zones_ ? zones_(name) : std::string())).first;
  }
  return it->second.get();
}

// A value may hold another many times over at the cost of one; whoever copies or writes it pays for each.
bool Machine::within_bounds(const Cell& result) {
  if (!pay(1)) return false;
  if (result.kind() == Kind::optional) return !Raw::optional(result) || within_bounds(*Raw::optional(result));
  if ((result.kind() != Kind::list && result.kind() != Kind::map) || !Raw::own(result)) return true;
  bool fits = true;
  result.members([&](const Cell*, const Cell& value) {
    if (!fits) return;
    bool host = (value.kind() == Kind::list || value.kind() == Kind::map) && !Raw::own(value);
    if (value.kind() == Kind::text || value.kind() == Kind::bytes) fits = pay_bytes(Raw::size(value));
    else if (host) fits = pay_host(value);
    else fits = within_bounds(value);
  });
  return fits;
}

bool Machine::pay_host(const Cell& value) {
  bool fits = pay(1);
  value.members([&](const Cell*, const Cell& inner) {
    if (!fits) return;
    if (inner.kind() == Kind::list || inner.kind() == Kind::map) fits = pay_host(inner);
    else fits = pay_bytes(inner.kind() == Kind::text ? Raw::size(inner) : 0);
  });
  return fits;
}

namespace {

// A value in a message: short, and safe on a terminal.
std::string shown(const Cell& c) {
  switch (c.kind()) {
    case Kind::text: return "\"" + text::printable(text::shorten(Raw::text(c), 40)) + "\"";
    case Kind::integer:
    case Kind::unsigned_integer:
    case Kind::boolean: return c.written();
    default: return std::string(kind_name(c));
  }
}

std::string what_is_wrong(const Fault& f, const std::vector<Input>& inputs) {
  auto kinds = std::string(kind_name(f.a));
  if (f.b.kind() != Kind::missing) kinds += ", " + std::string(kind_name(f.b));
  switch (f.wrong) {
    case Wrong::no_overload: return "no such operation on (" + kinds + ")";
    case Wrong::missing: {
      const auto& input = inputs[static_cast<std::size_t>(Raw::integer(f.a))];
      return input.name + (input.field.empty() ? "" : "." + input.field) + " is not there";
    }
    case Wrong::undeclared: return "no variable " + std::string(Raw::text(f.a));
    case Wrong::unbound: return "no function " + std::string(Raw::text(f.a)) + " that takes this";
    case Wrong::no_key: return "no key " + shown(f.a);
    case Wrong::no_index: return "no index " + shown(f.a);
    case Wrong::no_field: return "no field " + std::string(Raw::text(f.b)) + ": this is of type " + std::string(kind_name(f.a));
    case Wrong::zero: return "division by zero";
    case Wrong::overflow: return "an integer overflow";
    case Wrong::range: return "out of range";
    case Wrong::key_kind: return std::string(kind_name(f.a)) + " cannot be the type of a map's key";
    case Wrong::same_key: return "the key " + shown(f.a) + " twice in a map";
    case Wrong::depth: return "a value nested more than " + std::to_string(kMaxDepth) + " deep";
    case Wrong::said: return std::string(f.text);
  }
  return {};
}

std::string how_to_mend(Wrong wrong) {
  switch (wrong) {
    case Wrong::no_overload: return "convert with int(), double(), string(), or test with type()";
    case Wrong::missing:
    case Wrong::no_key:
    case Wrong::no_field: return "guard it with has(a.b), or write a.?b.orValue(…)";
    case Wrong::no_index: return "guard it with size(), or write a[?i].orValue(…)";
    case Wrong::zero: return "guard it: b != 0 && a / b > 1";
    default: return {};
  }
}

}  // namespace

Error Machine::explain(const Cell& fault, const std::vector<Input>& inputs, std::string_view text) const {
  auto where = [&](std::uint32_t instruction) {
    return instruction < code_.at.size() ? place(text, code_.at[instruction]) : Where{};
  };
  if (exhausted_)
    return {Code::expr_limit, "the evaluation takes more steps than allowed", where(now_),
            "look at fewer elements, or raise the limit", nullptr};
  const auto& f = Raw::fault(fault);
  if (f.wrong == Wrong::missing)  // said where it is named, which is not always an instruction of its own
    return {Code::expr_failed, what_is_wrong(f, inputs), place(text, inputs[static_cast<std::size_t>(Raw::integer(f.a))].at),
            how_to_mend(f.wrong), nullptr};
  return {Code::expr_failed, what_is_wrong(f, inputs), where(f.instruction), how_to_mend(f.wrong), nullptr};
}

}  // namespace tk::expr
