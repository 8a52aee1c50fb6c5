// What the tree, the checkpoints and the proofs of the journal cost, and how fast it is asked, in one run:
//   bench-journal TK [ROWS]          ROWS: 1,000,000; with TK_FULL=1 10,000,000
//   1. transitions with tree and checkpointing beside transitions without (bar: 90 % of the speed)
//   2. verify: chain, tree and payloads alone (bar: 1 M rows in 2 s and 64 MiB), then with SQLite's structure and the
//      indexes, then the fold of all records
//   3. proofs (bar: 1 ms), 4. queries by trace, actor, entity and lease (bar: p99 10 ms)
#include <sys/resource.h>
#include <unistd.h>

#include <random>
#include <thread>

#include "core/crypto/digest.hpp"
#include "core/journal/checkpoint.hpp"
#include "core/journal/detail/walk.hpp"
#include "core/os/process.hpp"
#include "core/os/terminal.hpp"
#include "tests/bench/floor.hpp"
#include "tools/session/seal.hpp"

namespace tk::journal {
struct WithoutTree {
  static void set(Journal& journal) { journal.tree_ = false; }
};
}  // namespace tk::journal

namespace {

using namespace tk;
using namespace tk::bench;
using journal::Journal;

void run(const std::vector<std::string>& words, const std::string& folder) {
  auto done = must(os::run({words, os::current_environment(), folder, {}, 1u << 20, 4096, 0, 0, false}, 600'000));
  if (done.status == 0) return;
  std::fprintf(stderr, "bench: %s\n", done.error_tail.c_str());
  std::exit(1);
}

void bench_cost(const std::string& tk, const std::string& folder) {
  run({tk, "init", folder + "/with"}, folder);
  run({tk, "init", folder + "/without"}, folder);
  Counter with(folder + "/with/.tk"), without(folder + "/without/.tk");
  tools::CheckpointSeal seal(must(workspace::Workspace::open(folder + "/with")));
  with.store().set_seal(&seal);
  journal::WithoutTree::set(without.store().journal());
  constexpr int kRounds = 120, kTicks = 50;
  double took_with = 0, took_without = 0;
  std::vector<double> a, b;
  for (int round = 0; round < kRounds; ++round)
    for (bool tree : {round % 2 == 0, round % 2 != 0})
      for (int i = 0; i < kTicks; ++i) {
        auto began = clock::monotonic_ns();
        (tree ? with : without).tick();
        auto us = us_since(began);
        (tree ? took_with : took_without) += us;
        (tree ? a : b).push_back(us);
      }
  auto last = must(journal::stored_checkpoint(with.store().journal()));
  std::printf("transitions: %d each; with tree and checkpoints %.1f us (median %.1f), without %.1f us (median %.1f): %.1f %% of the speed "
              "(bar 90); last checkpoint of %lld rows\n", kRounds * kTicks, took_with / a.size(), median(a), took_without / b.size(),
              median(b), 100 * took_without / took_with, static_cast<long long>(last ? last->size : 0));
}

// A journal of that many rows behind those of `tk init`: records of ten rows each, all as the fold says.
class Big {
 public:
  Big(Journal& journal, std::int64_t rows) : journal_(journal), rows_(rows), records_(rows / 10) {}

  void build() {
    auto text = std::string("a definition");
    definition_ = crypto::sha256_hex(text);
    for (std::int64_t i = 0; i < rows_;) {
      auto transaction = must(journal_.begin());
      if (i == 0) {
        auto s = must(journal_.db().prepare("INSERT INTO definition VALUES (?,?,?)"));
        must(s.bind(definition_).bind("counter").bind(text).run());
      }
      auto end = std::min(rows_, i + 20'000);
      for (; i < end; ++i) add(i);
      must(transaction.commit());
      must(journal_.db().checkpoint());
    }
    must(journal_.settle(must(journal_.head()).seq));
  }
  static std::string id(char kind, std::int64_t n) {
    char out[40];
    std::snprintf(out, sizeof out, "0192f3aa-%c000-7000-8000-%012llx", kind, static_cast<unsigned long long>(n));
    return out;
  }
  // Half of all rows are one actor's.
  static std::string actor(std::int64_t i) { return id('a', i % 2 ? 0 : i / 2 % 1000); }
  std::string trace(std::int64_t i) const {
    char out[40];
    std::snprintf(out, sizeof out, "0af7651916cd43dd%016llx", static_cast<unsigned long long>(i % std::max<std::int64_t>(1, rows_ / 5)));
    return out;
  }
  std::string entity(std::int64_t i) const { return id('e', i % records_); }

 private:
  void add(std::int64_t i) {
    bool fresh = i < records_;
    auto version = i / records_ + 1;
    journal::Row r;
    r.id = id('f', i);
    r.ts_ns = 1'795'000'000'000'000'000 + i * 1'000'000;
    r.trace_id = trace(i);
    r.span_id = "b7ad6b7169203331";
    r.actor_kind = "user";
    r.actor_id = actor(i);
    if (i % 10 == 3) r.on_behalf_of = id('b', i / 10 % 500);
    if (i % 50 == 7) r.borrow_id = id('c', i / 50 % 300);
    r.context_path = "acme.web";
    r.entity_type = "counter";
    r.entity_id = entity(i);
    r.event_type = fresh ? "counter.created" : "counter.updated";
    r.trigger = fresh ? "new" : "tick";
    r.from_state = fresh ? "" : "on";
    r.to_state = "on";
    r.rule_id = "owners-do-all";
    r.permission_mode = "on";
    r.decision = "allow";
    r.origin_node = "bench";
    r.kind = "done";
    r.policy_hash = std::string(64, 'a');
    auto note = "\"a note of some length " + std::to_string(version) + "\"";
    must(journal_.append(r, fresh ? "{\"input\":{},\"record\":{\"context\":\"acme.web\",\"definition\":\"" + definition_ + "\",\"name\":\"\",\"parent\":\"\"}}"
                                  : "{\"input\":{\"note\":" + note + "}}",
                         std::string("[{\"op\":\"") + (fresh ? "add" : "replace") + "\",\"path\":\"/note\",\"value\":" + note + "}]"));
    auto& db = journal_.db();
    if (fresh) {
      auto s = must(db.prepare("INSERT INTO record VALUES (?,'counter','acme.web','','',1,'on',?,?,?,?)"));
      must(s.bind(r.entity_id).bind(definition_).bind("{\"note\":" + note + "}").bind(r.ts_ns).bind(r.ts_ns).run());
    } else {
      auto s = must(db.prepare("UPDATE record SET version = ?, fields = ?, updated_ns = ? WHERE id = ?"));
      must(s.bind(version).bind("{\"note\":" + note + "}").bind(r.ts_ns).bind(r.entity_id).run());
    }
  }

  Journal& journal_;
  std::int64_t rows_, records_;
  std::string definition_;
};

double peak_mib() {
  rusage u{};
  getrusage(RUSAGE_SELF, &u);
  return static_cast<double>(u.ru_maxrss) / 1024;
}

// What verify asks of the rows, by two threads as it does it.
void walk_halves(const std::string& path, std::int64_t rows) {
  std::atomic<std::int64_t> done{0};
  auto walk = [&](journal::detail::Range range) {
    auto db = must(store::Database::open(path, store::Mode::read_only));
    auto walked = must(journal::detail::walk_range(db, range, {1, 2}, done));
    if (walked.bad_seq) std::printf("verify: NOT ok: %s\n", walked.problem.c_str());
  };
  auto half = rows / 2 / journal::Tree::kWidth * journal::Tree::kWidth;
  std::thread second(walk, journal::detail::Range{half + 1, rows});
  walk({1, half});
  second.join();
}

// In a process of its own, so that its memory is its own.
void verify(const std::string& path) {
  auto journal = must(Journal::open(path, store::Mode::read_only));
  auto lap = [began = clock::monotonic_ns()](const char* what) mutable {
    std::printf("verify: %s %.2f s, peak %.0f MiB\n", what, us_since(began) / 1e6, peak_mib());
    began = clock::monotonic_ns();
  };
  auto rows = must(journal.head()).seq;
  walk_halves(path, rows);
  lap(("chain, tree and payloads of " + std::to_string(rows) + " rows (bar: 2 s a million, 64 MiB)").c_str());
  auto verdict = must(journal.verify());
  if (!verdict.ok) std::printf("verify: NOT ok: %s\n", verdict.problem.c_str());
  lap(("all of the journal, " + std::to_string(verdict.rows) + " rows").c_str());
  {
    auto s = must(journal.db().prepare("PRAGMA integrity_check(1)"));
    static_cast<void>(must(s.step()));
  }
  lap("of it SQLite's integrity_check");
  auto states = must(record::check_states(journal));
  if (!states.empty()) std::printf("verify: NOT ok: %s\n", states.c_str());
  lap("every record is the fold of its rows");
}

void bench_proofs(Journal& journal, std::int64_t rows) {
  std::mt19937_64 random(1);
  std::vector<double> took;
  for (int i = 0; i < 2000; ++i) {
    auto index = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(rows));
    auto began = clock::monotonic_ns();
    journal::Tree tree(journal.db());
    must(tree.inclusion(index, rows));
    took.push_back(us_since(began));
  }
  std::printf("proof: inclusion %.0f us median, p99 %.0f us (bar 1000)\n", median(took), percentile(took, .99));
  took.clear();
  for (int i = 0; i < 1000; ++i) {
    auto old = 1 + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(rows));
    auto began = clock::monotonic_ns();
    must(journal::Tree(journal.db()).consistency(old, rows));
    took.push_back(us_since(began));
  }
  std::printf("proof: consistency %.0f us median, p99 %.0f us\n", median(took), percentile(took, .99));
}

void bench_queries(Journal& journal, const Big& big, std::int64_t rows) {
  std::mt19937_64 random(2);
  auto ask = [&](const char* what, const std::function<void(journal::Filter&, std::int64_t)>& fill) {
    for (bool newest : {false, true}) {
      std::vector<double> took;
      std::int64_t found = 0;
      for (int i = 0; i < 1000; ++i) {
        journal::Filter f;
        f.limit = 100;
        f.newest_first = newest;
        fill(f, static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(rows)));
        auto began = clock::monotonic_ns();
        must(journal.each(f, [&](const journal::Stored&) -> Result<bool> { return ++found, true; }));
        took.push_back(us_since(began));
      }
      std::printf("query: %s, limit 100, %s first: %.2f ms median, p99 %.2f ms (bar 10), %.0f rows each\n", what, newest ? "newest" : "oldest",
                  median(took) / 1000, percentile(took, .99) / 1000, static_cast<double>(found) / 1000);
    }
  };
  ask("trace", [&](auto& f, auto n) { f.trace = big.trace(n); });
  ask("entity", [&](auto& f, auto n) { f.entity = big.entity(n); });
  ask("actor", [&](auto& f, auto n) { f.actor = Big::actor(n); });
  ask("actor on whose behalf", [&](auto& f, auto n) { f.actor = Big::id('b', n % 500); });
  ask("lease", [&](auto& f, auto n) { f.borrow = Big::id('c', n % 300); });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  if (std::string(argv[1]) == "--verify") return verify(argv[2]), 0;
  auto tk = os::absolute(argv[1]);
  std::int64_t rows = argc > 2 ? std::atoll(argv[2]) : os::environment("TK_FULL").empty() ? 1'000'000 : 10'000'000;
  auto folder = must(os::temporary_directory("tk-bench-"));
  double load[3] = {};
  if (getloadavg(load, 3) < 1) load[0] = -1;
  std::printf("load %.2f, %ld cores\n", load[0], sysconf(_SC_NPROCESSORS_ONLN));
  bench_cost(tk, folder);
  run({tk, "init", folder + "/big"}, folder);
  auto path = folder + "/big/.tk/journal.db";
  {
    auto journal = must(Journal::open(path, store::Mode::read_write));
    Big big(journal, rows);
    auto began = clock::monotonic_ns();
    big.build();
    auto size = must(journal.head()).seq;
    std::printf("built %lld rows in %.1f s, %.0f MiB\n", static_cast<long long>(size), us_since(began) / 1e6,
                static_cast<double>(os::file_size(path)) / (1 << 20));
    bench_proofs(journal, size);
    bench_queries(journal, big, rows);
  }
  std::fflush(stdout);
  auto done = must(os::run({{os::self_path(), "--verify", path}, os::current_environment(), folder, {}, 1u << 20, 4096, 0, 0, false}, 600'000));
  std::printf("%s", done.output.c_str());
  must(os::remove_tree(folder));
}
