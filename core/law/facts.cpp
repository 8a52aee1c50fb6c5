#include "core/law/detail/facts.hpp"

#include <algorithm>
#include <bit>

#include "core/base/text.hpp"
#include "core/json/json.hpp"
#include "core/law/condition.hpp"

namespace tk::law::detail {
namespace {

using expr::Cell;

Keys keys_of(std::string_view b) {
  Keys out;
  auto [table, n] = all<KeyRow>(b, kKeys);
  for (std::size_t i = 0; i < n; ++i) out.emplace_back(str(b, table[i].name), static_cast<Kind>(table[i].kind));
  return out;
}

}  // namespace

void FactReader::ask(const Question& question) {
  q_ = question;
  ++question_;
  actor_ref_.clear();
  resource_ref_.clear();
}

const expr::Environment& FactReader::environment() {
  if (!env_) env_ = std::make_unique<expr::Environment>(condition_environment(keys_of(index_.bytes())));
  return *env_;
}

FactReader::Compiled& FactReader::compiled(std::uint32_t number) {
  auto b = index_.bytes();
  auto [row, one] = rows<ConditionRow>(b, kConditions, {number, 1});
  if (conditions_.empty()) conditions_.resize(header(b).tables[kConditions].size + 1);
  auto& slot = conditions_[one ? number : conditions_.size() - 1];
  if (slot) return *slot;
  slot = std::make_unique<Compiled>();
  if (!one) {
    slot->error = "the law index names a condition that it does not have";
    return *slot;
  }
  auto program = expr::Program::compile(str(b, row->text), environment());
  if (!program) {
    slot->error = program.error().message;
    return *slot;
  }
  slot->program = std::move(*program);
  slot->fetches = fetches_of(slot->program);
  slot->usable = true;
  return *slot;
}

std::vector<FactReader::Fetch> FactReader::fetches_of(const expr::Program& program) const {
  auto b = index_.bytes();
  auto [keys, n] = all<KeyRow>(b, kKeys);
  std::vector<Fetch> out;
  for (const auto& input : program.inputs()) {
    Fetch f;
    f.input = &input;
    if (input.call) f.from = Fetch::call;
    else if (input.name == "action") f.from = Fetch::action;
    else if (input.name == "time") f.from = Fetch::time;
    else if (input.name == "context") f.from = Fetch::context;
    else if (input.name == "actor" || input.name == "resource") {
      f.from = input.name == "actor" ? Fetch::actor : Fetch::resource;
      static constexpr std::pair<std::string_view, Fetch::What> kAlways[] = {
          {"type", Fetch::type}, {"context", Fetch::context_path}, {"name", Fetch::name}, {"ref", Fetch::ref},
          {"id", Fetch::id},     {"state", Fetch::state},          {"properties", Fetch::properties}};
      for (auto [word, what] : kAlways)
        if (input.field == word) f.what = what;
      for (std::uint32_t k = 0; k < n; ++k)
        if (str(b, keys[k].name) == input.field) f.key = k;
    }
    out.push_back(f);
  }
  return out;
}

Cell FactReader::attribute(const EntityRow& row, std::uint32_t key) {
  auto b = index_.bytes();
  auto [table, n] = rows<AttributeRow>(b, kAttributes, row.attributes);
  for (std::size_t i = 0; i < n; ++i) {
    const auto& a = table[i];
    if (a.key_number != key) continue;
    switch (static_cast<Kind>(a.kind)) {
      case Kind::integer: return Cell::integer(a.number);
      case Kind::boolean: return Cell::boolean(a.number != 0);
      case Kind::number: return Cell::real(std::bit_cast<double>(a.number));
      case Kind::timestamp: return Cell::timestamp({a.number});
      case Kind::duration: return Cell::duration({a.number});
      case Kind::text: return Cell::text(str(b, a.value));
      default: break;
    }
    auto& value = parsed_[row.attributes.at + i];
    if (!value) {
      auto read = json::parse(str(b, a.value));
      value = std::make_unique<Value>(read ? std::move(*read) : Value());
    }
    return Cell::of(*value);
  }
  return {};
}

Cell FactReader::of_entity(const Fetch& f) {
  bool actor = f.from == Fetch::actor;
  if (q_.suppose) {
    const auto& supposed = actor ? q_.suppose->actor : q_.suppose->resource;
    if (auto it = supposed.find(f.input->field); it != supposed.end()) return Cell::of(it->second);
  }
  const auto& t = *q_.resource;
  const auto& e = actor ? *q_.actor : t.entity;
  bool declared = actor || t.declared();
  switch (f.what) {
    case Fetch::type: return Cell::text(actor ? e.type : std::string_view(t.ref.type));
    case Fetch::context_path: return Cell::text(actor ? e.context : std::string_view(t.ref.context));
    case Fetch::name: return Cell::text(actor ? e.name : std::string_view(t.ref.name));
    case Fetch::ref: {
      auto& text = actor ? actor_ref_ : resource_ref_;
      if (text.empty()) text = actor ? e.str() : t.ref.str();
      return Cell::text(text);
    }
    case Fetch::properties: {
      static const Value none{Value::Map{}};
      const auto* said = actor ? q_.facts->actor_properties : q_.facts->resource_properties;
      return Cell::of(said ? *said : none);
    }
    case Fetch::id:
      if (declared) return Cell::text(e.id);
      break;
    case Fetch::state:
      if (declared) return Cell::text(e.state);
      break;
    case Fetch::attribute: {
      if (!declared) break;
      if (actor) return attribute(*q_.actor_row, f.key);
      auto [row, one] = rows<EntityRow>(index_.bytes(), kEntities, {e.number, 1});
      return one ? attribute(*row, f.key) : Cell();
    }
  }
  if (actor || !q_.facts->fields) return {};
  auto it = q_.facts->fields->find(f.input->field);
  return it == q_.facts->fields->end() ? Cell() : Cell::of(it->second);
}

// What the run has seen, and what the resource itself is declared to be.
bool FactReader::labelled(std::string_view label) const {
  if (std::find(q_.facts->labels.begin(), q_.facts->labels.end(), label) != q_.facts->labels.end()) return true;
  if (!q_.resource->declared()) return false;
  auto declared = index_.attribute(q_.resource->entity, "labels");
  for (auto word : text::split(declared.value_or(""), ','))
    if (word.substr(std::min(word.size(), word.find_first_not_of(' '))) == label) return true;
  return false;
}

Cell FactReader::fetch(const Fetch& f) {
  switch (f.from) {
    case Fetch::actor:
    case Fetch::resource: return of_entity(f);
    case Fetch::action: {
      auto [table, n] = all<Str>(index_.bytes(), kActionNames);
      return q_.action < n ? Cell::text(str(index_.bytes(), table[q_.action])) : Cell();
    }
    case Fetch::time: return Cell::timestamp({q_.facts->now_ns});
    case Fetch::call:
      if (f.input->name == "label") return Cell::boolean(labelled(f.input->arguments.front().text()));
      return q_.facts->history ? q_.facts->history->tell(*f.input, *q_.actor, q_.resource->ref, *q_.facts) : Cell();
    case Fetch::context: {
      if (q_.suppose)
        if (auto it = q_.suppose->context.find(f.input->field); it != q_.suppose->context.end())
          return Cell::of(it->second);
      if (!q_.facts->context) return {};
      auto it = q_.facts->context->find(f.input->field);
      return it == q_.facts->context->end() ? Cell() : Cell::of(it->second);
    }
    case Fetch::nowhere: break;
  }
  return {};
}

Cell FactReader::run(const expr::Program& program, const std::vector<Fetch>& fetches) {
  slots_.clear();
  for (const auto& f : fetches) slots_.push_back(fetch(f));
  auto cell = program.run(slots_, scratch_);
  if (cell.is_error()) failure_ = scratch_.error().message;
  return cell;
}

Cell FactReader::run(const expr::Program& program) { return run(program, fetches_of(program)); }

Cell FactReader::value(std::uint32_t number) {
  auto& c = compiled(number);
  if (!c.usable) failure_ = c.error;
  return c.usable ? run(c.program, c.fetches) : Cell();
}

std::optional<bool> FactReader::condition(std::uint32_t number) {
  auto& c = compiled(number);
  if (c.asked == question_) return c.answer;
  c.asked = question_;
  c.answer.reset();
  if (!c.usable) return failure_ = c.error, c.answer;
  auto cell = run(c.program, c.fetches);
  if (cell.kind() == Cell::Kind::boolean) c.answer = cell.is_true();
  else if (!cell.is_error()) failure_ = "it gives no bool";
  return c.answer;
}

const expr::Program* FactReader::program(std::uint32_t number) {
  auto& c = compiled(number);
  return c.usable ? &c.program : nullptr;
}

}  // namespace tk::law::detail
