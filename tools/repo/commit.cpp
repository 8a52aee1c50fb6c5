#include "core/law/escalation.hpp"
#include "tools/repo/verbs.hpp"

namespace tk::tools::repo_tool {

Result<std::vector<std::pair<std::string, std::string>>> read_pairs(
    const std::vector<std::string>& words) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& word : words) {
    auto equals = word.find('=');
    if (equals == word.npos || equals == 0)
      return fail(Code::cli_usage, "not name=value: " + word, "write it like title=\"Lead\"");
    out.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
  return out;
}

namespace {

// HEAD with the new content laid over it must be a valid law: tk never commits a broken one. And it must give
// nobody what the one who asks does not hold.
Result<void> check_whole(Session& s, const git::Repository& repo, const std::string& path,
                         const std::string& content) {
  TK_TRY(auto head, repo.head_commit());
  TK_TRY(auto sources, workspace::committed_sources(repo, head));
  std::erase_if(sources, [&](const auto& f) { return f.path == path; });
  sources.push_back({path, content});
  TK_TRY(auto after, workspace::compile_sources(std::move(sources)));
  TK_TRY(auto index, law::Index::open(after));
  const auto& who = s.actor.on_behalf_of_ref.empty() ? s.actor.ref : s.actor.on_behalf_of_ref;
  TK_TRY(auto maker, law::parse_ref(who));
  TK_TRY(auto given, law::escalation(s.law.index(), index, maker));
  if (!given) return {};
  record::Ruling no;
  no.reason = "declaring " + path + " would let " + given->actor + " do this, and who asks may not do it";
  TK_CHECK(s.store.refused(s.actor, given->action, law::parse_ref(given->resource).value_or(law::Ref{}), given->resource, no));
  return fail_at(Code::law_escalation, {given->file, given->line, 0},
                 "this would let " + given->actor + " " + given->action + " on " + given->resource + " (rule " +
                     given->rule + "), which " + who + " may not do",
                 "ask somebody who holds that right; see: tk law explain " + who + " " + given->action + " " + given->resource);
}

git::Author author_of(const Session& s) {
  const auto& who = s.actor.on_behalf_of_ref.empty() ? s.actor.ref : s.actor.on_behalf_of_ref;
  auto ref = law::parse_ref(who);
  auto name = ref ? ref->name : who;  // not the address: git never forgets
  return {name, name + "@tk.invalid"};
}

}  // namespace

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

Result<std::int64_t> commit_entity(Session& s, const git::Repository& repo, const std::string& path,
                                   const std::string& content, record::Change change,
                                   const std::string& message) {
  TK_CHECK(check_whole(s, repo, path, content));
  workspace::Declaration d;
  d.files = {{path, content}};
  d.changes.push_back(std::move(change));
  d.message = message;
  d.author = author_of(s);
  TK_TRY(auto seq, workspace::declare(s.store, repo, std::move(d)));
  TK_CHECK(workspace::compile_law(s.workspace));
  return seq;
}

}  // namespace tk::tools::repo_tool
