// Checks that need the law in force, git or the configuration beside the journal.
#include <algorithm>
#include <map>

#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/git/logged.hpp"
#include "core/law/engine.hpp"
#include "core/law/grants.hpp"
#include "core/workspace/entities.hpp"
#include "tools/evidence/checks.hpp"

namespace tk::tools::evidence {

namespace {

Result<Ground> about(Scene& scene, const law::EntityView& e) {
  TK_TRY(auto seq, last_row_of(scene, e.id.empty() ? e.str() : std::string(e.id)));
  return Ground{seq, {}, e.str()};
}

Result<Outcome> as_outcome(Scene& scene, const char* query, const std::vector<Found>& found, std::int64_t looked) {
  Outcome out;
  out.query = query;
  TK_TRY(auto head, scene.session.store.journal().head());
  std::vector<Ground> bad, good;
  for (const auto& f : found) bad.push_back({f.seq, {}, f.kind + " " + f.what + " " + f.at});
  if (bad.empty()) good.push_back({head.seq, {}, "the head of the journal"});
  TK_CHECK(show(scene, out, std::move(bad), std::move(good)));
  out.of = std::max(out.figure, looked);
  return out;
}

Result<std::int64_t> number(Scene& scene, const std::string& sql) {
  TK_TRY(auto s, scene.db().prepare(sql));
  TK_TRY(bool row, s.step());
  return row ? s.integer(0) : 0;
}

}  // namespace

Result<Outcome> journal_verifies(Scene& scene) {
  auto& journal = scene.session.store.journal();
  Outcome out;
  out.query = "tk log verify";
  TK_TRY(auto head, journal.head());
  TK_TRY(auto whole, log_tool::verify_whole(scene.session.workspace, journal, scene.claims));
  out.passed = whole.problem.empty();
  out.figure = out.passed ? 0 : 1;
  out.of = whole.rows;
  auto seq = out.passed || whole.bad_seq == 0 ? head.seq : whole.bad_seq;
  out.rows.push_back({seq, {}, out.passed ? "the head, whose hash stands for every row before it" : whole.problem});
  TK_TRY(out.rows.back().hash, hash_of(scene, seq));
  return out;
}

// Whoever's commit crosses a multiple of journal.checkpoint has it made; what it takes to be made is the slack.
Result<Outcome> checkpoint_anchored(Scene& scene) {
  Outcome out;
  out.query = "git log --format='%h %s' " + std::string(log_tool::kRef) + "; tk log verify --json";
  TK_TRY(auto head, scene.session.store.journal().head());
  TK_TRY(auto newest, journal::stored_checkpoint(scene.session.store.journal()));
  auto each = std::strtoll(scene.session.workspace.config("journal.checkpoint").value_or("0").c_str(), nullptr, 10);
  auto anchored = scene.claims.outside_last;
  std::string where = "no anchor yet";
  for (const auto& a : scene.claims.all)
    if (a.size == anchored && a.where != "the journal") where = "a checkpoint of " + std::to_string(a.size) + " rows: " + a.where;
  auto behind = head.seq - anchored;
  auto by_itself = each > 0 ? (anchored / each + 1) * each + each / 10 : anchored + 1000;
  std::string why;
  if (newest && newest->size > anchored) why = "the checkpoint of " + std::to_string(newest->size) + " rows is not among the anchors";
  else if (each == 0 && anchored == 0) why = "journal.checkpoint is 0, and none was made by hand";
  else if (head.seq > by_itself) why = "the next one is overdue";
  std::vector<Ground> bad, good;
  auto note = where + "; " + text::count(static_cast<std::size_t>(std::max<std::int64_t>(0, behind)), "row") + " behind it";
  (why.empty() ? good : bad).push_back({std::max<std::int64_t>(1, why.empty() ? anchored : head.seq), {}, note + (why.empty() ? "" : ": " + why)});
  TK_CHECK(show(scene, out, std::move(bad), std::move(good)));
  return out;
}

Result<Outcome> one_account_each(Scene& scene) {
  const auto& index = scene.index();
  Outcome out;
  out.query = "tk repo get user; tk repo get agent";
  std::map<std::string_view, int> unix_names;
  auto unix_of = [&](const law::EntityView& e) { return index.attribute(e, "unix").value_or(""); };
  for (const auto& e : index.entities("user"))
    if (e.active() && !unix_of(e).empty()) ++unix_names[unix_of(e)];
  std::vector<Ground> bad, good;
  auto judge = [&](const law::EntityView& e, bool wrong, const std::string& why) -> Result<void> {
    TK_TRY(auto ground, about(scene, e));
    if (wrong) ground.note += ": " + why;
    (wrong ? bad : good).push_back(std::move(ground));
    return {};
  };
  for (const auto& e : index.entities("user"))
    if (e.active()) {
      auto name = unix_of(e);
      TK_CHECK(judge(e, !name.empty() && unix_names[name] > 1, "shares the Unix account " + std::string(name)));
    }
  for (const auto& e : index.entities("agent"))
    if (e.active()) {
      auto ref = law::parse_ref(index.attribute(e, "sponsor").value_or(""));
      auto sponsor = ref ? index.find(*ref) : Result<law::EntityView>(fail(ref.error()));
      TK_CHECK(judge(e, !sponsor || !sponsor->active() || sponsor->type != "user", "no active person answers for it"));
    }
  TK_CHECK(show(scene, out, std::move(bad), std::move(good)));
  return out;
}

Result<Outcome> agents_can_be_halted(Scene& scene) {
  const auto& index = scene.index();
  law::Engine engine(index);
  auto halt = engine.action("actor.halt");
  if (!halt) return fail(Code::bug, "law knows no actor.halt");
  law::Facts facts;
  facts.now_ns = scene.now_ns;
  facts.history = &scene.session.store.history();
  Outcome out;
  out.query = "for agent in $(tk repo get agent | cut -d\" \" -f1); do tk law who-can actor.halt $agent; done";
  std::vector<Ground> bad, good;
  auto users = index.entities("user");
  for (const auto& agent : index.entities("agent")) {
    if (!agent.active()) continue;
    auto target = engine.target(agent);
    law::Verdict verdict;
    bool can = std::any_of(users.begin(), users.end(), [&](const auto& user) {
      if (!user.active()) return false;
      engine.decide(user, *halt, target, facts, law::Detail::first, verdict);
      return verdict.allowed();
    });
    TK_TRY(auto ground, about(scene, agent));
    (can ? good : bad).push_back(std::move(ground));
  }
  TK_CHECK(show(scene, out, std::move(bad), std::move(good)));
  return out;
}

// A change of what is declared that went through tk has its row, and the commit names it and the actor.
Result<Outcome> policy_changes_committed(Scene& scene) {
  TK_TRY(auto repo, git::Repository::open(scene.session.workspace.root()));
  TK_TRY(auto head, repo.head_commit());
  TK_TRY(auto commits, repo.history(head));
  Outcome out;
  out.query = "git log --format='%H %an %(trailers:key=Tk-Seq) %(trailers:key=Tk-Actor)' -- MANIFEST.xml galaxies";
  std::vector<Ground> bad, good;
  for (const auto& id : commits) {
    TK_TRY(auto c, git::logged(repo, id));
    bool declares = std::any_of(c.changed.begin(), c.changed.end(), [](const auto& path) {
      return workspace::declares(path) && !path.starts_with("records/");
    });
    if (!declares) continue;
    auto seq = std::strtoll(c.trailer("Tk-Seq").c_str(), nullptr, 10);
    TK_TRY(auto s, scene.db().prepare("SELECT actor_id, on_behalf_of, kind, entity_type, ts_ns FROM journal WHERE seq = ?"));
    s.bind(static_cast<std::int64_t>(seq));
    TK_TRY(bool row, s.step());
    if (row && s.integer(4) < scene.since_ns) continue;
    bool known = false;
    if (auto ref = law::parse_ref(c.trailer("Tk-Actor")); row && ref) {
      auto e = scene.index().lookup(*ref);
      auto named = e && !e->id.empty() ? std::string(e->id) : ref->str();
      known = !e || s.text(0) == named || s.text(1) == named;  // one who was removed since keeps the id in the row only
      known = known && s.text(2) == "done" && (record::is_entity_type(s.text(3)) || s.text(3) == "vault");
    }
    (known ? good : bad).push_back({row ? seq : 0, {}, "commit " + id.substr(0, 12) + (known ? "" : " by hand, by " + c.author.name)});
  }
  TK_CHECK(show(scene, out, std::move(bad), std::move(good)));
  return out;
}

Result<Outcome> no_god_mode(Scene& scene) {
  TK_TRY(auto found, god_mode(scene));
  TK_TRY(auto alive, number(scene, "SELECT count(DISTINCT id) FROM (" + live_rights(scene) + ")"));
  return as_outcome(scene, "tk audit god-mode", found, static_cast<std::int64_t>(law::grants_of(scene.index()).size()) + alive);
}

Result<Outcome> no_clear_secret(Scene& scene) {
  TK_TRY(auto found, clear_secrets(scene));
  TK_TRY(auto rows, number(scene, "SELECT count(*) FROM journal WHERE 1" + scene.since()));
  TK_TRY(auto repo, git::Repository::open(scene.session.workspace.root()));
  TK_TRY(auto head, repo.head_commit());
  TK_TRY(auto files, head.empty() ? Result<std::vector<git::Repository::File>>() : repo.files(head));
  return as_outcome(scene, "tk audit secrets", found, rows + static_cast<std::int64_t>(files.size()));
}

namespace {

// What [retention] of tk.toml says, against the least that is asked; what it does not name is kept for ever.
Result<Outcome> rows_kept(Scene& scene, std::int64_t days) {
  Outcome out;
  out.query = "tk config --explain";
  TK_TRY(auto head, scene.session.store.journal().head());
  std::vector<Ground> bad, good;
  for (const auto& s : scene.session.workspace.settings()) {
    if (!s.key.starts_with("retention.") || s.value.empty()) continue;
    auto time = clock::parse_duration(s.value);
    bool enough = time && *time / (24LL * 3600 * 1'000'000'000) >= days;
    (enough ? good : bad).push_back({head.seq, {}, s.key + " = " + s.value + " (" + s.origin + ")"});
  }
  if (bad.empty() && good.empty()) good.push_back({head.seq, {}, "no retention is set: every row is kept for ever"});
  TK_CHECK(show(scene, out, std::move(bad), std::move(good)));
  return out;
}

}  // namespace

Result<Outcome> rows_kept_half_a_year(Scene& scene) { return rows_kept(scene, 183); }
Result<Outcome> rows_kept_six_years(Scene& scene) { return rows_kept(scene, 2191); }

}  // namespace tk::tools::evidence
