#include "core/acl/lease.hpp"
#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/git/head.hpp"
#include "core/json/json.hpp"
#include "help/status.hpp"
#include "tools/evidence/evidence.hpp"

namespace tk::tools::status_tool {
namespace {

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto s, tools::Session::open_to_read());
  TK_TRY(auto head, git::read_head(s->workspace.root()));
  TK_TRY(auto journal_head, s->store.journal().head());
  auto me = acl::identify(s->store, s->gate, s->realm, "");
  Value::Map counts;
  std::vector<std::vector<std::string>> rows = {
      {"workspace", s->workspace.root()},
      {"you are", me ? me->ref : me.error().message},
      {"law", "commit " + head.commit.substr(0, 10) + ", policy " +
                  std::string(s->law.index().policy_hash().substr(0, 10))},
      {"journal", std::to_string(journal_head.seq) + " rows"}};
  for (const char* type : {"user", "agent", "group", "role", "rule", "grant"})
    counts.emplace(type, static_cast<std::int64_t>(s->law.index().entities(type).size()));
  std::string org;
  for (const auto& [type, n] : counts) org += (org.empty() ? "" : ", ") + text::count(static_cast<std::size_t>(n.integer()), type);
  rows.push_back({"permissions", org});
  rows.push_back({"context", s->workspace.default_context()});
  TK_TRY(auto runs, s->store.list("run"));
  std::int64_t waiting = 0, running = 0;
  for (const auto& r : runs) {
    waiting += r.state == "waiting";
    running += r.state == "running";
  }
  rows.push_back({"runs", std::to_string(runs.size()) + ", of which " + std::to_string(running) +
                              " running and " + std::to_string(waiting) + " waiting for a human"});
  std::int64_t asked = 0;
  TK_TRY(auto parked, s->store.list("parked"));
  for (const auto& r : parked) asked += r.state == "open" || r.state == "approved";
  TK_TRY(auto casts, s->store.list("cast"));
  for (const auto& r : casts) asked += r.state == "open";
  TK_TRY(auto leases, s->store.list("borrow"));
  std::int64_t lent = 0;
  for (const auto& r : leases) lent += acl::lease_of(r).over(clock::now_ns() / 1'000'000).empty();
  rows.push_back({"approvals", text::count(static_cast<std::size_t>(asked), "item") + " in the inbox: tk inbox list"});
  rows.push_back({"rights lent", text::count(static_cast<std::size_t>(lent), "lease") + " in force: tk acl borrow list"});
  evidence::Scene scene{*s, clock::now_ns()};
  TK_TRY(auto wide, evidence::rules_at_large(scene));
  TK_TRY(auto checkpoint, journal::stored_checkpoint(s->store.journal()));
  auto signed_rows = checkpoint ? checkpoint->size : 0;
  rows.push_back({"audit", text::count(wide.size(), "grant") + " too wide (tk audit god-mode looks at tokens and leases too); a checkpoint covers " +
                               std::to_string(signed_rows) + " rows; tk compliance report --frame soc2"});
  if (s->law.uncommitted_edits(s->workspace))
    rows.push_back({"note", "the working tree has uncommitted edits of entities; law decides on HEAD"});
  if (args.json()) {
    cli::print(json::pretty(Value::Map{
        {"workspace", s->workspace.root()}, {"actor", me ? Value(me->ref) : Value()},
        {"commit", head.commit}, {"policy_hash", s->law.index().policy_hash()},
        {"journal_rows", journal_head.seq}, {"entities", counts},
        {"context", s->workspace.default_context()}, {"inbox", asked}, {"leases", lent},
        {"audit", Value::Map{{"wide_grants", static_cast<std::int64_t>(wide.size())}, {"checkpoint", signed_rows}}},
        {"runs", Value::Map{{"total", static_cast<std::int64_t>(runs.size())}, {"running", running}, {"waiting", waiting}}}}) + "\n");
  } else {
    cli::print(cli::table(rows));
  }
  return Exit::ok;
}

}  // namespace

cli::VerbSpec status_verb() {
  return {"", "what this workspace is and what is going on in it", {}, {},
                     {{"tk status", "who you are here, the law in force, the runs that wait"}}, help::k_status, run,
          "{workspace: text, actor: text|null, commit: text, policy_hash: text, journal_rows: int, "
          "entities: {*: int}, context: text, inbox: int, leases: int, audit: {wide_grants: int, checkpoint: int}, "
          "runs: {total: int, running: int, waiting: int}}"};
}

}  // namespace tk::tools::status_tool
