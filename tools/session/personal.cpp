#include "tools/session/personal.hpp"

#include <utility>

namespace tk::tools {

bool Unsealing::may(const std::string& subject) {
  if (!std::exchange(tried_, true))
    if (auto opened = Session::open()) session_ = std::move(*opened);
  if (!session_) return false;
  if (auto it = may_.find(subject); it != may_.end()) return it->second;
  auto& s = *session_;
  auto resource = s.subjects.resource(subject);
  const std::string action = "subject.export";
  auto ruling = resource ? s.gate.rule({s.actor, action, *resource, nullptr, nullptr, &s.store.history()})
                         : Result<record::Ruling>(fail(resource.error()));
  bool good = ruling && ruling->allow && ruling->obligations.empty() && ruling->leases.empty();
  return may_[subject] = good;
}

Result<std::string> Unsealing::show(const std::string& mark, const std::string& place, const record::Sealed& sealed) {
  constexpr std::size_t kShown = 15;  // pii:v1: and the beginning of the subject's id
  if (!may(sealed.subject)) return mark.substr(0, kShown) + "…";
  auto clear = session_->subjects.open(place, sealed);
  if (clear || clear.error().code != Code::pii_erased) return clear;
  return std::string("(erased)");
}

Result<void> Unsealing::open_in(Value& value, const std::string& name, const std::string& type, const std::string& id) {
  if (auto* list = value.as_list())
    for (auto& v : *list) TK_CHECK(open_in(v, name, type, id));
  if (auto* map = value.as_map())
    for (auto& [k, v] : *map) TK_CHECK(open_in(v, k, type, id));
  const auto* text = value.as_text();
  auto sealed = text ? record::read_sealed(*text) : std::nullopt;
  if (!sealed) return {};
  TK_TRY(auto shown, show(*text, record::sealed_place(type, name, id), *sealed));
  value = std::move(shown);
  return {};
}

}  // namespace tk::tools
