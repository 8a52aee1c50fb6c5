#include "tools/repo/provision.hpp"

#include <unistd.h>

#include "core/acl/keyfile.hpp"
#include "core/base/base64.hpp"
#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/os/file.hpp"
#include "core/os/process.hpp"
#include "core/workspace/entity_index.hpp"
#include "core/xml/xml.hpp"

namespace tk::tools::repo_tool {

Result<Target> read_target(const cli::Args& args) {
  auto word = args.get("target");
  if (word.starts_with("root=") && word.size() > 5) return Target{os::absolute(word.substr(5)), word};
  if (word == "/" && args.has("yes-live")) return Target{"/", "/"};
  if (word == "/") return fail(Code::cli_usage, "/ is this very machine", "say that you mean it: --yes-live; or try it below a folder: --target root=DIR");
  return fail(Code::cli_usage, word.empty() ? "no target is named" : "no target: " + text::printable(word), "--target root=DIR, or --target / --yes-live");
}

Result<provision::IdRange> id_range(const git::Repository& repository, const std::string& head) {
  provision::IdRange out;
  TK_TRY(auto manifest, repository.read(head, "MANIFEST.xml"));
  if (!manifest) return out;
  TK_TRY(auto doc, xml::parse(*manifest, "MANIFEST.xml"));
  for (const auto& child : doc.root.children) {
    const auto* range = child.name == "provision" ? child.find("uid-range") : nullptr;
    if (!range) continue;
    auto dash = range->value.find('-');
    out.first = static_cast<std::uint32_t>(std::strtoul(range->value.c_str(), nullptr, 10));
    out.last = dash == std::string::npos ? 0 : static_cast<std::uint32_t>(std::strtoul(range->value.c_str() + dash + 1, nullptr, 10));
    if (out.first < 1000 || out.last < out.first)
      return fail_at(Code::ws_entity_invalid, doc.where(range->value_at), "uid-range must begin at 1000 or more and end behind it", "uid-range=\"20000-59999\"");
  }
  return out;
}

Result<crypto::SigningKey> plan_key(const workspace::Workspace& ws) {
  TK_TRY(auto bytes, acl::read_or_make_key(ws.state("keys"), "plan", sizeof(crypto::Seed)));
  crypto::Seed seed{};
  std::copy(bytes.begin(), bytes.end(), seed.begin());
  auto key = crypto::SigningKey::from_seed(seed);
  crypto::wipe(bytes.data(), bytes.size());
  crypto::wipe(seed.data(), seed.size());
  return key;
}

Result<Planned> plan_for(Session& session, const git::Repository& repository, const Target& target, bool purge) {
  TK_TRY(auto index, workspace::EntityIndex::open(session.workspace, repository));
  TK_TRY(auto range, id_range(repository, index.commit()));
  TK_TRY(auto text, repository.read(index.commit(), "ids.lock"));
  TK_TRY(auto ids, provision::Ids::read(text.value_or(""), range));
  TK_TRY(auto desired, provision::desired_of(index, ids));
  if (!desired.problems.empty()) return fail(desired.problems.front());
  TK_TRY(auto observed, provision::Observed::read(target.root));
  TK_TRY(auto plan, provision::make_plan(desired, observed, ids, clock::now_ns() / 86'400'000'000'000, {purge}));
  plan.id = ids::uuid7();
  plan.commit = index.commit();
  plan.target = target.name;
  plan.by = session.actor.ref;
  plan.made = clock::rfc3339(clock::now_ns());
  const auto* login = ::getlogin();
  auto found = provision::guards(plan, observed, desired, login ? login : "");
  return Planned{std::move(plan), std::move(ids), std::move(found)};
}

Result<Carried> carry_out(const workspace::Workspace& ws, const std::string& verb, const Target& target, const std::string& plan) {
  auto self = os::self_path();
  auto program = self.substr(0, self.rfind('/')) + "/plugins/apply-unix";
  std::vector<std::string> words = {program, verb, "--root", target.root};
  if (target.root != "/" && verb != "recover") {
    TK_TRY(auto key, plan_key(ws));
    auto bytes = key.public_key();
    words.insert(words.end(), {"--key", base64::encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()})});
  }
  os::Spawn spawn;
  spawn.argv = words;
  spawn.environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin"};
  spawn.input = plan;
  TK_TRY(auto done, os::run(spawn, 600'000));
  if (done.status != 0) {
    auto why = std::string(text::trim(done.error_tail));
    auto code = done.status == 4 ? Code::record_conflict : done.status == 8 ? Code::journal_broken : done.status == 3 ? Code::os_permission : done.status == 75 ? Code::os_full : Code::os_io;
    return fail(code, why.empty() ? "apply-unix ended with " + std::to_string(done.status) : why,
                done.status == 4 ? "make a new plan: tk repo plan" : done.status == 3 ? "run it as root" : "nothing was changed; try again");
  }
  Carried out;
  for (auto line : text::split(done.output, '\n')) {
    auto tab = line.find('\t');
    if (tab == line.npos) continue;
    auto word = line.substr(0, tab);
    std::string value(line.substr(tab + 1));
    if (word == "done") out.done = std::strtoul(value.c_str(), nullptr, 10);
    if (word == "already") out.already = std::strtoul(value.c_str(), nullptr, 10);
    if (word == "recovered") out.recovered = value;
    if (word == "left") out.left.push_back(value);
  }
  return out;
}

Value json_of(const provision::Plan& plan, const std::vector<provision::Guard>& guards) {
  Value::List about(plan.about.begin(), plan.about.end()), found, waiting;
  for (const auto& g : guards) found.push_back(Value::Map{{"guard", g.name}, {"count", static_cast<std::int64_t>(g.count)}, {"message", g.message}});
  for (const auto& w : plan.waiting) waiting.push_back(Value::Map{{"what", w.what}, {"mend", w.mend}});
  auto n = [](std::size_t count) { return Value(static_cast<std::int64_t>(count)); };
  return Value::Map{{"id", plan.id}, {"commit", plan.commit}, {"target", plan.target}, {"operations", n(plan.operations.size())},
                    {"created", n(plan.created)}, {"changed", n(plan.changed)}, {"locked", n(plan.locked)}, {"removed", n(plan.removed)},
                    {"about", std::move(about)}, {"guards", std::move(found)}, {"waiting", std::move(waiting)}};
}

void print_plan(const provision::Plan& plan, const std::vector<provision::Guard>& guards) {
  std::string out;
  for (const auto& line : plan.about) out += "  " + line + "\n";
  for (const auto& w : plan.waiting) out += "  waits   " + w.what + " (" + w.mend + ")\n";
  for (const auto& g : guards) out += "  guard   " + g.message + " (--allow " + g.name + "=" + std::to_string(g.count) + ")\n";
  out += plan.empty() ? "nothing to do\n"
                      : text::count(plan.operations.size(), "operation") + ": " + std::to_string(plan.created) + " accounts to create, " + std::to_string(plan.changed) +
                            " to change, " + std::to_string(plan.locked) + " to lock, " + std::to_string(plan.removed) + " to remove\n";
  cli::print(out);
}

Result<void> check_guards(const std::vector<provision::Guard>& guards, const std::vector<std::string>& allowed) {
  for (const auto& g : guards) {
    auto word = g.name + "=" + std::to_string(g.count);
    if (std::find(allowed.begin(), allowed.end(), word) == allowed.end())
      return fail(Code::record_asks, "guard " + g.name + ": " + g.message, "if that is meant: --allow " + word);
  }
  return {};
}

}  // namespace tk::tools::repo_tool
