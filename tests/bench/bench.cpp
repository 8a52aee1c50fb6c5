// `make bench`: every figure is a ratio to a floor or a peer in the same run, quoted with the load.
//   1. a single durable transition against the floor: the same tables, indexes and row bytes,
//      synchronous=FULL, one row a transaction, without steps 1-7
//   2. 1,000 steps of the in-process noop backend: CPU a step, and the wall beside the flushes
//   3. start-up: tk --version and tk law can (1,000 entities, index warm) against git --version
#include <spawn.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>

#include "core/acl/gate.hpp"
#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "core/os/process.hpp"
#include "core/os/terminal.hpp"
#include "core/wot/run.hpp"
#include "tools/session/session.hpp"

namespace {

using namespace tk;

template <class T>
T must(Result<T> r) {
  if (r) return std::move(*r);
  std::fprintf(stderr, "bench: %s\n", describe(r.error()).c_str());
  std::exit(1);
}
void must(Result<void> r) {
  if (!r) {
    std::fprintf(stderr, "bench: %s\n", describe(r.error()).c_str());
    std::exit(1);
  }
}

double median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return v[v.size() / 2];
}
double percentile(std::vector<double> v, double p) {
  std::sort(v.begin(), v.end());
  return v[static_cast<std::size_t>(static_cast<double>(v.size() - 1) * p)];
}
double us_since(std::int64_t began) { return static_cast<double>(clock::monotonic_ns() - began) / 1000; }
double cpu_us() {
  rusage u{};
  getrusage(RUSAGE_SELF, &u);
  auto us = [](timeval t) { return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec); };
  return us(u.ru_utime) + us(u.ru_stime);
}

struct Everybody : record::Authority {
  Result<record::Ruling> rule(const record::Actor&, const std::string&, const law::Ref&) override {
    return record::Ruling{true, "owners-do-all", "", std::string(64, 'a')};
  }
};

constexpr const char* kCounter =
    "record = \"counter\"\ninitial = \"on\"\n[fields]\nnote = { type = \"text\" }\n[[state]]\nname = \"on\"\n"
    "[[transition]]\nevent = \"tick\"\nfrom = [\"on\"]\nto = \"on\"\ninput = { note = \"text\" }\n";

// The statements of a commit and nothing else, with the bytes of a real row.
class Floor {
 public:
  Floor(const std::string& path, journal::Stored row, record::Record record)
      : journal_(must(journal::Journal::open(path, store::Mode::read_write_create))),
        row_(std::move(row)), record_(std::move(record)), fields_(json::compact(record_.fields)) {
    auto& db = journal_.db();
    auto s = must(db.prepare("INSERT INTO record VALUES (?,?,?,?,?,?,?,?,?,?,?)"));
    s.bind(record_.id).bind(record_.type).bind(record_.context).bind(record_.name).bind(record_.parent);
    s.bind(record_.version).bind(record_.state).bind(record_.definition).bind(fields_);
    must(s.bind(record_.created_ns).bind(record_.updated_ns).run());
  }
  void one() {
    auto& db = journal_.db();
    must(db.begin());
    auto& r = row_.row;
    ++r.seq;
    {
      auto s = must(db.prepare("INSERT INTO journal VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,"
                               "?,?,?,?)"));
      s.bind(r.seq).bind(r.format).bind(r.id).bind(r.ts_ns);
      for (const auto* t : {&r.trace_id, &r.span_id, &r.parent_span_id, &r.actor_kind, &r.actor_id,
                            &r.on_behalf_of, &r.sponsor, &r.borrow_id, &r.context_path, &r.entity_type,
                            &r.entity_id, &r.event_type, &r.trigger, &r.from_state, &r.to_state,
                            &r.payload_digest, &r.changes_digest, &r.reason, &r.rule_id,
                            &r.permission_mode, &r.decision, &r.origin_node, &r.kind, &r.policy_hash,
                            &r.labels, &r.idempotency_key})
        s.bind(*t);
      must(s.bind_blob(r.hash).run());
    }
    {
      auto s = must(db.prepare("INSERT INTO side VALUES (?,?,?)"));
      must(s.bind(r.seq).bind(row_.payload).bind(row_.changes).run());
    }
    {
      auto s = must(db.prepare("UPDATE meta SET number = ?, bytes = ? WHERE name = 'head'"));
      must(s.bind(r.seq).bind_blob(r.hash).run());
    }
    {
      auto s = must(db.prepare("UPDATE record SET version = ?, state = ?, fields = ?, updated_ns = ? WHERE id = ?"));
      must(s.bind(r.seq).bind(record_.state).bind(fields_).bind(r.ts_ns).bind(record_.id).run());
    }
    must(db.commit());
  }

 private:
  journal::Journal journal_;
  journal::Stored row_;
  record::Record record_;
  std::string fields_;
};

void bench_transition(const std::string& folder) {
  must(os::make_directories(folder + "/records"));
  must(os::write_atomic(folder + "/records/counter.toml", kCounter));
  Everybody all;
  record::Store store(must(journal::Journal::open(folder + "/ours.db", store::Mode::read_write_create)), folder, all);
  record::Change make;
  make.type = "counter";
  make.actor = {"user", ids::uuid7(), "user:a/u", "", "", ""};
  make.trace = trace::root();
  auto made = must(store.apply(make));
  auto tick = [&] {
    record::Change c;
    c.id = made.record.id;
    c.event = "tick";
    c.input = {{"note", "a note of some length"}};
    c.actor = make.actor;
    c.trace = make.trace;
    must(store.apply(std::move(c)));
  };
  tick();
  journal::Stored last;
  auto keep = [&](const journal::Stored& s) -> Result<bool> { return last = s, true; };
  must(store.journal().each({}, keep));
  Floor floor(folder + "/floor.db", last, must(store.get(made.record.id)));
  std::vector<double> ours, floors;
  double cpu_before = 0, cpu = 0;
  for (int round = 0; round < 60; ++round) {
    for (int i = 0; i < 10; ++i) {
      auto began = clock::monotonic_ns();
      floor.one();
      floors.push_back(us_since(began));
    }
    cpu_before = cpu_us();
    for (int i = 0; i < 10; ++i) {
      auto began = clock::monotonic_ns();
      tick();
      ours.push_back(us_since(began));
    }
    cpu += cpu_us() - cpu_before;
  }
  std::printf("transition: ours %.0f us median (p99 %.0f, CPU %.0f us), floor %.0f us median (p99 %.0f); rate %.0f %% of the floor (bar 70)\n",
              median(ours), percentile(ours, .99), cpu / static_cast<double>(ours.size()), median(floors),
              percentile(floors, .99), 100 * median(floors) / median(ours));
}

void bench_noop(const std::string& tk, const std::string& folder) {
  auto run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), tk);
    auto done = must(os::run({words, os::current_environment(), folder, {}, 1u << 20, 4096, 0, 0, false}, 60'000));
    if (done.status != 0) {
      std::fprintf(stderr, "bench: %s\n", done.error_tail.c_str());
      std::exit(1);
    }
  };
  run({"init", folder + "/w"});
  setenv("TK_WORKSPACE", (folder + "/w").c_str(), 1);
  run({"repo", "new", "agent", "noop", "template=noop", "sponsor=user:" + os::user_name()});
  must(os::make_directories(folder + "/w/templates/noop"));
  must(os::write_atomic(folder + "/w/templates/noop/template.toml",
      "name = \"noop\"\nversion = \"1\"\nobjective = \"nothing\"\nbackend = \"noop\"\n[input]\nx = \"int\"\n[output]\nx = \"int\"\n"));
  std::string wot = "wot = \"chain\"\n[input]\nx = \"int\"\n";
  for (int i = 0; i < 1000; ++i) wot += "[[step]]\nname = \"s" + std::to_string(i) + "\"\nagent = \"noop\"\n";
  must(os::make_directories(folder + "/w/wots"));
  must(os::write_atomic(folder + "/w/wots/chain.toml", wot));
  auto session = must(tools::Session::open());
  wot::Environment env{session->store, session->law.index(), session->workspace, session->actor, session->trace};
  auto plan = must(wot::load_plan("chain", env.index, env.workspace));
  auto id = must(wot::start(env, plan, {{"x", 1}}));
  auto began = clock::monotonic_ns();
  auto cpu = cpu_us();
  wot::Options options;
  options.fresh = true;
  must(wot::drive(env, plan, id, options));
  std::printf("noop: 1,000 steps, 2,000 durable transitions: CPU %.0f us a step (goal 300), wall %.0f us a step\n",
              (cpu_us() - cpu) / 1000, us_since(began) / 1000);
}

double spawn_us(const std::vector<std::string>& words) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (const auto& w : words) argv.push_back(const_cast<char*>(w.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", 1, 0);
  auto began = clock::monotonic_ns();
  pid_t pid = 0;
  if (posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ) != 0) std::exit(1);
  int status = 0;
  waitpid(pid, &status, 0);
  auto took = us_since(began);
  posix_spawn_file_actions_destroy(&actions);
  if (status != 0) {
    std::fprintf(stderr, "bench: %s ended with %d\n", words[0].c_str(), status);
    std::exit(1);
  }
  return took;
}

void bench_start(const std::string& tk, const std::string& folder) {
  auto w = folder + "/w";
  std::string users = "<users>\n";
  for (int i = 0; i < 1000; ++i) users += "  <user name=\"u" + std::to_string(i) + "\"/>\n";
  must(os::write_atomic(w + "/galaxies/w/users/many.xml", users + "</users>\n"));
  must(os::run({{"sh", "-c", "git add -A && git -c user.name=b -c user.email=b@example.org commit -qm many"},
                os::current_environment(), w, {}, 1u << 20, 4096, 0, 0, false}, 60'000));
  auto rebuild = spawn_us({tk, "repo", "compile", "--quiet"});
  std::vector<std::string> can = {tk, "law", "can", "user:" + os::user_name(), "cast.answer", "cast:w/x"};
  std::vector<double> git, version, law;
  for (int i = 0; i < 200; ++i) {
    git.push_back(spawn_us({"git", "--version"}));
    version.push_back(spawn_us({tk, "--version"}));
    law.push_back(spawn_us(can));
  }
  std::printf("start: git --version %.0f us; tk --version %.0f us = %.2fx (bar 0.8)\n", median(git),
              median(version), median(version) / median(git));
  std::printf("start: tk law can, 1,000 entities, %.0f us = %.2fx (bar 3); index rebuild apart %.1f ms\n",
              median(law), median(law) / median(git), rebuild / 1000);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  auto tk = os::absolute(argv[1]);
  auto folder = must(os::temporary_directory("tk-bench-"));
  double load[3] = {};
  if (getloadavg(load, 3) < 1) load[0] = -1;
  std::printf("load %.2f, %ld cores\n", load[0], sysconf(_SC_NPROCESSORS_ONLN));
  bench_transition(folder);
  bench_noop(tk, folder);
  bench_start(tk, folder);
  must(os::remove_tree(folder));
}
