// Table tests of law: a question a line with the answer that it should get; coverage of rules and clauses.
#include <map>
#include <set>

#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/law.hpp"
#include "tools/law/asked.hpp"

namespace tk::tools::law_tool {
namespace {

using namespace tk::law;
using expr::Node;

void clauses_of(const Node& n, std::vector<std::string>& out) {
  if (n.kind == Node::Kind::call && (n.text == "_&&_" || n.text == "_||_")) {
    for (const auto& child : n.children) clauses_of(child, out);
  } else {
    out.push_back(expr::unparse(n));
  }
}

struct Case {
  Where where;
  EntityView actor;
  std::uint32_t action = 0;
  Target resource;
  Value::Map context;
  std::string expect, rule, text;
};

class Tests {
 public:
  explicit Tests(const Law& law) : law_(law), engine_(law.index()) {}

  Result<void> read(const std::string& file) {
    TK_TRY(auto content, os::read_file(law_.workspace.path(file), 16u << 20));
    int number = 0;
    for (auto line : text::split(content, '\n')) {
      ++number;
      if (line.find_first_not_of(" \t\r") == line.npos || line[0] == '#') continue;
      auto one = read_case(line);
      if (!one) {
        auto error = one.error();
        error.where = {file, number, 0};
        return fail(std::move(error));
      }
      one->where = {file, number, 0};
      cases_.push_back(std::move(*one));
    }
    return {};
  }

  void run() {
    for (auto& c : cases_) {
      Facts facts;
      facts.context = &c.context;
      facts.now_ns = time_of(c.context).value_or(0);
      facts.history = law_.memory.get();
      Verdict v;
      engine_.decide(c.actor, c.action, c.resource, facts, Detail::all, v);
      auto by = [&] {
        for (auto rule : v.rules)
          if (law_.index().rule(rule).id == c.rule) return true;
        return c.rule.empty();
      };
      if (to_string(v.answer) != c.expect || !by()) {
        auto why = explain(engine_, c.actor, c.action, c.resource, facts).reason;
        failed_.push_back(tk::describe({Code::law_test, c.text + ": " + std::string(to_string(v.answer)) + ", expected " +
                                                            c.expect + (c.rule.empty() ? "" : " by " + c.rule) + " (" + why + ")",
                                        c.where, {}, nullptr}));
      }
      cover(c, facts);
    }
  }

  // Every rule asked about, and each clause of its condition seen true and seen false.
  std::vector<std::string> uncovered() {
    std::vector<std::string> out;
    for (std::uint32_t i = 0; i < law_.index().rule_count(); ++i) {
      auto rule = law_.index().rule(i);
      auto at = std::string(rule.file) + ":" + std::to_string(rule.line) + ": rule " + std::string(rule.id) + ": ";
      ++total_;
      if (reached_.contains(i)) ++covered_;
      else out.push_back(at + "no test reaches it");
      const auto* condition = engine_.condition(i);
      if (!condition) continue;
      std::vector<std::string> clauses;
      clauses_of(condition->tree(), clauses);
      for (const auto& clause : clauses)
        for (bool value : {true, false}) {
          ++total_;
          if (seen_.contains({i, clause, value})) ++covered_;
          else out.push_back(at + "`" + clause + "` is never " + (value ? "true" : "false"));
        }
    }
    return out;
  }

  std::size_t count() const { return cases_.size(); }
  const std::vector<std::string>& failed() const { return failed_; }
  std::size_t covered() const { return covered_; }
  std::size_t total() const { return total_; }

 private:
  Result<Case> read_case(std::string_view line) {
    TK_TRY(auto value, json::parse(line));
    for (const auto& [name, unused] : value.as_map() ? *value.as_map() : Value::Map{})
      if (!std::set<std::string>{"actor", "action", "resource", "context", "expect", "rule"}.contains(name))
        return fail(Code::cli_usage, "a test has no `" + name + "`", "actor, action, resource, context, expect, rule");
    Case c;
    TK_TRY(c.actor, actor_of(law_, value["actor"].text()));
    TK_CHECK(law_.index().check_action(value["action"].text()));
    c.action = *engine_.action(value["action"].text());
    TK_TRY(auto ref, parse_ref(value["resource"].text()));
    c.resource = engine_.target(ref);
    if (value["context"].as_map()) c.context = *value["context"].as_map();
    c.expect = value["expect"].text();
    c.rule = value["rule"].text();
    c.text = c.actor.str() + " " + value["action"].text() + " " + ref.str();
    if (c.expect != "allow" && c.expect != "modify" && c.expect != "ask" && c.expect != "deny")
      return fail(Code::cli_usage, "`expect` must be allow, modify, ask or deny, not \"" + c.expect + "\"");
    return c;
  }

  void cover(const Case& c, const Facts& facts) {
    for (auto rule : engine_.covering(c.action, c.resource)) {
      auto [it, fresh] = clauses_.try_emplace(rule);
      if (fresh) {
        it->second.role = law_.index().role_of(rule);
        if (const auto* condition = engine_.condition(rule)) clauses_of(condition->tree(), it->second.texts);
        for (const auto& text : it->second.texts)
          it->second.programs.push_back(expr::Program::compile(text, engine_.environment()).value());
      }
      if (!engine_.has_role(c.actor, it->second.role, c.resource.ref.context)) continue;
      reached_.insert(rule);
      for (std::size_t i = 0; i < it->second.texts.size(); ++i)
        if (auto value = engine_.holds(it->second.programs[i], c.actor, c.action, c.resource, facts, nullptr))
          seen_.insert({rule, it->second.texts[i], *value});
    }
  }

  struct Clauses {
    std::uint32_t role = 0;
    std::vector<std::string> texts;
    std::vector<expr::Program> programs;
  };
  const Law& law_;
  Engine engine_;
  std::vector<Case> cases_;
  std::vector<std::string> failed_;
  std::map<std::uint32_t, Clauses> clauses_;
  std::set<std::uint32_t> reached_;
  std::set<std::tuple<std::uint32_t, std::string, bool>> seen_;
  std::size_t covered_ = 0, total_ = 0;
};

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto law, Law::open());
  auto files = args.all("FILE");
  if (files.empty() && os::is_directory(law.workspace.path("tests/law"))) {
    TK_TRY(auto names, os::list_directory(law.workspace.path("tests/law")));
    for (const auto& name : names)
      if (name.ends_with(".jsonl")) files.push_back("tests/law/" + name);
  }
  if (files.empty())
    return fail(Code::cli_usage, "no tests: tests/law has no *.jsonl", "see `tk law test --help` for what stands in one");
  Tests tests(law);
  for (const auto& file : files) TK_CHECK(tests.read(file));
  tests.run();
  TK_CHECK(law.memory->settle());
  auto uncovered = tests.uncovered();
  bool strict = args.has("strict");
  auto percent = tests.total() ? tests.covered() * 100 / tests.total() : 100;
  if (args.json()) {
    Value::List failed, missing;
    for (const auto& f : tests.failed()) failed.emplace_back(f);
    for (const auto& u : uncovered) missing.emplace_back(u);
    cli::print(json::compact(Value::Map{{"tests", static_cast<std::int64_t>(tests.count())}, {"failed", failed},
                                        {"coverage", static_cast<std::int64_t>(percent)}, {"uncovered", missing}}) + "\n");
  } else {
    for (const auto& f : tests.failed()) cli::print("failed: " + f + "\n");
    if (strict)
      for (const auto& u : uncovered) cli::print("uncovered: " + u + "\n");
    cli::print(std::to_string(tests.count() - tests.failed().size()) + " passed, " + std::to_string(tests.failed().size()) +
               " failed; " + std::to_string(tests.covered()) + " of " + std::to_string(tests.total()) +
               " rules and clauses covered (" + std::to_string(percent) + " %)\n");
  }
  return tests.failed().empty() && !(strict && !uncovered.empty()) ? Exit::ok : Exit::no;
}

}  // namespace

cli::VerbSpec test_verb() {
  return {"test", "table tests of law, with the coverage of rules and clauses",
          {{"FILE", "*.jsonl in the workspace; those of tests/law when left out", false, true}},
          {{"strict", "", "fail below full coverage, and say what is missing"}},
          {{"tk law test --strict", "in CI"}}, help::k_test, run,
          "{tests: int, failed: [text], coverage: int, uncovered: [text]}"};
}

}  // namespace tk::tools::law_tool
