// `make bench`: every figure is a ratio to a floor or a peer in the same run, quoted with the load.
//   1. a single durable transition against the floor: the same tables, indexes and row bytes, one row
//      a transaction and a flush each, without steps 1-7
//   2. 1,000 steps of the in-process noop backend: CPU a step, and the wall beside the flushes
//   3. start-up: tk --version and tk law can (1,000 entities, index warm) against git --version
#include <spawn.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "core/os/process.hpp"
#include "core/os/terminal.hpp"
#include "core/wot/run.hpp"
#include "tests/bench/floor.hpp"
#include "tools/session/session.hpp"

namespace {

using namespace tk;

using namespace tk::bench;

double cpu_us() {
  rusage u{};
  getrusage(RUSAGE_SELF, &u);
  auto us = [](timeval t) { return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec); };
  return us(u.ru_utime) + us(u.ru_stime);
}

void bench_transition(const std::string& folder) {
  Counter counter(folder + "/ours");
  counter.tick();
  Floor floor(folder + "/floor", counter.last_row(), counter.record());
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
      counter.tick();
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
  wot::Environment env{session->store, session->gate, session->law.index(), session->workspace, session->actor, session->trace};
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
