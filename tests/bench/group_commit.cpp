// Group commit, measured in one run on one scratch folder: one process that flushes each commit (the floor),
// many resident ones through the whole write path, the same with the flush left out, and both with 4 ms
// more in each flush. The faults are read once a process (TK_FAIL_AT), so the workers are this program anew.
//   bench-group [PROCESSES [SECONDS]]
// Bars: with flushes ≥ 0.4 x without them or ≥ 4 x the floor, whichever is less; with 4 ms more in each
// flush ≥ 10 x the floor; and nobody starves.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sstream>

#include "core/os/process.hpp"
#include "tests/bench/floor.hpp"

namespace {

using namespace tk;
using namespace tk::bench;

struct Figures {
  double rate = 0;  // commits a second, of all
  double least = 0, most = 0;  // commits of one process
  double p50 = 0, p99 = 0, slowest = 0;  // ms
  double wal = 0;   // MiB, the most that was seen
};

// ---- a worker: says "ready", waits until stdin ends, works, says what it did

void work(const std::string& kind, const std::string& folder, double seconds) {
  Counter counter(folder);
  counter.tick();
  std::vector<Floor> floor;
  if (kind == "floor") floor.emplace_back(folder + "/floor", counter.last_row(), counter.record());
  auto say = [](const std::string& line) { must(os::write_all(1, line + "\n")); };
  say("ready");
  char end = 0;
  while (::read(0, &end, 1) > 0) {
  }
  std::vector<double> took;
  auto until = clock::monotonic_ns() + static_cast<std::int64_t>(seconds * 1e9);
  for (auto now = clock::monotonic_ns(); now < until;) {
    if (floor.empty()) counter.tick();
    else floor.front().one();
    auto then = now;
    now = clock::monotonic_ns();
    took.push_back(static_cast<double>(now - then) / 1e6);
  }
  std::ostringstream line;
  line << took.size() << " " << percentile(took, .5) << " " << percentile(took, .99) << " " << percentile(took, 1);
  say(line.str());
}

// ---- all of them

constexpr int kRounds = 3;

void add(Figures& sum, const Figures& f) {
  sum.rate += f.rate / kRounds;
  sum.p50 += f.p50 / kRounds;
  sum.least = sum.least == 0 ? f.least : std::min(sum.least, f.least);
  for (auto part : {&Figures::most, &Figures::p99, &Figures::slowest, &Figures::wal}) sum.*part = std::max(sum.*part, f.*part);
}

Figures run(const std::string& kind, int processes, double seconds, const std::string& folder,
            const std::string& fault) {
  auto environment = os::current_environment();
  std::erase_if(environment, [](const std::string& e) { return e.starts_with("TK_"); });
  if (!fault.empty()) environment.push_back("TK_FAIL_AT=" + fault);
  int in[2], out[2];
  if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) std::exit(1);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  std::vector<std::string> words = {os::self_path(), "worker", kind, folder, std::to_string(seconds)};
  std::vector<char*> argv, env;
  for (auto& w : words) argv.push_back(w.data());
  for (auto& e : environment) env.push_back(e.data());
  argv.push_back(nullptr);
  env.push_back(nullptr);
  std::vector<pid_t> pids(static_cast<std::size_t>(processes));
  for (auto& pid : pids)
    if (::posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), env.data()) != 0) std::exit(1);
  posix_spawn_file_actions_destroy(&actions);
  ::close(in[0]);
  ::close(out[1]);
  Figures f;
  std::string text;
  int ready = 0;
  std::vector<double> counts, p50, p99;
  for (bool going = false;;) {
    pollfd p{out[0], POLLIN, 0};
    if (::poll(&p, 1, 20) == 0) {
      auto wal = os::file_size(folder + (kind == "floor" ? "/floor" : "") + "/journal.db-wal");
      f.wal = std::max(f.wal, static_cast<double>(wal) / (1 << 20));
      continue;
    }
    char bytes[4096];
    auto n = ::read(out[0], bytes, sizeof bytes);
    if (n <= 0) break;
    text.append(bytes, static_cast<std::size_t>(n));
    for (std::size_t end = 0; (end = text.find('\n')) != text.npos; text.erase(0, end + 1)) {
      std::istringstream line(text.substr(0, end));
      double count = 0, half = 0, most = 0, slowest = 0;
      if (text.starts_with("ready")) {
        ++ready;
      } else if (line >> count >> half >> most >> slowest) {
        counts.push_back(count);
        p50.push_back(half);
        p99.push_back(most);
        f.slowest = std::max(f.slowest, slowest);
      }
    }
    if (ready == processes && !going) going = ::close(in[1]) == 0;
  }
  ::close(out[0]);
  for (auto pid : pids) {
    int status = 0;
    if (::waitpid(pid, &status, 0) < 0 || status != 0) std::exit(1);
  }
  if (static_cast<int>(counts.size()) != processes) std::exit(1);
  for (auto c : counts) f.rate += c / seconds;
  f.least = percentile(counts, 0);
  f.most = percentile(counts, 1);
  f.p50 = median(p50);
  f.p99 = percentile(p99, 1);
  return f;
}

void print(const char* what, const Figures& f) {
  double load[1] = {};
  if (::getloadavg(load, 1) < 1) load[0] = -1;
  std::printf("%-34s %7.0f /s  least %5.0f most %5.0f of one process  p50 %6.2f ms  worst p99 %7.2f ms  slowest %7.2f ms  "
              "WAL %4.1f MiB  load %.1f\n",
              what, f.rate, f.least, f.most, f.p50, f.p99, f.slowest, f.wal, load[0]);
  std::fflush(stdout);
}

bool bar(bool held, const char* what, double got, double wanted) {
  std::printf("%s: %.0f /s, bar %.0f /s: %s\n", what, got, wanted, held ? "held" : "MISSED");
  return held;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> args(argv + 1, argv + argc);
  if (args.size() == 4 && args[0] == "worker") {
    work(args[1], args[2], std::atof(args[3].c_str()));
    return 0;
  }
#ifndef TK_FAULTS
  std::fprintf(stderr, "bench-group needs the fault points: build it in the dev preset\n");
  return 2;
#endif
  int processes = args.empty() ? 64 : std::atoi(args[0].c_str());
  double seconds = args.size() < 2 ? 6 : std::atof(args[1].c_str());
  auto self = os::self_path();
  auto folder = self.substr(0, self.rfind('/')) + "/group-commit." + std::to_string(::getpid());
  auto many = std::to_string(processes) + " processes";
  // Turn by turn, so that what else the machine does falls on all of them.
  struct Case {
    const char* kind;
    int processes;
    const char* fault;
    std::string what;
    Figures sum;
  };
  std::vector<Case> cases = {{"floor", 1, "", "floor, one process", {}},
                             {"store", processes, "", many, {}},
                             {"store", processes, "db.sync=skip", many + ", no flush", {}},
                             {"floor", 1, "db.sync=slow:4", "floor, a flush 4 ms longer", {}},
                             {"store", processes, "db.sync=slow:4", many + ", 4 ms longer", {}}};
  for (int round = 0; round < kRounds; ++round) {
    for (auto& c : cases) {
      must(os::make_directories(folder));
      add(c.sum, run(c.kind, c.processes, seconds / kRounds, folder, c.fault));
      must(os::remove_tree(folder));
    }
  }
  for (const auto& c : cases) print(c.what.c_str(), c.sum);
  auto one = cases[0].sum.rate, all = cases[1].sum.rate, unflushed = cases[2].sum.rate;
  auto slow_one = cases[3].sum.rate, slow_all = cases[4].sum.rate;
  auto wanted = std::min(.4 * unflushed, 4 * one);
  bool good = bar(all >= wanted, "flushed (0.4 x unflushed, or 4 x floor)", all, wanted);
  good &= bar(slow_all >= 10 * slow_one, "4 ms a flush (10 x floor)", slow_all, 10 * slow_one);
  return good ? 0 : 1;
}
