#include <algorithm>
#include <cstdlib>

#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/repo.hpp"
#include "tools/repo/history.hpp"
#include "tools/repo/verbs.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::repo_tool {
namespace {

std::string shown(const std::optional<std::string>& value) { return value ? text::printable(text::shorten(*value, 60)) : "(none)"; }

Value or_null(const std::optional<std::string>& value) { return value ? Value(*value) : Value(); }

std::string subject(const git::Logged& commit) { return text::printable(commit.message.substr(0, commit.message.find('\n'))); }

Value seq_of(const git::Logged& commit) {
  auto word = commit.trailer("Tk-Seq");
  return word.empty() ? Value() : Value(std::int64_t{std::strtoll(word.c_str(), nullptr, 10)});
}

Value json_of(const Step& step) {
  Value::List changes;
  for (const auto& touch : step.touches) {
    Value::List attributes;
    for (const auto& d : touch.differences)
      attributes.push_back(Value::Map{{"name", d.name}, {"before", or_null(d.before)}, {"after", or_null(d.after)}});
    changes.push_back(Value::Map{{"ref", touch.seen().ref.str()},
                                 {"was", touch.before ? touch.before->ref.str() : ""},
                                 {"id", touch.seen().id},
                                 {"kind", touch.kind()},
                                 {"file", touch.seen().path},
                                 {"attributes", std::move(attributes)}});
  }
  return Value::Map{{"commit", step.commit.id}, {"time", clock::rfc3339(step.time_ns)}, {"actor", step.actor()},
                    {"author", step.commit.author.name}, {"trace", step.commit.trailer("Tk-Trace")}, {"seq", seq_of(step.commit)},
                    {"subject", subject(step.commit)}, {"changes", std::move(changes)}};
}

void print(const Step& step, bool stat) {
  auto seq = step.commit.trailer("Tk-Seq");
  cli::print(step.commit.id.substr(0, 10) + "  " + clock::rfc3339(step.time_ns) + "  " + text::printable(step.actor()) +
             (seq.empty() ? "" : "  #" + text::printable(seq)) + "  " + subject(step.commit) + "\n");
  for (const auto& touch : step.touches) {
    cli::print("  " + touch.seen().ref.str() + "  " + touch.kind() + (touch.kind() == "renamed" ? " from " + touch.before->ref.str() : "") + "\n");
    if (stat || (touch.kind() == "removed")) continue;
    for (const auto& d : touch.differences)
      cli::print("    " + text::printable(d.name) + ": " + (touch.before ? shown(d.before) + " → " : "") + shown(d.after) + "\n");
  }
}

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto repository, git::Repository::open(ws.root()));
  Followed followed;
  if (auto word = args.get("REF"); !word.empty()) {
    TK_TRY(auto law, workspace::CompiledLaw::open(ws));
    TK_TRY(followed, follow(law.index(), word));
  }
  auto limit = args.get("limit", "0");
  if (limit.empty() || limit.size() > 9 || limit.find_first_not_of("0123456789") != limit.npos)
    return fail(Code::cli_usage, "not a number: " + text::printable(limit), "--limit 10");
  auto left = std::strtoll(limit.c_str(), nullptr, 10);
  Value::List list;
  if (!args.json()) cli::page();
  TK_CHECK(walk_history(repository, std::move(followed), [&](const Step& step) -> Result<bool> {
    if (args.json()) list.push_back(json_of(step));
    else print(step, args.has("names"));
    return --left != 0;
  }));
  if (args.json()) cli::print(json::pretty(list) + "\n");
  return Exit::ok;
}

// Per attribute of HEAD, the newest commit that gave it this value.
struct Blamed {
  std::string name, value;
  Step step;
};

Result<Exit> run_blame(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto repository, git::Repository::open(ws.root()));
  TK_TRY(auto law, workspace::CompiledLaw::open(ws));
  TK_TRY(auto ref, law::parse_ref(args.get("REF")));
  TK_TRY(auto entity, law.index().find(ref));
  TK_TRY(auto followed, follow(law.index(), entity.str()));
  std::map<std::string, std::string> open;
  bool first = true;
  std::vector<Blamed> out;
  TK_CHECK(walk_history(repository, std::move(followed), [&](const Step& step) -> Result<bool> {
    for (const auto& touch : step.touches) {
      if (!touch.after) continue;
      if (first) open = touch.after->values;
      first = false;
      for (const auto& d : touch.differences) {
        auto it = open.find(d.name);
        if (it == open.end() || !d.after) continue;
        out.push_back({d.name, it->second, {step.commit, step.parent, step.time_ns, {}}});
        open.erase(it);
      }
    }
    return first || !open.empty();
  }));
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  Value::List list;
  std::vector<std::vector<std::string>> rows;
  for (const auto& b : out) {
    auto seq = b.step.commit.trailer("Tk-Seq");
    list.push_back(Value::Map{{"name", b.name}, {"value", b.value}, {"commit", b.step.commit.id}, {"time", clock::rfc3339(b.step.time_ns)},
                              {"actor", b.step.actor()}, {"author", b.step.commit.author.name}, {"seq", seq_of(b.step.commit)},
                              {"subject", subject(b.step.commit)}});
    rows.push_back({text::printable(b.name), shown(b.value), b.step.commit.id.substr(0, 10), clock::rfc3339(b.step.time_ns),
                    text::printable(b.step.actor()), seq.empty() ? "" : "#" + text::printable(seq)});
  }
  if (args.json()) cli::print(json::pretty(Value::Map{{"ref", entity.str()}, {"attributes", std::move(list)}}) + "\n");
  else cli::print(cli::table(rows));
  return Exit::ok;
}

}  // namespace

cli::VerbSpec log_verb() {
  return {"log", "commits that changed an entity, whatever it was called then, or any entity",
          {{"REF", "user:alice; every entity when left out", false}},
          {{"limit", "N", "the newest N only"}, {"names", "", "without what changed in them"}},
          {{"tk repo log user:alice", "who changed what of her, attribute by attribute, through renames"},
           {"tk repo log --limit 10 --names", "the last ten commits that changed the organisation"}},
          help::k_log, run,
          "[{commit: text, time: text, actor: text, author: text, trace: text, seq: int|null, subject: text, changes: [{ref: text, was: text, id: text,"
          " kind: text, file: text, attributes: [{name: text, before: text|null, after: text|null}]}]}]", values};
}

cli::VerbSpec blame_verb() {
  return {"blame", "for each attribute of an entity: which commit set it last, by whom and when",
          {{"REF", "the entity: user:alice"}}, {},
          {{"tk repo blame user:alice", "its attributes and members, each with its commit"},
           {"tk repo blame agent:analyst --json", "the same to script against"}},
          help::k_blame, run_blame,
          "{ref: text, attributes: [{name: text, value: text, commit: text, time: text, actor: text, author: text, seq: int|null, subject: text}]}",
          values};
}

}  // namespace tk::tools::repo_tool
