#include "tools/session/declare.hpp"

#include <algorithm>
#include <future>

#include "core/cli/output.hpp"
#include "core/law/escalation.hpp"
#include "core/os/beside.hpp"
#include "core/workspace/hierarchy.hpp"
#include "core/xml/xml.hpp"

namespace tk::tools {

namespace {

git::Author author_of(const Session& s) {
  const auto& who = s.actor.on_behalf_of_ref.empty() ? s.actor.ref : s.actor.on_behalf_of_ref;
  auto ref = law::parse_ref(who);
  auto name = ref ? ref->name : who;  // never the address: git does not forget
  return {name, name + "@tk.invalid"};
}

}  // namespace

Result<void> check_whole(Session& s, workspace::LawCompiler& compiler, const std::vector<git::Change>& files) {
  TK_TRY(auto head, compiler.head_commit());
  TK_TRY(auto after, compiler.compile(head, files));
  TK_TRY(auto index, law::Index::open(after));
  const auto& who = s.actor.on_behalf_of_ref.empty() ? s.actor.ref : s.actor.on_behalf_of_ref;
  TK_TRY(auto maker, law::parse_ref(who));
  TK_TRY(auto given, law::escalation(s.law.index(), index, maker));
  if (!given) return {};
  std::string paths;
  for (const auto& f : files) paths += (paths.empty() ? "" : ", ") + f.path;
  record::Ruling no;
  no.reason = "declaring " + paths + " would let " + given->actor + " do this, and who asks may not do it";
  TK_CHECK(s.store.refused(s.actor, given->action, law::parse_ref(given->resource).value_or(law::Ref{}), given->resource, no));
  return fail_at(Code::law_escalation, {given->file, given->line, 0},
                 "this would let " + given->actor + " " + given->action + " on " + given->resource + " (rule " +
                     given->rule + "), which " + who + " may not do",
                 "ask somebody who holds that right; see: tk law explain " + who + " " + given->action + " " + given->resource);
}

record::Change change_for(const Session& s, const law::Ref& ref, const std::string& id,
                          const std::string& path, Value::Map attributes) {
  record::Change c;
  c.type = ref.type;
  c.id = id;
  c.context = ref.context;
  c.name = ref.name;
  c.input = {{"ref", ref.str()}, {"file", path}, {"attributes", std::move(attributes)}};
  c.actor = s.actor;
  c.trace = trace::child(s.trace);
  return c;
}

Value::Map attributes_in(const std::string& path, const std::string& content, const law::Ref& ref) {
  auto read = workspace::read_file({path, content});
  for (const auto& e : read.entities)
    if (e.ref.type == ref.type && e.ref.name == ref.name) return workspace::attributes_of(e);
  return {};
}

Result<std::string> with_attributes(const std::string& path, std::string content, const law::Ref& ref,
                                    const std::vector<std::pair<std::string, std::string>>& pairs) {
  auto is_it = [&](const xml::Element& x) { return x.name == ref.type && (x.get("name") == ref.name || x.get("id") == ref.name); };
  for (const auto& [name, value] : pairs) {
    TK_TRY(auto doc, xml::parse(content, path));
    const xml::Element* element = doc.root.name == ref.type ? &doc.root : nullptr;
    for (const auto& child : doc.root.children)
      if (!element && is_it(child)) element = &child;
    if (!element) return fail(Code::ws_entity_unknown, ref.str() + " does not stand in " + path);
    const auto* attribute = element->find(name);
    if (!value.empty()) content = xml::with_attribute(doc, *element, name, value);
    else if (attribute) content = xml::without_attribute(doc, *attribute);
  }
  return content;
}

std::string entity_event(const std::string& from, std::string to) {
  if (to.empty()) to = "active";
  if (from == to) return "update";
  if (to == "active") return "activate";
  if (to == "suspended") return "suspend";
  if (to == "retired") return "retire";
  return "withdraw";
}

Result<std::int64_t> commit_entities(Session& s, const git::Repository& repo, std::vector<git::Change> files,
                                     std::vector<record::Change> changes, const std::string& message) {
  bool of_law = std::any_of(files.begin(), files.end(), [](const auto& f) { return workspace::declares(f.path); });
  workspace::LawCompiler compiler(s.workspace, repo);
  bool many = files.size() > git::Repository::kMany;
  workspace::Declaration d;
  if (of_law) d.check = [&](const auto& all) { return check_whole(s, compiler, all); };
  d.files = std::move(files);
  d.changes = std::move(changes);
  d.message = message;
  d.author = author_of(s);
  TK_TRY(auto seq, workspace::declare(s.store, repo, std::move(d)));
  std::future<Result<void>> hierarchy;
  if (many)
    hierarchy = os::beside([&]() -> Result<void> {
      TK_TRY(auto own, git::Repository::open(repo.worktree()));
      return workspace::compile_hierarchy(s.workspace, own);
    });
  TK_CHECK(compiler.follow_head());
  auto made = many ? hierarchy.get() : workspace::compile_hierarchy(s.workspace, repo);
  if (!made) cli::note("hierarchy.json is not made: " + describe(made.error()));
  return seq;
}

}  // namespace tk::tools
