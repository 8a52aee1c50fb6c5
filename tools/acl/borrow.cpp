#include <cstdlib>

#include "core/acl/lease.hpp"
#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/acl.hpp"
#include "tools/session/session.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::acl_tool {
namespace {

std::string time(std::int64_t ms) { return clock::rfc3339(ms * 1'000'000); }

std::string state_of(const acl::Lease& lease) {
  auto over = lease.over(clock::now_ns() / 1'000'000);
  return over.empty() ? "active" : over;
}

// One that is asked for, as its item keeps it.
acl::Lease asked_lease(const record::Record& item) {
  auto lease = acl::lease_of(*item.fields.at("input").as_map(), 0);
  lease.id = item.fields.at("record").text();
  return lease;
}

bool asks_for_lease(const record::Record& item) { return item.fields.at("resource").text().starts_with("borrow:"); }

Value as_json(const acl::Lease& lease, const std::string& state) {
  Value::Map out{{"id", lease.id}, {"state", state}, {"lender", lease.lender}, {"borrower", lease.borrower},
                 {"actions", Value::List(lease.actions.begin(), lease.actions.end())}, {"resource", lease.scope},
                 {"purpose", lease.purpose}, {"ttl_ms", lease.ttl}, {"max_uses", lease.max_uses}, {"uses", lease.uses},
                 {"depth", lease.depth}, {"on_revoke", lease.on_revoke}, {"break_glass", lease.glass}};
  for (const auto& [name, value] : {std::pair{"when", lease.when}, {"run", lease.run}, {"via", lease.via}})
    if (!value.empty()) out.emplace(name, value);
  if (state != "requested") {
    out.emplace("granted_at", time(lease.granted));
    out.emplace("expires_at", time(lease.expires()));
  }
  if (lease.review_due > 0) out.emplace("review_due", time(lease.review_due));
  return out;
}

std::string line(const acl::Lease& lease, const std::string& state) {
  auto uses = lease.max_uses > 0 ? std::to_string(lease.uses) + " of " + std::to_string(lease.max_uses) + " uses"
                                 : text::count(static_cast<std::size_t>(lease.uses), "use");
  auto out = lease.id + "  " + state + "  " + lease.borrower + " may " + text::join(lease.actions, " ") + " on " + lease.scope +
             " by the right of " + lease.lender + ", for \"" + lease.purpose + "\"; " + uses;
  if (state == "active") out += ", until " + time(lease.expires());
  if (lease.review_due > 0) out += "; glass broken: to be reviewed until " + time(lease.review_due);
  return text::printable(out) + "\n";
}

Result<Exit> tell(const cli::Args& args, const acl::Lease& lease, const std::string& state, const Value::Map& more = {}) {
  auto out = as_json(lease, state);
  for (const auto& [name, value] : more) out.as_map()->emplace(name, value);
  cli::print(args.json() ? json::pretty(out) + "\n" : line(lease, state));
  return Exit::ok;
}

Result<std::int64_t> duration(const cli::Args& args, const char* name, std::int64_t otherwise) {
  if (!args.has(name)) return otherwise;
  TK_TRY(auto ns, clock::parse_duration(args.get(name)));
  return ns / 1'000'000;
}

Result<std::int64_t> number(const cli::Args& args, const char* name) {
  auto word = args.get(name, "0");
  if (word.find_first_not_of("0123456789") != word.npos || word.size() > 9)
    return fail(Code::cli_usage, "--" + std::string(name) + " takes a number, not \"" + text::printable(word) + "\"");
  return std::strtoll(word.c_str(), nullptr, 10);
}

Result<void> needs(const cli::Args& args, std::initializer_list<const char*> options) {
  for (const char* option : options)
    if (!args.has(option))
      return fail(Code::cli_usage, "tk acl borrow " + args.get("DEED") + " needs --" + option, "see: tk acl borrow -h");
  return {};
}

Result<record::Actor> party(Session& s, const std::string& word) {
  TK_TRY(auto ref, law::parse_ref(word));
  return acl::actor_of(s.law.index(), ref);
}

// The run that the caller's token was made for: what an agent borrows, it borrows for its run.
Result<std::string> own_run(Session& s) {
  if (s.actor.token.empty()) return std::string();
  TK_TRY(auto token, s.store.get(s.actor.token));
  if (token.parent.empty()) return std::string();
  auto step = s.store.get(token.parent);
  return step && step->type == "step" ? step->parent : std::string();
}

Result<acl::Request> read_request(Session& s, const cli::Args& args) {
  TK_CHECK(needs(args, {"lender", "action", "resource", "purpose"}));
  acl::Request r;
  TK_TRY(r.lender, party(s, args.get("lender")));
  const auto& me = s.actor.on_behalf_of_ref.empty() ? s.actor.ref : s.actor.on_behalf_of_ref;
  TK_TRY(r.borrower, party(s, args.get("borrower", me)));
  r.actions = args.all("action");
  for (const auto& action : r.actions)
    if (action.find('*') == action.npos) TK_CHECK(s.law.index().check_action(action));
  r.scope = args.get("resource");
  TK_CHECK(law::check_pattern(r.scope));
  r.when = args.get("when");
  r.purpose = args.get("purpose");
  r.via = args.get("via");
  r.on_revoke = args.get("on-revoke", "deny");
  r.family = s.actor.family;
  r.glass = args.has("break-glass");
  TK_TRY(r.ttl, duration(args, "ttl", acl::kLeaseTtl));
  TK_TRY(auto later, duration(args, "after", 0));
  if (later > 0) r.not_before = clock::now_ns() / 1'000'000 + later;
  TK_TRY(r.max_uses, number(args, "max-uses"));
  TK_TRY(r.depth, number(args, "depth"));
  r.run = args.get("run");
  if (r.run.empty()) {
    TK_TRY(r.run, own_run(s));
  }
  if (r.run.empty() || r.run.size() == 32) return r;
  TK_TRY(auto run, s.store.find(r.run, "run"));
  r.run = run.id;
  return r;
}

Result<Exit> request(Session& s, const cli::Args& args) {
  TK_TRY(auto r, read_request(s, args));
  TK_CHECK(acl::end_spent_leases(s.store, s.actor, s.trace));
  TK_TRY(auto change, acl::request_lease(s.store, r, s.actor, s.trace));
  auto done = s.store.apply(std::move(change));
  if (done) return tell(args, acl::lease_of(done->record), "active", {{"seq", done->seq}});
  if (done.error().code != Code::record_parked) return fail(done.error());
  // Whoever asks again finds the ask that stands open.
  TK_TRY(auto items, s.store.list("parked"));
  for (const auto& item : items) {
    if (item.state != "open" || done.error().message.find(item.id) == std::string::npos) continue;
    auto lease = asked_lease(item);
    TK_CHECK(tell(args, lease, "requested", {{"item", item.id}}));
    cli::note("it waits for consent: tk acl borrow approve " + lease.id + ", by " + lease.lender);
    return Exit::waiting;
  }
  return fail(done.error());
}

// The ask that would make this lease, by the lease's id or by the item's. What two could mean nobody approves.
Result<record::Record> asked_as(Session& s, const std::string& word) {
  TK_TRY(auto items, s.store.list("parked"));
  std::vector<record::Record> found;
  for (auto& item : items)
    if (asks_for_lease(item) && (item.id.starts_with(word) || item.fields.at("record").text().starts_with(word)))
      found.push_back(std::move(item));
  if (found.empty())
    return fail(Code::record_unknown, "no lease is asked for under " + text::printable(text::shorten(word, 80)),
                "`tk inbox list` shows what is asked for");
  if (found.size() > 1)
    return fail(Code::record_unknown, text::count(found.size(), "ask") + " for leases begin with " + text::printable(word),
                "give more of the id: tk inbox list");
  return std::move(found.front());
}

Result<Exit> answer(Session& s, const cli::Args& args, bool approve) {
  TK_TRY(auto asked, asked_as(s, args.get("LEASE")));
  TK_TRY(auto answered, s.store.answer(s.actor, s.trace, asked.id, approve, args.get("reason")));
  if (answered.done) return tell(args, acl::lease_of(answered.done->record), "active", {{"seq", answered.done->seq}});
  const auto& item = answered.item;
  return tell(args, asked_lease(item), item.state == "open" ? "requested" : item.state, {{"item", item.id}});
}

Result<Exit> use(Session& s, const cli::Args& args) {
  TK_CHECK(needs(args, {"action", "resource"}));
  TK_TRY(auto record, s.store.find(args.get("LEASE"), "borrow"));
  auto actor = s.actor;
  actor.borrow_id = record.id;
  if (args.has("purpose")) actor.purpose = args.get("purpose");
  else if (actor.purpose.empty()) actor.purpose = acl::lease_of(record).purpose;
  TK_TRY(auto resource, law::parse_ref(args.get("resource")));
  auto done = acl::use_lease(s.store, s.gate, actor, args.get("action"), resource, s.trace);
  if (done) return tell(args, acl::lease_of(done->record), "active", {{"seq", done->seq}});
  TK_CHECK(acl::end_spent_leases(s.store, s.actor, s.trace));
  return fail(done.error());
}

Result<Exit> end(Session& s, const cli::Args& args, const std::string& why) {
  TK_TRY(auto ended, acl::end_lease(s.store, args.get("LEASE"), s.actor, s.trace, why));
  auto lease = acl::lease_of(ended.record);
  return tell(args, lease, state_of(lease), ended.repeated ? Value::Map{} : Value::Map{{"seq", ended.seq}});
}

Result<Exit> review(Session& s, const cli::Args& args) {
  TK_TRY(auto record, s.store.find(args.get("LEASE"), "borrow"));
  record::Change c;
  c.id = record.id;
  c.event = "review";
  c.actor = s.actor;
  c.trace = s.trace;
  c.reason = args.get("reason");
  TK_TRY(auto done, s.store.apply(std::move(c)));
  auto lease = acl::lease_of(done.record);
  return tell(args, lease, state_of(lease), {{"seq", done.seq}});
}

Result<Exit> show_all(const cli::Args& args) {
  TK_TRY(auto s, Session::open_to_read());
  TK_TRY(auto records, s->store.list("borrow"));
  TK_TRY(auto items, s->store.list("parked"));
  Value::List all;
  std::string out;
  auto add = [&](const acl::Lease& lease, const std::string& state) {
    all.push_back(as_json(lease, state));
    out += line(lease, state);
  };
  for (const auto& item : items)
    if (item.state == "open" && asks_for_lease(item)) add(asked_lease(item), "requested");
  for (const auto& record : records) {
    auto lease = acl::lease_of(record);
    auto state = state_of(lease);
    if (state == "active" || args.has("all")) add(lease, state);
  }
  if (all.empty()) out = args.has("all") ? "no lease\n" : "no lease is alive (--all shows those that are over)\n";
  cli::print(args.json() ? json::pretty(Value::Map{{"leases", all}}) + "\n" : out);
  return Exit::ok;
}

Result<Exit> run(const cli::Args& args) {
  auto deed = args.get("DEED");
  if (deed == "list") return show_all(args);
  if (deed != "request" && !args.has("LEASE"))
    return fail(Code::cli_usage, "which lease? tk acl borrow " + deed + " LEASE", "tk acl borrow list shows them");
  TK_TRY(auto s, Session::open(args.get("as")));
  if (deed == "request") return request(*s, args);
  if (deed == "approve" || deed == "deny") return answer(*s, args, deed == "approve");
  if (deed == "use") return use(*s, args);
  if (deed == "review") return review(*s, args);
  return end(*s, args, args.get("reason", deed == "return" ? "returned" : "revoked"));
}

constexpr const char* kLease =
    "id: text, state: text, lender: text, borrower: text, actions: [text], resource: text, purpose: text, ttl_ms: int, "
    "max_uses: int, uses: int, depth: int, on_revoke: text, break_glass: bool, when?: text, run?: text, via?: text, "
    "granted_at?: text, expires_at?: text, review_due?: text";

}  // namespace

cli::VerbSpec borrow_verb() {
  return {"borrow", "leases: use somebody's right for a while, for a purpose, counted",
          {{"DEED", "what to do", true, false,
            {"request", "approve", "deny", "use", "return", "revoke", "review", "list"}},
           {"LEASE", "its id or a prefix of it; not for request and list", false}},
          {{"lender", "ACTOR", "whose right is asked for"},
           {"borrower", "ACTOR", "who shall use it; yourself where it is not said"},
           {"action", "ACTION", "what it is for; may be given more than once", {}, true},
           {"resource", "PATTERN", "on what: a reference or a pattern; for use: the resource itself"},
           {"ttl", "TIME", "how long it lasts once it is given: 15m where it is not said, 8h at most"},
           {"after", "TIME", "it begins so much later"},
           {"max-uses", "N", "how often it can be used; 0 = as often as needed"},
           {"purpose", "TEXT", "what for; it holds for this purpose only"},
           {"run", "RUN", "it holds in this run only, and ends with it; an agent's own run where it asks itself"},
           {"when", "EXPR", "a condition (CEL) that has to hold at each use"},
           {"depth", "N", "how often it may be lent on, each time for less"},
           {"via", "LEASE", "lend this lease on: the lender is its borrower"},
           {"on-revoke", "WHAT", "what its end does to what is under way", {"deny", "park", "kill"}},
           {"break-glass", "", "take it without consent; needs the right borrow.break-glass and a review within 24 h"},
           {"reason", "TEXT", "why, for the journal"},
           {"all", "", "list those that are over too"},
           kAsOption},
          {{"tk acl borrow request --lender user:rita --action release.deploy --resource 'release:**' --purpose 1.4",
            "exits 5 while it waits for rita"},
           {"tk acl borrow approve 0192f3aa", "as rita"},
           {"tk acl borrow use 0192f3aa --action release.deploy --resource release:acme.web/r14", "counts one use, or exits 3"},
           {"tk acl borrow revoke 0192f3aa --reason \"done\"", "the next use is refused"}},
          help::k_borrow, run,
          "{" + std::string(kLease) + ", seq?: int, item?: text}|{leases: [{" + std::string(kLease) + "}]}", values};
}

}  // namespace tk::tools::acl_tool
