// draft: the least law that allows what was done. In law-journal.
#include <map>
#include <set>

#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/record/deeds.hpp"
#include "tools/law/asked.hpp"
#include "tools/law/past.hpp"

namespace tk::tools::law_tool {
namespace {

using Used = std::map<std::string, std::map<std::string, std::set<std::string>>>;  // actor, resource, actions

// A run is all that happened in its trace; an actor is all that was done by its rights.
Result<record::Deeds::Which> which_rows(const Law& law, journal::Journal& journal, const std::string& from) {
  record::Deeds::Which out;
  if (from.find(':') != from.npos) {
    TK_TRY(auto actor, actor_of(law, from));
    out.actor = actor.id.empty() ? actor.str() : std::string(actor.id);
    return out;
  }
  TK_TRY(auto s, journal.db().prepare("SELECT DISTINCT j.trace_id FROM record r JOIN journal j ON j.entity_id = r.id "
                                      "WHERE r.type = 'run' AND r.id >= ? AND r.id < ? AND j.trigger = 'new' LIMIT 2"));
  s.bind(from).bind(from + "~");
  TK_TRY(bool found, s.step());
  if (!found) return fail(Code::wot_unknown_run, "no run " + from, "`tk wot list` shows them");
  out.trace = s.text(0);
  TK_TRY(bool more, s.step());
  if (more) return fail(Code::wot_unknown_run, "more than one run begins with " + from);
  return out;
}

std::string role_name(const std::string& actor) {
  std::string out = "draft-";
  for (char c : actor.substr(actor.find(':') + 1)) out += std::isalnum(static_cast<unsigned char>(c)) ? c : '-';
  return out.substr(0, 60);
}

std::string xml(const Used& used, const std::string& context) {
  std::string roles = "<roles>\n", rules = "<rules>\n", grants = "<grants>\n";
  for (const auto& [actor, resources] : used) {
    auto role = role_name(actor);
    auto ref = "role:" + (context.empty() ? "" : context + "/") + role;
    roles += "  <role name=\"" + role + "\"/>\n";
    std::size_t n = 0;
    for (const auto& [resource, actions] : resources) {
      std::string list;
      for (const auto& a : actions) list += (list.empty() ? "" : " ") + a;
      rules += "  <rule id=\"" + role + "-" + std::to_string(++n) + "\" effect=\"permit\" role=\"" + ref + "\" actions=\"" + list +
               "\" resource=\"" + resource + "\"/>\n";
    }
    grants += "  <grant id=\"" + role + "\" role=\"" + ref + "\" to=\"" + actor + "\"/>\n";
  }
  return "<!-- roles/draft.xml -->\n" + roles + "</roles>\n<!-- rules/draft.xml -->\n" + rules +
         "</rules>\n<!-- grants/draft.xml -->\n" + grants + "</grants>\n";
}

}  // namespace

Result<Exit> run_draft(const cli::Args& args) {
  TK_TRY(auto law, Law::open());
  TK_TRY(auto journal, journal::Journal::open(law.workspace.journal_path(), store::Mode::read_only));
  TK_TRY(auto which, which_rows(law, journal, args.get("from")));
  std::map<std::string, std::string, std::less<>> names;
  for (const auto& e : law.index().entities("")) names.emplace(e.id.empty() ? e.str() : std::string(e.id), e.str());
  Used used;
  std::int64_t rows = 0;
  record::Deeds deeds(journal);
  TK_CHECK(deeds.each(which, [&](const record::Deed& d) -> Result<bool> {
    if (d.action.empty() || d.kind == "denied" || d.kind == "error") return true;
    auto name = names.find(d.actor_id);
    if (name == names.end()) return true;
    ++rows;
    used[name->second][d.resource->str()].emplace(d.action);
    return true;
  }));
  if (args.json()) {
    Value::List list;
    for (const auto& [actor, resources] : used)
      for (const auto& [resource, actions] : resources) {
        Value::List words;
        for (const auto& a : actions) words.emplace_back(a);
        list.push_back(Value::Map{{"actor", actor}, {"resource", resource}, {"actions", std::move(words)}});
      }
    cli::print(json::compact(Value::Map{{"rows", rows}, {"used", std::move(list)}}) + "\n");
  } else {
    cli::print(xml(used, args.get("context", law.workspace.default_context())));
  }
  return used.empty() ? Exit::no : Exit::ok;
}

}  // namespace tk::tools::law_tool
