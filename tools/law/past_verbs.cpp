// replay, simulate, draft: what they are called and take; past.hpp says where they run.
#include "help/law.hpp"
#include "tools/law/past.hpp"
#include "tools/session/session.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::law_tool {
namespace {

constexpr const char* kShape =
    "{decisions: int, same: int, unknown: int, now_allowed: [{seq: int, ts: text, actor: text, action: text, "
    "resource: text, was: text, now: text, rule: text}], now_denied: [json], policy_hash: text}";

}  // namespace

cli::VerbSpec replay_verb() {
  return {"replay", "decide again what the journal holds: 0 the same answers, 5 others", {},
          {{"since", "TIME", "an RFC 3339 time, or how long ago: 30d is 720h; the whole journal when left out"},
           {"law", "REV", "a commit, or a folder with a MANIFEST.xml; HEAD when left out"}},
          {{"tk law replay --since 720h --law HEAD~1", "the last month by the law of one commit ago"}},
          help::k_replay, run_replay, kShape};
}

cli::VerbSpec simulate_verb() {
  return {"simulate", "what the law of a folder would have answered: 0 the same, 5 others",
          {{"WHAT", "a commit, or a folder; the working tree when left out", false}},
          {{"against", "WHAT", "the decisions to hold it against", {"journal"}},
           {"since", "TIME", "an RFC 3339 time, or how long ago; the whole journal when left out"}},
          {{"tk law simulate --against journal", "before you commit an edit of the law"}},
          help::k_simulate, run_simulate, kShape};
}

cli::VerbSpec draft_verb() {
  return {"draft", "the least law that allows what a run or an actor did", {},
          {{"from", "RUN|ACTOR", "a run's id (or how it begins), or an actor"},
           {"context", "PATH", "where the drafted roles stand (default: workspace.context)"}},
          {{"tk law draft --from agent:acme.web/analyst", "the rights that the agent has used so far"}},
          help::k_draft, run_draft, "{rows: int, used: [{actor: text, resource: text, actions: [text]}]}"};
}

constexpr const char* kStands = "{actor: text, halted: bool, epoch: int, seq: int}";

cli::VerbSpec halt_verb() {
  return {"halt", "stop an actor at its next decision: every answer about it is no", {{"ACTOR", "who"}},
          {{"reason", "TEXT", "why, for the journal"}, kAsOption},
          {{"tk law halt agent:analyst --reason \"writes to the wrong tables\"", "its running programs are ended too"}},
          help::k_halt, run_halt, kStands, law_values};
}

cli::VerbSpec resume_verb() {
  return {"resume", "let a halted actor go on; somebody else than who halted it", {{"ACTOR", "who"}},
          {{"reason", "TEXT", "why, for the journal"}, kAsOption},
          {{"tk law resume agent:analyst --reason \"fixed in 1.4\"", "tokens and leases from before stay void"}},
          help::k_resume, run_resume, kStands, law_values};
}

cli::VerbSpec review_verb() {
  return {"review", "every grant with when it was last used: 0, or 1 when some are not", {},
          {{"unused", "TIME", "how long is too long (default: 90d)"},
           {"attest", "", "journal that you looked through them"},
           {"reason", "TEXT", "why, for the journal"}, {"as", "ACTOR", "act as this actor (needs the right actor.act-as)"}},
          {{"tk law review --unused 30d", "what nobody has used for a month"},
           {"tk law review --attest --reason \"quarterly review\"", "and put into the journal that you looked"}},
          help::k_review, run_review,
          "{grants: [{grant: text, role: text, to: text, at: text, unused: bool, uses: int, "
          "last: {ts: text, seq: int, by: text, rule: text}|null}], unused: int, attested: int|null, statement: text|null}"};
}

}  // namespace tk::tools::law_tool
