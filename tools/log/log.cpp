#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/os/terminal.hpp"
#include "help/log.hpp"
#include "tools/log/rows.hpp"
#include "tools/log/whom.hpp"
#include "tools/session/session.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::log_tool {
namespace {

std::string row_line(const Session& s, const journal::Stored& stored) {
  const auto& r = stored.row;
  auto who = s.name_of(r.actor_id);
  if (!r.on_behalf_of.empty()) who += " for " + s.name_of(r.on_behalf_of);
  auto change = r.from_state == r.to_state ? r.to_state
                : r.from_state.empty()     ? "→ " + r.to_state
                                           : r.from_state + " → " + r.to_state;
  auto line = std::to_string(r.seq) + "  " + clock::rfc3339(r.ts_ns) + "  " + r.event_type + "  " +
              r.entity_type + " " + s.name_of(r.entity_id) + "  " + change + "  by " + who;
  if (r.kind != "done") line += "  [" + r.kind + "]";
  if (!r.reason.empty()) line += "  (" + text::shorten(r.reason, 160) + ")";
  return text::printable(line) + "\n";
}

std::string shown(const Session& s, const cli::Args& args, const journal::Stored& stored) {
  return args.has("jsonl") ? json::compact(row_json(stored)) + "\n" : row_line(s, stored);
}

// Rows as they become durable. The live page wakes us; once a second we look by ourselves, and see to the
// flush of a row whose writer died before it.
Result<Exit> follow(Session& s, const cli::Args& args, journal::Filter f) {
  auto& journal = s.store.journal();
  bool waited_in_vain = false;
  for (;;) {
    auto* live = journal.live();
    int news = live ? live->event_fd() : -1;  // listening before looking
    if (live) live->clear_event();
    TK_TRY(f.until_seq, journal.durable(waited_in_vain));
    auto visit = [&](const journal::Stored& stored) -> Result<bool> {
      cli::print(shown(s, args, stored));
      return true;
    };
    if (f.until_seq > f.after_seq) {
      TK_CHECK(journal.each(f, visit));
      TK_CHECK(cli::flush());
      f.after_seq = f.until_seq;
    }
    waited_in_vain = !os::wait_readable({news}, 1000);
    TK_CHECK(s.law.follow(s.workspace));  // names as HEAD has them by now
  }
}

Result<Exit> query(const cli::Args& args) {
  TK_TRY(auto session, Session::open_to_read());
  journal::Filter f;
  f.trace = args.get("trace");
  f.actor = id_of(*session, args.get("actor"));
  f.entity = id_of(*session, args.get("entity"));
  f.borrow = args.get("borrow");
  f.event = args.get("event");
  f.kind = args.get("kind");
  TK_TRY(f.since_ns, read_time(args.get("since")));
  TK_TRY(f.until_ns, read_time(args.get("until")));
  auto limit = args.get("limit", session->workspace.config("log.limit").value_or("0"));
  if (limit.find_first_not_of("0123456789") != limit.npos || limit.size() > 18)
    return fail(Code::cli_usage, "--limit takes a number, not \"" + text::printable(limit) + "\"");
  f.limit = std::strtoll(limit.c_str(), nullptr, 10);
  f.newest_first = args.has("reverse");
  if (args.has("follow")) {
    if (args.json() || f.newest_first || f.limit > 0 || f.until_ns > 0)
      return fail(Code::cli_usage, "--follow goes on for ever: no --json, --reverse, --limit or --until with it",
                  "--jsonl prints one JSON document a line");
    return follow(*session, args, f);
  }
  cli::page();
  bool first = true;
  if (args.json()) cli::print("[");
  auto visit = [&](const journal::Stored& stored) -> Result<bool> {
    if (args.json()) cli::print((first ? "\n" : ",\n") + json::compact(row_json(stored)));
    else cli::print(shown(*session, args, stored));
    first = false;
    return true;
  };
  TK_CHECK(session->store.journal().each(f, visit));
  if (args.json()) cli::print(first ? "]\n" : "\n]\n");
  return Exit::ok;
}

}  // namespace

cli::VerbSpec log_verb() {
  return {"", "the journal: who did what, when, by what right", {},
          {{"trace", "ID", "rows of one trace"},
           {"actor", "ACTOR", "rows that this actor did, or that were done on its behalf"},
           {"entity", "ENTITY", "rows of one entity or record"},
           {"borrow", "LEASE", "rows that were done by a lease's right"},
           {"event", "TYPE", "rows of one event type, such as cast.answered"},
           {"kind", "KIND", "rows of one kind", {"done", "denied", "parked", "failed", "error"}},
           {"since", "TIME", "an RFC 3339 time, or how long ago: 2h"},
           {"until", "TIME", "likewise"},
           {"limit", "N", "at most N rows"},
           {"reverse", "", "newest first"},
           {"follow", "", "go on, and print each row as soon as it is on disk", {}, false, 'f'},
           {"jsonl", "", "one JSON document a line"}},
          {{"tk log --actor agent:analyst --since 2h", "what an agent did in the last two hours"},
           {"tk log --follow --kind denied", "watch what law refuses"},
           {"tk log verify", "that no row was changed, removed or moved"},
           {"tk log prove 41", "row 41, so that somebody who has only a checkpoint believes it"}},
          help::k_log, query,
          "[{seq: int, id: text, ts: text, ts_ns: int, trace_id: text, span_id: text, parent_span_id: text, "
          "actor_kind: text, actor_id: text, on_behalf_of: text, sponsor: text, borrow_id: text, "
          "context_path: text, entity_type: text, entity_id: text, event_type: text, trigger: text, "
          "from_state: text, to_state: text, changes: json, payload: json, reason: text, rule_id: text, "
          "permission_mode: text, decision: text, origin_node: text, kind: text, policy_hash: text, "
          "labels: text, idempotency_key: text, format: int, hash: text}]", values};
}

}  // namespace tk::tools::log_tool
