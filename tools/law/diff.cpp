#include "core/law/diff.hpp"

#include "core/base/clock.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/law.hpp"
#include "tools/law/asked.hpp"

namespace tk::tools::law_tool {
namespace {

using namespace tk::law;

constexpr std::size_t kShown = 20;  // of each kind, for people; --json has all

Value::List list_of(const std::vector<Changed>& changes, bool declared) {
  Value::List out;
  for (const auto& c : changes)
    if (c.declared == declared)
      out.push_back(Value::Map{{"actor", c.actor}, {"action", c.action}, {"resource", c.resource},
                             {"context", c.context}, {"before", to_string(c.before)}, {"after", to_string(c.after)},
                             {"rule", c.rule}, {"file", c.file}, {"line", c.line}});
  return out;
}

// What is not declared, by witnesses of the patterns that cover it.
Value::List undeclared(const Difference& d) {
  Value::List out;
  for (const auto* list : {&d.allowed, &d.denied, &d.otherwise})
    for (auto& one : list_of(*list, false)) out.push_back(std::move(one));
  return out;
}

std::string lines_of(const std::string& title, const std::vector<Changed>& changes, const char* sign) {
  if (changes.empty()) return {};
  auto out = title + ": " + std::to_string(changes.size()) + "\n";
  for (std::size_t i = 0; i < changes.size() && i < kShown; ++i) {
    const auto& c = changes[i];
    out += std::string("  ") + sign + " " + c.actor + " " + c.action + " " + c.resource;
    if (!c.declared) out += " (a witness of what patterns cover)";
    if (!c.context.empty()) out += " with " + json::compact(c.context);
    out += " (" + std::string(to_string(c.before)) + " → " + std::string(to_string(c.after)) + ")";
    if (!c.rule.empty()) out += "  rule " + c.rule + "  (" + c.file + ":" + std::to_string(c.line) + ")";
    out += "\n";
  }
  if (changes.size() > kShown) out += "  … and " + std::to_string(changes.size() - kShown) + " more: --json has them all\n";
  return out;
}

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto before, workspace::CompiledLaw::of(ws, args.get("BEFORE")));
  TK_TRY(auto after, workspace::CompiledLaw::of(ws, args.get("AFTER", "HEAD")));
  auto d = difference(before.index(), after.index(), clock::now_ns());
  if (args.json()) {
    Value::List assumed;
    for (const auto& a : d.assumed) assumed.emplace_back(a);
    cli::print(json::compact(Value::Map{{"newly_allowed", list_of(d.allowed, true)}, {"newly_denied", list_of(d.denied, true)},
                                        {"changed", list_of(d.otherwise, true)}, {"undeclared", undeclared(d)},
                                        {"widening", !d.allowed.empty()},
                                        {"before", before.index().policy_hash()}, {"after", after.index().policy_hash()},
                                        {"assumed", std::move(assumed)}}) + "\n");
  } else {
    cli::page();
    auto out = lines_of("newly allowed", d.allowed, "+") + lines_of("newly denied", d.denied, "-") +
               lines_of("allowed as before, in another way", d.otherwise, "~");
    cli::print(out.empty() ? "no answer changes\n" : out);
    for (const auto& a : d.assumed) cli::note("conditions read " + a + ", which was not tried with every value");
  }
  if (args.has("fail-on-widening") && !d.allowed.empty())
    return fail(Code::law_widening, std::to_string(d.allowed.size()) + " answers become allowed",
                "look at them: tk law diff " + args.get("BEFORE") + " " + args.get("AFTER", "HEAD"));
  return Exit::ok;
}

}  // namespace

cli::VerbSpec diff_verb() {
  return {"diff", "which answers change between two laws, each with a witness",
          {{"BEFORE", "a commit, or a folder with a MANIFEST.xml"}, {"AFTER", "the other; HEAD when left out", false}},
          {{"fail-on-widening", "", "exit 7 when an answer becomes allowed"}},
          {{"tk law diff main", "what this branch changes"},
           {"tk law diff origin/main HEAD --fail-on-widening", "a gate in CI"}},
          help::k_diff, run,
          "{newly_allowed: [{actor: text, action: text, resource: text, context: json, before: text, after: text, "
          "rule: text, file: text, line: int}], newly_denied: [json], changed: [json], undeclared: [json], widening: bool, before: text, "
          "after: text, assumed: [text]}"};
}

}  // namespace tk::tools::law_tool
