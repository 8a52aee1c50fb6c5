#include "tools/inbox/item.hpp"

#include "core/acl/lease.hpp"
#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/json/json.hpp"

namespace tk::tools::inbox_tool {
namespace {

std::string time(std::int64_t ms) { return clock::rfc3339(ms * 1'000'000); }

// On one line, with nothing in it that could pass for another line.
std::string plain(std::string_view s) {
  std::string out;
  for (char c : text::printable(s)) {
    if (c == '\n') out += "\\n";
    else if (c == '\t') out += "\\t";
    else out += c;
  }
  return out;
}

std::string shown(std::string_view s, std::size_t most) {
  auto out = plain(s);
  return out.size() <= most ? out : text::shorten(out, most) + "…";
}

std::string words(const Value& list) {
  std::vector<std::string> out;
  if (const auto* all = list.as_list())
    for (const auto& item : *all) out.push_back(item.text());
  return text::join(out, ", ");
}

Value lends(const record::Record& r) {
  auto lease = acl::lease_of(*r.fields.at("input").as_map(), 0);
  Value::Map out{{"lender", lease.lender}, {"borrower", lease.borrower},
                 {"actions", Value::List(lease.actions.begin(), lease.actions.end())}, {"resource", lease.scope},
                 {"purpose", lease.purpose}, {"ttl_ms", lease.ttl}, {"max_uses", lease.max_uses}, {"depth", lease.depth},
                 {"on_revoke", lease.on_revoke}};
  for (const auto& [name, value] : {std::pair{"when", lease.when}, {"run", lease.run}, {"via", lease.via}})
    if (!value.empty()) out.emplace(name, value);
  if (lease.not_before > 0) out.emplace("not_before", time(lease.not_before));
  return out;
}

std::string how_long(const Value& lease) {
  auto s = lease["ttl_ms"].integer() / 1000;
  auto out = s % 3600 == 0 ? std::to_string(s / 3600) + " h" : s % 60 == 0 ? std::to_string(s / 60) + " min" : std::to_string(s) + " s";
  auto uses = lease["max_uses"].integer();
  return out + ", " + (uses == 0 ? "any number of uses" : text::count(static_cast<std::size_t>(uses), "use"));
}

}  // namespace

Value cast_item(const record::Record& r) {
  auto deadline = r.fields.contains("deadline") ? r.fields.at("deadline").integer() : 0;
  return Value::Map{{"id", r.id}, {"kind", "cast"}, {"state", r.state}, {"what", record::field_text(r, "prompt")},
                    {"about", r.resource().str()}, {"asked_by", ""}, {"since", clock::rfc3339(r.created_ns)},
                    {"waits_for", Value::List{}}, {"approved_by", Value::List{}}, {"outcome", record::field_text(r, "answer")},
                    {"deadline", deadline > 0 ? Value(time(deadline)) : Value()}};
}

Value parked_item(const record::Record& r) {
  Value::List needs, given;
  if (const auto* list = r.fields.at("needs").as_list())
    for (const auto& o : *list)
      needs.push_back(o["kind"].text() == "approval" ? std::to_string(o["n"].integer()) + " of " + o["of"].text()
                                                     : o["kind"].text());
  if (r.fields.contains("approvals"))
    for (const auto& a : *r.fields.at("approvals").as_list()) given.push_back(a["by"]);
  const auto& asker = r.fields.at("asker");
  auto who = asker["on_behalf_of_ref"].text().empty() ? asker["ref"] : asker["on_behalf_of_ref"];
  if (asker["kind"].text() == "agent" && who != asker["ref"]) who = asker["ref"].text() + " for " + who.text();
  auto event = record::field_text(r, "event");
  auto expires = r.fields.contains("expires") ? r.fields.at("expires").integer() : 0;
  Value::Map out{{"id", r.id}, {"kind", "transition"}, {"state", r.state},
                 {"what", (event.empty() ? "new" : event) + " " + json::compact(r.fields.at("input"))},
                 {"about", record::field_text(r, "resource")}, {"asked_by", who}, {"since", clock::rfc3339(r.created_ns)},
                 {"waits_for", needs}, {"approved_by", given}, {"outcome", record::field_text(r, "outcome")},
                 {"deadline", expires > 0 ? Value(time(expires)) : Value()}, {"hash", record::field_text(r, "binding")},
                 {"event", event.empty() ? "new" : event}, {"input", r.fields.at("input")}};
  if (!record::field_text(r, "reason").empty()) out.emplace("reason", record::field_text(r, "reason"));
  for (const auto& [name, member] : {std::pair{"purpose", "purpose"}, {"lease", "borrow_id"}, {"run", "run"}})
    if (auto value = asker[member].text(); !value.empty()) out.emplace(name, value);
  if (event.empty() && record::field_text(r, "resource").starts_with("borrow:")) out.emplace("lends", lends(r));
  return out;
}

std::string sentence(const Value& item) {
  const auto& lease = item["lends"];
  std::string out;
  if (lease.as_map()) {
    out = item["asked_by"].text() + " asks for the right of " + lease["lender"].text();
    if (lease["borrower"] != item["asked_by"]) out += ", for " + lease["borrower"].text();
    out += "\n  to " + shown(words(lease["actions"]), 60) + " on " + lease["resource"].text() + ": " + how_long(lease) +
           "\n  for \"" + shown(lease["purpose"].text(), 60) + "\"";
  } else {
    out = shown(item["what"].text(), 100) + " on " + item["about"].text();
    if (auto by = item["asked_by"].text(); !by.empty()) out += ", asked by " + by;
  }
  if (auto needs = words(item["waits_for"]); !needs.empty()) out += "; needs " + needs;
  if (auto given = words(item["approved_by"]); !given.empty()) out += "; approved by " + given;
  if (item["kind"].text() == "cast")
    if (auto until = item["deadline"].text(); !until.empty()) out += "  (until " + until + ")";
  return out;
}

std::string page(const Value& item) {
  std::string out;
  auto line = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) out += std::string(name) + std::string(name.size() < 14 ? 14 - name.size() : 1, ' ') + value + "\n";
  };
  auto state = item["state"].text();
  line("item", item["id"].text());
  line("state", state + (item["outcome"].text().empty() ? "" : ": " + plain(item["outcome"].text())));
  line("asked by", item["asked_by"].text());
  const auto& lease = item["lends"];
  if (const auto* all = lease.as_map()) {
    line("borrower", lease["borrower"].text());
    line("the right of", lease["lender"].text());
    for (const auto& action : *lease["actions"].as_list()) line("to", plain(action.text()));
    line("on", plain(lease["resource"].text()));
    line("how long", how_long(lease) + (all->contains("not_before") ? ", not before " + lease["not_before"].text() : ""));
    line("purpose", plain(lease["purpose"].text()));
    line("only if", plain(lease["when"].text()));
    line("in run", lease["run"].text());
    line("lent on from", lease["via"].text());
    line("lent on", lease["depth"].integer() > 0 ? std::to_string(lease["depth"].integer()) + " deep at most" : "never");
    line("at its end", "what still comes: " + lease["on_revoke"].text());
  } else {
    line("what", item["kind"].text() == "cast" ? plain(item["what"].text()) : item["event"].text());
    line("on", item["about"].text());
    if (const auto* input = item["input"].as_map())
      for (const auto& [name, value] : *input) line("  " + plain(name), plain(json::compact(value)));
    line("reason", plain(item["reason"].text()));
    line("purpose", plain(item["purpose"].text()));
    line("by lease", item["lease"].text());
    line("in run", item["run"].text());
  }
  line("needs", words(item["waits_for"]));
  line("approved by", words(item["approved_by"]));
  line("since", item["since"].text());
  line("until", item["deadline"].text());
  line("hash", item["hash"].text());
  return out;
}

}  // namespace tk::tools::inbox_tool
