#include "tools/repo/provision.hpp"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <future>
#include <optional>
#include <unordered_set>

#include "core/provision/policy.hpp"
#include "core/acl/keyfile.hpp"
#include "core/base/base64.hpp"
#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/law/ref.hpp"
#include "core/os/file.hpp"
#include "core/os/process.hpp"
#include "core/record/field.hpp"
#include "core/workspace/materialised.hpp"
#include "tools/session/declare.hpp"

namespace tk::tools::repo_tool {
namespace {

constexpr std::int64_t kDayNs = 86'400'000'000'000, kPatienceMs = 600'000, kMaxPlanFile = 256 << 20;

std::string caller() {
  const auto* entry = ::getpwuid(::getuid());
  const char* sudo = ::getuid() == 0 ? std::getenv("SUDO_USER") : nullptr;
  return sudo ? sudo : entry ? entry->pw_name : "";
}

Error error_of(const os::Exited& done) {
  std::string why(text::trim(done.error_tail));
  if (why.empty()) why = "apply-unix ended with " + std::to_string(done.status);
  auto code = Code::prv_failed;
  std::string hint = "nothing was changed; mend what it says and try again";
  if (done.timed_out)
    why = "apply-unix took too long", code = Code::prv_again, hint = "tk repo recover goes on with it";
  else if (done.status == 4)
    code = Code::prv_stale, hint = "make a new plan: tk repo plan";
  else if (done.status == 8)
    code = Code::prv_plan, hint = "make the plan anew, on this workspace";
  else if (done.status == 3)
    code = Code::prv_readers, hint = "run it as root: sudo tk repo apply …";
  else if (done.status == 75 || done.status > 128)
    code = Code::prv_again, hint = "run the same again, or: tk repo recover";
  return Error{code, why, {}, hint, nullptr};
}

Result<Applied> run_program(const std::string& verb, const Target& target, const std::string& key, const std::string& plan) {
  auto self = os::self_path();
  std::vector<std::string> words = {self.substr(0, self.rfind('/')) + "/plugins/apply-unix", verb, "--root", target.root};
  if (!key.empty()) words.insert(words.end(), {"--key", key});
  os::Spawn spawn;
  spawn.argv = words;
  spawn.environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin"};
  spawn.input = plan;
  TK_TRY(auto done, os::run(spawn, kPatienceMs));
  if (done.status != 0) return fail(error_of(done));
  Applied out;
  for (auto line : text::split(done.output, '\n')) {
    auto tab = line.find('\t');
    if (tab == line.npos) continue;
    auto word = line.substr(0, tab);
    std::string value(line.substr(tab + 1));
    if (word == "done") out.done = std::strtoul(value.c_str(), nullptr, 10);
    if (word == "already") out.already = std::strtoul(value.c_str(), nullptr, 10);
    if (word == "recovered") out.recovered = value;
    if (word == "left") cli::note(value + " was changed by somebody else meanwhile, and stays so");
  }
  return out;
}

record::Change change_of(const Session& s, const record::Record& record, const char* event) {
  record::Change c;
  c.id = record.id;
  c.event = event;
  c.actor = s.actor;
  c.trace = trace::child(s.trace);
  return c;
}

// The ids of the plan go into ids.lock before anybody gets them, in the commit of the transition that begins it.
Result<void> begin(Session& s, const git::Repository& repository, const provision::Plan& plan, record::Change change) {
  TK_TRY(auto head, repository.head_commit());
  TK_TRY(auto ids, provision::read_ids(repository, head));
  for (const auto& line : plan.ids) {
    auto given = ids.give(line[1], line[2], static_cast<std::uint32_t>(std::strtoul(line[0].c_str(), nullptr, 10)));
    if (!given) return fail(Code::prv_stale, "the plan is stale: " + given.error().message, "make a new plan: tk repo plan");
    if (line.size() == 4) ids.keep(line[1]);
  }
  if (!ids.changed()) return s.store.apply(std::move(change)).transform([](auto&&) {});
  std::vector<git::Change> files = {{"ids.lock", ids.text()}};
  TK_TRY(auto attributes, repository.read(head, ".gitattributes"));
  if (auto text = attributes.value_or(""); text.find("ids.lock") == text.npos)
    files.push_back({".gitattributes", text + (text.empty() || text.ends_with('\n') ? "" : "\n") + "ids.lock merge=union\n"});
  return commit_entities(s, repository, std::move(files), {std::move(change)}, "repo: " + text::count(plan.ids.size(), "Unix id"))
      .transform([](auto&&) {});
}

// Whose plans apply-unix takes; on this machine /etc/tk/plan-keys says it.
Result<std::string> public_key(const workspace::Workspace& ws, const Target& target) {
  if (target.root == "/") return std::string();
  TK_TRY(auto key, plan_key(ws));
  return base64::encode({reinterpret_cast<const char*>(key.public_key().data()), key.public_key().size()});
}

}  // namespace

Result<Target> read_target(const cli::Args& args) {
  auto word = args.get("target");
  if (word.starts_with("root=") && word.size() > 5) {
    auto root = os::absolute(word.substr(5));
    while (root.size() > 1 && root.ends_with('/')) root.pop_back();
    // /. and /proc/self/root are this very machine too, and so is a folder that it is mounted on.
    struct stat there {
    }, here{};
    bool same = ::stat(root.c_str(), &there) == 0 && ::stat("/", &here) == 0 && there.st_dev == here.st_dev && there.st_ino == here.st_ino;
    if (!same) return Target{root, "root=" + root};
    word = "/";
  }
  if (word == "/" && args.has("yes-live")) {
    TK_TRY(auto id, os::read_file("/etc/machine-id", 128));
    return Target{"/", "/@" + std::string(text::trim(id))};
  }
  if (word == "/")
    return fail(Code::cli_usage, "/ is this very machine", "say that you mean it: --yes-live; or try it below a folder: --target root=DIR");
  return fail(Code::cli_usage, word.empty() ? "no target is named" : "no target: " + text::printable(word),
              "--target root=DIR, or --target / --yes-live");
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

namespace {

// Which entities have an account or a group in the plans that were carried out there; read when somebody asks.
class AppliedBefore {
 public:
  AppliedBefore(const workspace::Workspace& ws, const Target& target) : ws_(ws), target_(target) {}

  bool operator()(std::string_view name, const std::string& entity) {
    if (!known_) {
      known_.emplace();
      if (auto read = fill(); !read) cli::note("what was applied before cannot be read: " + read.error().message);
    }
    return known_->contains(std::string(name) + "\t" + entity);
  }

 private:
  Result<void> fill() {
    TK_TRY(auto s, Session::open_to_read());
    TK_TRY(auto all, s->store.list("provision"));
    for (const auto& record : all) {
      if (record.state != "applied" || record::field_text(record, "target") != target_.name) continue;
      TK_TRY(auto text, store::Cas(ws_.state("cas")).get(record::field_text(record, "wanted")));
      TK_TRY(auto wanted, provision::Wanted::read(std::move(text), record.id));
      for (const auto& item : wanted.items())
        if (item.kind == provision::Wanted::Kind::account || item.kind == provision::Wanted::Kind::group)
          known_->insert(std::string(item[0]) + "\t" + std::string(item[2]));
    }
    return {};
  }

  const workspace::Workspace& ws_;
  const Target& target_;
  std::optional<std::unordered_set<std::string>> known_;
};

// Whether an entity stands in a space that is not read. It may have moved there since its id was given, so that what
// ids.lock says of its place is not the last word: then the files of those spaces are looked through.
class Unread {
 public:
  Unread(const workspace::Materialised& read, const git::Repository& repository, const std::string& commit)
      : read_(read), repository_(repository), commit_(commit) {}

  bool operator()(const std::string& entity, const std::vector<std::string>& refs) {
    for (const auto& text : refs)
      if (auto ref = law::parse_ref(text); ref && read_.unread(ref->type == "space" ? ref->context + "." + ref->name : ref->context)) return true;
    if (!texts_) {
      texts_.emplace();
      auto files = repository_.files(commit_, "galaxies");
      if (!files) return true;  // nobody is locked for what cannot be read
      for (const auto& file : *files) {
        auto folder = std::string_view(file.path);
        while (std::count(folder.begin(), folder.end(), '/') > 5) folder = folder.substr(0, folder.rfind('/'));
        if (!read_.skips(folder)) continue;
        auto content = repository_.read_blob(file.blob);
        if (!content) return true;
        *texts_ += *content;
      }
    }
    return texts_->find(entity) != std::string::npos;
  }

 private:
  const workspace::Materialised& read_;
  const git::Repository& repository_;
  std::string commit_;
  std::optional<std::string> texts_;
};

}  // namespace

Result<Planned> plan_for(const workspace::Workspace& ws, const git::Repository& repository, const Target& target, bool purge) {
  auto mark = crypto::sha256_hex(target.name).substr(0, 16);
  Planned out;
  TK_TRY(out.plan.commit, repository.head_commit());
  out.plan.target = target.name;
  TK_TRY(auto what, what_is_read(repository, out.plan.commit));
  auto standing = ws.state("standing-" + mark), of_what = what + (purge ? " purge" : "");
  if (provision::still_stands(standing, of_what, target.root)) return out;
  auto reading = std::async(std::launch::async, [&]() -> Result<provision::Observed> {
    TK_TRY(auto read, provision::Observed::read(target.root));
    TK_CHECK(read.look_at_homes(ws.state("seen-" + mark)));
    return read;
  });
  TK_TRY(auto of, wanted_of_head(ws, repository));
  TK_TRY(auto observed, reading.get());
  provision::PlanOptions options{purge, clock::now_ns() / kDayNs, caller(), {}, {}, of.max_removals};
  TK_TRY(auto materialised, workspace::Materialised::of(repository, of.commit));
  if (materialised.lazy()) options.unread = Unread(materialised, repository, of.commit);
  options.applied = AppliedBefore(ws, target);
  TK_TRY(auto plan, provision::make_plan(of.wanted, observed, of.ids, options));
  plan.id = ids::uuid7();
  plan.commit = of.commit;
  plan.target = target.name;
  plan.made = clock::rfc3339(clock::now_ns());
  plan.ids = of.ids.given();
  if (plan.empty() && plan.ids.empty() && plan.waiting.empty()) TK_CHECK(provision::note_standing(standing, of_what, of.wanted, observed));
  return Planned{std::move(plan), std::move(of.wanted)};
}

Result<Made> record_plan(Session& s, const Planned& planned, const std::string& undoes) {
  auto plan = planned.plan;
  plan.by = s.actor.ref;
  TK_TRY(auto key, plan_key(s.workspace));
  Made out;
  out.text = provision::write_plan(plan, key);
  store::Cas cas(s.workspace.state("cas"));
  TK_TRY(auto digest, cas.put(out.text));
  TK_TRY(auto wanted, cas.put(planned.wanted.text()));
  Value::List steps;
  for (const auto& step : plan.steps) steps.emplace_back(step.verb + " " + step.what);
  record::Change c;
  c.id = plan.id;
  c.type = "provision";
  c.context = s.workspace.default_context();
  c.actor = s.actor;
  c.trace = trace::child(s.trace);
  c.input = {{"target", plan.target},     {"plan", digest},
             {"commit", plan.commit},     {"operations", static_cast<std::int64_t>(plan.operations.size())},
             {"steps", std::move(steps)}, {"wanted", wanted}};
  if (!undoes.empty()) c.input.emplace("undoes", undoes);
  TK_TRY(auto done, s.store.apply(std::move(c)));
  out.record = std::move(done.record);
  return out;
}

Result<Made> find_plan(Session& s, const std::string& word) {
  Made out;
  if (os::exists(word)) {
    struct stat st {};
    if (::stat(word.c_str(), &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > kMaxPlanFile)
      return fail(Code::prv_plan, text::printable(word) + " is no file of a plan", "take the one that tk repo plan --out wrote");
    TK_TRY(out.text, os::read_file(word));
    TK_TRY(auto plan, provision::read_plan(out.text, word));
    TK_TRY(out.record, s.store.get(plan.id));
    if (record::field_text(out.record, "plan") != crypto::sha256_hex(out.text))
      return fail(Code::prv_plan, word + " is not the plan " + plan.id.substr(0, 8) + " that was made: it was changed",
                  "take the one that tk repo plan wrote");
    return out;
  }
  TK_TRY(out.record, s.store.find(word, "provision"));
  TK_TRY(out.text, store::Cas(s.workspace.state("cas")).get(record::field_text(out.record, "plan")));
  return out;
}

Result<std::optional<record::Record>> last_applied(Session& s, const Target& target) {
  TK_TRY(auto all, s.store.list("provision"));
  std::optional<record::Record> out;
  for (auto& r : all)
    if (r.state == "applied" && record::field_text(r, "target") == target.name && (!out || r.updated_ns > out->updated_ns)) out = std::move(r);
  return out;
}

namespace {

// A record whose process ended before its outcome was journaled: the target says what came of it.
Result<void> settle(Session& s, const Target& target) {
  TK_TRY(auto all, s.store.list("provision"));
  for (const auto& record : all) {
    if (record.state != "applying" || record::field_text(record, "target") != target.name) continue;
    TK_TRY(auto text, store::Cas(s.workspace.state("cas")).get(record::field_text(record, "plan")));
    TK_TRY(auto key, public_key(s.workspace, target));
    auto stands = run_program("check", target, key, text);
    auto outcome = change_of(s, record, stands && stands->already > 0 ? "finish" : "fail");
    if (outcome.event == "fail") outcome.input = {{"reason", "it was cut before its commit"}};
    outcome.owed = "outcome";
    TK_CHECK(s.store.apply(std::move(outcome)));
  }
  return {};
}

Result<os::Lock> lock_target(const Session& s, const Target& target) {
  return os::Lock::wait(s.workspace.state("run/provision-" + crypto::sha256_hex(target.name).substr(0, 16)), Code::prv_again);
}

}  // namespace

Result<Applied> apply_plan(Session& s, const git::Repository& repository, const Target& target, const Made& made,
                           const std::vector<std::string>& allowed, const std::string& reason) {
  TK_TRY(auto plan, provision::read_plan(made.text, made.record.id));
  if (plan.target != target.name)
    return fail(Code::prv_stale, "the plan is for " + plan.target + ", not for " + target.name, "make one for this target: tk repo plan");
  TK_TRY(auto lock, lock_target(s, target));
  TK_CHECK(settle(s, target));
  TK_TRY(auto before, last_applied(s, target));
  auto change = change_of(s, made.record, "begin");
  change.reason = reason;
  Value::List words(allowed.begin(), allowed.end());
  change.input = {{"allowed", std::move(words)}, {"before", before ? before->id : ""}};
  TK_CHECK(begin(s, repository, plan, std::move(change)));
  TK_TRY(auto key, public_key(s.workspace, target));
  auto done = run_program("apply", target, key, made.text);
  auto outcome = change_of(s, made.record, done ? "finish" : "fail");
  outcome.owed = "outcome";
  if (!done) {
    if (done.error().code == Code::prv_again) return fail(done.error());  // how it ends is not known yet
    outcome.input = {{"reason", done.error().message}};
    TK_CHECK(s.store.apply(std::move(outcome)));
    return fail(done.error());
  }
  TK_TRY(auto finished, s.store.apply(std::move(outcome)));
  done->seq = finished.seq;
  return std::move(*done);
}

Result<Applied> recover(Session& s, const Target& target) {
  TK_TRY(auto lock, lock_target(s, target));
  TK_TRY(auto done, run_program("recover", target, "", ""));
  TK_CHECK(settle(s, target));
  return done;
}

Value json_of(const provision::Plan& plan) {
  Value::List steps, differences, guards, waiting;
  for (const auto& s : plan.steps) steps.push_back(Value::Map{{"verb", s.verb}, {"what", s.what}, {"ref", s.ref}});
  for (const auto& d : plan.differences)
    differences.push_back(Value::Map{{"about", d.about}, {"ref", d.ref}, {"what", d.what}, {"is", d.is}, {"want", d.want}});
  for (const auto& g : plan.guards)
    guards.push_back(Value::Map{{"guard", g.name}, {"count", static_cast<std::int64_t>(g.count)}, {"message", g.message}});
  for (const auto& w : plan.waiting) waiting.push_back(Value::Map{{"what", w.what}, {"mend", w.mend}});
  auto n = [](std::size_t count) { return Value(static_cast<std::int64_t>(count)); };
  return Value::Map{{"id", plan.id},
                    {"commit", plan.commit},
                    {"target", plan.target},
                    {"operations", n(plan.operations.size())},
                    {"create", n(plan.count("create"))},
                    {"change", n(plan.count("change") + plan.count("rename"))},
                    {"lock", n(plan.count("lock"))},
                    {"remove", n(plan.count("remove"))},
                    {"steps", std::move(steps)},
                    {"differences", std::move(differences)},
                    {"guards", std::move(guards)},
                    {"waiting", std::move(waiting)}};
}

void print_plan(const provision::Plan& plan) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& s : plan.steps) rows.push_back({"  " + s.verb, s.what, s.ref});
  std::string out = cli::table(rows);
  for (const auto& w : plan.waiting) out += "  waits  " + w.what + " (" + w.mend + ")\n";
  for (const auto& g : plan.guards) out += "  guard  " + g.message + " (--allow " + g.name + "=" + std::to_string(g.count) + ")\n";
  out += plan.empty() ? "nothing to do\n"
                      : text::count(plan.operations.size(), "operation") + ": " + text::count(plan.count("create"), "account") + " to create, " +
                            std::to_string(plan.count("change") + plan.count("rename")) + " to change, " + std::to_string(plan.count("lock")) +
                            " to lock, " + std::to_string(plan.count("remove")) + " to remove\n";
  cli::print(out);
}

Result<void> check_guards(const provision::Plan& plan, const std::vector<std::string>& allowed) {
  for (const auto& word : allowed)
    if (std::none_of(plan.guards.begin(), plan.guards.end(), [&](const auto& g) { return word == g.name + "=" + std::to_string(g.count); }))
      return fail(Code::cli_usage, "no guard stands there: " + text::printable(word),
                  plan.guards.empty() ? "this plan meets none; leave --allow out"
                                      : "--allow " + plan.guards[0].name + "=" + std::to_string(plan.guards[0].count));
  for (const auto& g : plan.guards) {
    auto word = g.name + "=" + std::to_string(g.count);
    if (std::find(allowed.begin(), allowed.end(), word) == allowed.end())
      return fail(Code::prv_guard, "guard " + g.name + ": " + g.message, "if that is meant: --allow " + word);
  }
  return {};
}

}  // namespace tk::tools::repo_tool
