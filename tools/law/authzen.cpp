#include "tools/law/authzen.hpp"

#include <algorithm>
#include <optional>

#include "core/acl/subject.hpp"
#include "core/base/clock.hpp"
#include "core/crypto/digest.hpp"
#include "core/json/json.hpp"
#include "core/record/entity_types.hpp"
#include "tools/law/authzen_page.hpp"

namespace tk::tools::law_tool::authzen {
namespace {

using namespace tk::law;

// One question as it was asked, its parts checked for their form.
struct Asked {
  std::string_view subject_type, subject_id, action, resource_type, resource_id;
  const Value *subject_properties = nullptr, *action_properties = nullptr, *resource_properties = nullptr,
              *context = nullptr;
};

enum Part : unsigned { kSubject = 1, kSubjectId = 2, kAction = 4, kResource = 8, kResourceId = 16 };
constexpr unsigned kWhole = kSubject | kSubjectId | kAction | kResource | kResourceId;

constexpr std::size_t kMaxText = 1024;

// ---- form

class Form {
 public:
  bool ok() const { return wrong_.empty(); }
  const std::string& wrong() const { return wrong_; }

  std::string_view text(const Value& object, std::string_view name, std::string_view member) {
    const auto& v = object[member];
    const auto* s = v.as_text();
    auto full = std::string(name) + "." + std::string(member);
    if (!s) return fault(full, v.is_null() ? " is missing" : " must be a string");
    if (s->empty()) return fault(full, " is empty");
    if (s->size() > kMaxText) return fault(full, " is longer than 1024 bytes");
    return *s;
  }
  const Value* object(const Value& of, std::string_view name, bool required) {
    const auto& v = of[name];
    if (v.as_map()) return &v;
    if (present(of, name)) fault(name, " must be an object");
    else if (required) fault(name, " is missing");
    return nullptr;
  }
  const Value* properties(const Value& of, std::string_view name) {
    if (!present(of, "properties")) return nullptr;
    const auto& v = of["properties"];
    if (!v.as_map()) fault(std::string(name) + ".properties", " must be an object");
    return &v;
  }
  static bool present(const Value& of, std::string_view name) {
    const auto* map = of.as_map();
    return map && map->contains(name);
  }

 private:
  std::string_view fault(std::string_view name, std::string_view what) {
    if (wrong_.empty()) wrong_ = std::string(name) + std::string(what);
    return {};
  }
  std::string wrong_;
};

// `parts`: which of them this endpoint needs. An item of a batch takes what it lacks from `defaults`, a
// whole entity at a time.
Asked read(Form& form, const Value& request, unsigned parts, const Value* defaults = nullptr) {
  Asked out;
  auto part = [&](std::string_view name, bool required) {
    const auto& from = defaults && !Form::present(request, name) ? *defaults : request;
    return form.object(from, name, required);
  };
  if (const auto* s = part("subject", parts & kSubject); s && (parts & kSubject)) {
    out.subject_type = form.text(*s, "subject", "type");
    if (parts & kSubjectId) out.subject_id = form.text(*s, "subject", "id");
    out.subject_properties = form.properties(*s, "subject");
  }
  if (parts & kAction)
    if (const auto* a = part("action", true)) {
      out.action = form.text(*a, "action", "name");
      out.action_properties = form.properties(*a, "action");
    }
  if (const auto* r = part("resource", parts & kResource); r && (parts & kResource)) {
    out.resource_type = form.text(*r, "resource", "type");
    if (parts & kResourceId) out.resource_id = form.text(*r, "resource", "id");
    out.resource_properties = form.properties(*r, "resource");
  }
  out.context = part("context", false);
  return out;
}

// ---- what the names stand for

bool is_entity(std::string_view type) { return record::find_entity_type(type) != nullptr; }

Result<std::string> action_of(const Index& law, std::string_view name, std::string_view resource_type) {
  if (law.known_action(name)) return std::string(name);
  if (name.find('.') == name.npos) {
    auto own = std::string(resource_type) + "." + std::string(name);
    if (law.known_action(own)) return own;
    auto of_entity = "entity." + std::string(name);
    if (is_entity(resource_type) && law.known_action(of_entity)) return of_entity;
  }
  auto unknown = law.check_action(name);
  return fail(unknown.error());
}

// As short as action_of() takes it back.
std::string shown_action(const Index& law, std::string_view action, std::string_view resource_type) {
  auto brief = action.substr(action.find('.') + 1);
  auto meant = action_of(law, brief, resource_type);
  return std::string(meant && *meant == action ? brief : action);
}

// A resource that is no entity is only a name; it must be one that a rule could name, or a forbid in its
// context would be missed.
Result<Ref> resource_of(const Source& source, std::string_view type, std::string_view id) {
  if (is_entity(type)) {
    auto entity = source.directory->find(type, id);
    if (entity) return Ref{std::string(entity->type), std::string(entity->context), std::string(entity->name)};
    if (entity.error().code == Code::ws_ambiguous) return fail(entity.error());
  }
  TK_TRY(auto ref, tk::law::parse_ref(std::string(type) + ":" + std::string(id)));
  if (ref.context.empty()) ref.context = source.context;
  return ref;
}

// ---- answers

struct Outcome {
  bool allow = false;
  std::string context;  // JSON
};

std::string member(std::string_view name, std::string_view text) {
  return json::quote(name) + ":" + json::quote(text);
}

Outcome denied(const Source& source, int status, std::string_view message) {
  std::string context = "{" + member("answer", "deny") + ",\"error\":{\"status\":" + std::to_string(status) + "," +
                        member("message", message) + "}";
  if (source.directory) context += "," + member("policy_hash", source.directory->index().policy_hash());
  if (!source.commit.empty()) context += "," + member("commit", source.commit);
  return {false, context + "}"};
}

Outcome explained(const Source& source, const Decision& d) {
  std::string context = "{" + member("answer", to_string(d.answer)) + ",\"reason_admin\":{" +
                        member(d.allow ? "200" : "403", d.reason) + "},";
  if (!d.allow) context += "\"reason_user\":{" + member("403", "not permitted") + "},";
  context += "\"rules\":[";
  for (std::size_t i = 0; i < d.determining.size(); ++i) {
    const auto& hit = d.determining[i];
    if (i) context += ',';
    context += "{" + member("id", hit.id) + "," + member("effect", hit.permit ? "permit" : "forbid") + "," +
               member("at", std::string(hit.file) + ":" + std::to_string(hit.line)) + "}";
  }
  context += ']';
  if (d.nearest) {
    context += ",\"nearest_permit\":[";
    for (std::size_t i = 0; i < d.nearest->changes.size(); ++i) {
      const auto& c = d.nearest->changes[i];
      if (i) context += ',';
      context += "{" + member("kind", c.kind) + "," + member("clause", c.clause) + "," + member("mend", c.mend) + "}";
    }
    context += ']';
  }
  context += "," + member("policy_hash", d.policy_hash) + "," + member("commit", source.commit) + "}";
  return {d.allow, std::move(context)};
}

// ---- the one place where law is asked

// What conditions read as context.X: the context, and what is said of the action.
struct Said {
  Value::Map both;
  Facts facts;
  Said(const Source& source, const Asked& asked) {
    facts.history = source.history;
    facts.context = asked.context ? asked.context->as_map() : nullptr;
    if (asked.action_properties && asked.action_properties->as_map()) {
      both = *asked.action_properties->as_map();
      if (facts.context)
        for (const auto& [name, value] : *facts.context) both.insert_or_assign(name, value);
      facts.context = &both;
    }
    facts.actor_properties = asked.subject_properties;
    facts.resource_properties = asked.resource_properties;
    facts.now_ns = clock::now_ns();
  }
};

bool may(const Source& source, const EntityView& actor, std::string_view action, const Ref& resource, const Asked& asked) {
  auto& engine = source.directory->engine();
  auto number = engine.action(action);
  Verdict verdict;
  if (number) engine.decide(actor, *number, engine.target(resource), Said(source, asked).facts, Detail::first, verdict);
  return verdict.allowed();
}

Decision ask(const Source& source, const EntityView& actor, std::string_view action, const Ref& resource, const Asked& asked) {
  auto& engine = source.directory->engine();
  return explain(engine, actor, engine.action(action).value_or(0), engine.target(resource), Said(source, asked).facts,
                 asked.context && (*asked.context)["explain"] == Value(true));
}

Outcome decide(const Source& source, const Asked& asked) {
  if (source.broken) return denied(source, 503, "no law is in force: " + describe(*source.broken));
  const auto& directory = *source.directory;
  auto actor = directory.find(asked.subject_type, asked.subject_id);
  if (!actor) return denied(source, 404, "subject: " + actor.error().message);
  auto action = action_of(directory.index(), asked.action, asked.resource_type);
  if (!action) return denied(source, 404, action.error().message);
  auto resource = resource_of(source, asked.resource_type, asked.resource_id);
  if (!resource) return denied(source, 404, "resource: " + resource.error().message);
  return explained(source, ask(source, *actor, *action, *resource, asked));
}

std::string decision_json(const Outcome& o) {
  return std::string(o.allow ? "{\"decision\":true,\"context\":" : "{\"decision\":false,\"context\":") + o.context + "}";
}

Reply refused(std::string why) { return {400, std::move(why)}; }

Reply evaluation(const Source& source, const Value& request) {
  Form form;
  auto asked = read(form, request, kWhole);
  if (!form.ok()) return refused(form.wrong());
  return {200, decision_json(decide(source, asked))};
}

Reply evaluations(const Source& source, const Value& request) {
  const auto* items = request["evaluations"].as_list();
  if (Form::present(request, "evaluations") && !items) return refused("evaluations must be an array");
  Form form;
  const auto* options = form.object(request, "options", false);
  std::string semantic = "execute_all";
  if (options && Form::present(*options, "evaluations_semantic"))
    semantic = form.text(*options, "options", "evaluations_semantic");
  // What stands at the top is wrong for every item, used or not.
  for (const auto* name : {"subject", "action", "resource", "context"}) form.object(request, name, false);
  if (!form.ok()) return refused(form.wrong());
  bool until_deny = semantic == "deny_on_first_deny", until_permit = semantic == "permit_on_first_permit";
  if (!until_deny && !until_permit && semantic != "execute_all")
    return refused("options.evaluations_semantic must be execute_all, deny_on_first_deny or permit_on_first_permit");
  if (!items || items->empty()) return evaluation(source, request);
  std::string body = "{\"evaluations\":[";
  for (std::size_t i = 0; i < items->size(); ++i) {
    Form own;
    Outcome outcome;
    if ((*items)[i].as_map()) {
      auto asked = read(own, (*items)[i], kWhole, &request);
      outcome = own.ok() ? decide(source, asked) : denied(source, 400, own.wrong());
    } else {
      outcome = denied(source, 400, "an evaluation must be an object");
    }
    if (i) body += ',';
    body += decision_json(outcome);
    if (outcome.allow ? until_permit : until_deny) break;
  }
  return {200, body + "]}"};
}

// ---- search: everything that could be the answer is asked about

// The name alone where it is unique among `all`, which is sorted by name.
std::string shown_name(const std::vector<EntityView>& all, std::size_t at) {
  const auto& e = all[at];
  bool alone = (at == 0 || all[at - 1].name != e.name) && (at + 1 == all.size() || all[at + 1].name != e.name);
  return alone || e.context.empty() ? std::string(e.name) : std::string(e.context) + "/" + std::string(e.name);
}

std::vector<std::string> subjects(const Source& source, const Asked& asked) {
  std::vector<std::string> out;
  const auto& law = source.directory->index();
  auto action = action_of(law, asked.action, asked.resource_type);
  auto resource = resource_of(source, asked.resource_type, asked.resource_id);
  if (!action || !resource) return out;
  auto all = law.entities(asked.subject_type);
  for (std::size_t i = 0; i < all.size(); ++i)
    if (may(source, all[i], *action, *resource, asked)) out.push_back(shown_name(all, i));
  return out;
}

std::vector<std::string> resources(const Source& source, const Asked& asked) {
  std::vector<std::string> out;
  const auto& law = source.directory->index();
  auto actor = source.directory->find(asked.subject_type, asked.subject_id);
  auto action = action_of(law, asked.action, asked.resource_type);
  if (!actor || !action) return out;
  auto allowed = [&](const Ref& r) { return may(source, *actor, *action, r, asked); };
  auto all = law.entities(asked.resource_type);
  for (std::size_t i = 0; i < all.size(); ++i)
    if (allowed({std::string(all[i].type), std::string(all[i].context), std::string(all[i].name)}))
      out.push_back(shown_name(all, i));
  if (is_entity(asked.resource_type) || !source.others) return out;
  for (const auto& r : source.others(asked.resource_type))
    if (allowed(r)) out.push_back((r.context == source.context ? "" : r.context + "/") + r.name);
  return out;
}

std::vector<std::string> actions(const Source& source, const Asked& asked) {
  std::vector<std::string> out;
  const auto& law = source.directory->index();
  auto actor = source.directory->find(asked.subject_type, asked.subject_id);
  auto resource = resource_of(source, asked.resource_type, asked.resource_id);
  if (!actor || !resource) return out;
  for (auto action : law.actions())
    if (may(source, *actor, action, *resource, asked)) out.push_back(shown_action(law, action, asked.resource_type));
  return out;
}

Reply search(const Source& source, Endpoint endpoint, const Value& request) {
  bool for_subjects = endpoint == Endpoint::search_subject, for_resources = endpoint == Endpoint::search_resource;
  Form form;
  auto asked = read(form, request,
                    for_subjects    ? kWhole & ~unsigned{kSubjectId}
                    : for_resources ? kWhole & ~unsigned{kResourceId}
                                    : kWhole & ~unsigned{kAction});
  form.object(request, "page", false);
  if (!form.ok()) return refused(form.wrong());
  auto page = Page::read(path_of(endpoint), request);
  if (!page) return refused(page.error().message);
  std::vector<std::string> found;
  std::string context;
  if (source.broken) {
    context = denied(source, 503, "no law is in force: " + describe(*source.broken)).context;
  } else {
    found = for_subjects ? subjects(source, asked) : for_resources ? resources(source, asked) : actions(source, asked);
    context = "{" + member("policy_hash", source.directory->index().policy_hash()) + "," +
              member("commit", source.commit) + "}";
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  auto [begin, end] = page->cut(found);
  std::string body = "{" + page->json(found, begin, end) + "\"context\":" + context + ",\"results\":[";
  for (auto i = begin; i < end; ++i) {
    if (i != begin) body += ',';
    body += for_subjects    ? "{" + member("type", asked.subject_type) + "," + member("id", found[i]) + "}"
            : for_resources ? "{" + member("type", asked.resource_type) + "," + member("id", found[i]) + "}"
                            : "{" + member("name", found[i]) + "}";
  }
  return {200, body + "]}"};
}

}  // namespace

Directory::Directory(const Index& index, const std::string& keys) : index_(index) {
  for (const auto& e : index_.entities("")) {
    if (!e.id.empty()) by_id_.emplace(e.id, e);
    if (e.type == "user")
      if (auto email = index_.attribute(e, "email")) {
        auto sealed = record::read_sealed(*email);
        auto clear = sealed ? acl::open_sealed(keys, record::sealed_place("user", "email", std::string(e.id)), *sealed)
                            : Result<std::string>(fail(Code::pii_field, ""));
        if (clear) by_email_.emplace(crypto::sha256_hex(*clear), e);
      }
  }
}

Engine& Directory::engine() const {
  std::lock_guard lock(mutex_);
  return engines_.try_emplace(std::this_thread::get_id(), index_).first->second;
}

Result<EntityView> Directory::find(std::string_view type, std::string_view id) const {
  if (auto it = by_id_.find(id); it != by_id_.end() && it->second.type == type) return it->second;
  if (type == "user" && id.find('@') != id.npos) {
    auto [first, last] = by_email_.equal_range(crypto::sha256_hex(id));
    auto n = std::distance(first, last);
    if (n == 1) return first->second;
    if (n > 1) return fail(Code::ws_ambiguous, std::string(id) + " is the email of more than one user");
    return fail(Code::ws_entity_unknown, "no user has the email " + std::string(id));
  }
  TK_TRY(auto ref, tk::law::parse_ref(std::string(type) + ":" + std::string(id)));
  return index_.find(ref);
}

Reply answer(const Source& source, Endpoint endpoint, const Value& request) {
  if (!request.as_map()) return refused("the request must be a JSON object");
  if (endpoint == Endpoint::evaluation) return evaluation(source, request);
  if (endpoint == Endpoint::evaluations) return evaluations(source, request);
  return search(source, endpoint, request);
}

std::string_view path_of(Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::evaluation: return "/access/v1/evaluation";
    case Endpoint::evaluations: return "/access/v1/evaluations";
    case Endpoint::search_subject: return "/access/v1/search/subject";
    case Endpoint::search_resource: return "/access/v1/search/resource";
    case Endpoint::search_action: return "/access/v1/search/action";
  }
  return {};
}

std::string configuration(const std::string& url) {
  auto at = [&](std::string_view name, Endpoint e) {
    return "," + member(name, url + std::string(path_of(e)));
  };
  return "{" + member("policy_decision_point", url) + at("access_evaluation_endpoint", Endpoint::evaluation) +
         at("access_evaluations_endpoint", Endpoint::evaluations) +
         at("search_subject_endpoint", Endpoint::search_subject) +
         at("search_resource_endpoint", Endpoint::search_resource) +
         at("search_action_endpoint", Endpoint::search_action) + "}";
}

}  // namespace tk::tools::law_tool::authzen
