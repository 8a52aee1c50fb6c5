// A journal of a million decisions in a workspace of lawbench-1 (tests/bench/law/workspace.py), for `tk law replay`;
// and what a decision costs where 1,000 rules ask for history.
//   bench-law-history WORKSPACE [rows]
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>

#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/crypto/digest.hpp"
#include "core/law/explain.hpp"
#include "core/law/condition.hpp"
#include "core/record/tally.hpp"
#include "tests/bench/law/lawbench.hpp"

namespace {

using namespace tk;

double cpu_us() {
  rusage u{};
  getrusage(RUSAGE_SELF, &u);
  auto us = [](timeval t) { return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec); };
  return us(u.ru_utime) + us(u.ru_stime);
}

void must(const Result<void>& done) {
  if (!done) std::fprintf(stderr, "bench: %s\n", describe(done.error()).c_str()), std::exit(1);
}

// Rows as the write path leaves them: records of the documents, events a0 … a9 with law's action doc.a0 … doc.a9.
void fill(journal::Journal& journal, const lawbench::Workload& w, const lawbench::Reference& reference, std::size_t rows) {
  std::string text = "record = \"resource\"\ninitial = \"ready\"\n[fields]\n[[state]]\nname = \"ready\"\n";
  for (int i = 0; i < 10; ++i)
    text += "[[transition]]\nevent = \"a" + std::to_string(i) + "\"\nfrom = [\"ready\"]\nto = \"=\"\naction = \"doc.a" + std::to_string(i) +
            "\"\ninput = { mfa = \"bool\" }\n";
  auto hash = crypto::sha256_hex(text);
  std::vector<std::uint32_t> determining;
  for (std::size_t done = 0; done < rows;) {
    auto transaction = journal.begin().value();
    if (done == 0) {
      auto pin = journal.db().prepare("INSERT INTO definition VALUES (?,'resource',?)").value();
      must(pin.bind(hash).bind(text).run());
      for (std::uint32_t d = 0; d < w.docs.size(); ++d) {
        auto s = journal.db().prepare("INSERT INTO record VALUES (?,'resource',?,?,'',1,'ready',?,'{}',0,0)").value();
        must(s.bind("rec-d" + std::to_string(d)).bind(w.space(w.docs[d].space)).bind("d" + std::to_string(d)).bind(hash).run());
      }
    }
    for (int i = 0; i < 20'000 && done < rows; ++i, ++done) {
      const auto& q = w.requests[done % w.requests.size()];
      bool allowed = reference.allowed(q, determining);
      journal::Row row;
      row.id = "row-" + std::to_string(done);
      row.ts_ns = 1'700'000'000'000'000'000 + static_cast<std::int64_t>(done) * 1'000'000;
      row.trace_id = "trace";
      row.actor_kind = "user";
      row.actor_id = "user:lb/u" + std::to_string(q.user);
      row.entity_type = "resource";
      row.entity_id = "rec-d" + std::to_string(q.doc);
      row.context_path = w.space(w.docs[q.doc].space);
      row.event_type = "resource.updated";
      row.trigger = "a" + std::to_string(q.act);
      row.from_state = row.to_state = "ready";
      row.kind = allowed ? "done" : "denied";
      row.policy_hash = "p";
      must(journal.append(row, q.mfa ? R"({"input":{"mfa":true}})" : R"({"input":{"mfa":false}})", ""));
    }
    must(transaction.commit());
  }
}

// One law with 1,000 rules on the past: 100 actions with ten each; a decision meets ten.
void decisions(journal::Journal& journal) {
  law::Model m;
  auto entity = [&](const char* type, const char* name) {
    law::Entity e;
    e.ref = {type, "lb", name};
    e.state = "active";
    m.entities.push_back(e);
  };
  entity("user", "u1");
  entity("role", "r");
  m.roles.push_back({{"role", "lb", "r"}, {}, {}, true});
  m.grants.push_back({"g", "lb", "role:lb/r", "user:lb/u1", {}});
  for (int a = 0; a < 100; ++a) m.actions.push_back("doc.a" + std::to_string(a));
  for (int i = 0; i < 1000; ++i) {
    law::Rule rule{"x" + std::to_string(i), "lb", i % 10 == 0, "role:lb/r", {"doc.a" + std::to_string(i / 10)}, "**", {}};
    rule.when.text = i % 10 == 0 ? "true" : "count('doc.a" + std::to_string(i % 10) + "', 'actor', duration('" + std::to_string(i + 1) + "m')) > 100000000";
    m.rules.push_back(rule);
  }
  auto bytes = law::compile(m, crypto::sha256_hex).value();
  auto index = law::Index::open(bytes).value();
  law::Engine engine(index);
  record::Tally tally(journal);
  auto user = index.find({"user", "lb", "u1"}).value();
  auto target = engine.target(law::Ref{"resource", "lb.main.s1", "d1"});
  law::Facts facts;
  facts.history = &tally;
  facts.now_ns = 1'700'000'000'000'000'000 + 1'000'000'000'000;
  law::Verdict v;
  auto ask = [&](std::uint32_t a) {
    tally.reset();
    engine.decide(user, *engine.action("doc.a" + std::to_string(a)), target, facts, law::Detail::all, v);
    if (v.answer != law::Answer::allow) std::fprintf(stderr, "bench: %s %s\n", v.failure.c_str(), tally.problem().c_str()), std::exit(1);
  };
  auto began = cpu_us();
  for (std::uint32_t a = 0; a < 100; ++a) ask(a);
  std::printf("first decisions, which make the counters from the rows: %.0f ms CPU in all\n", (cpu_us() - began) / 1000);
  began = cpu_us();
  for (std::uint32_t i = 0; i < 10'000; ++i) ask(i % 100);
  std::printf("a decision at 1,000 history rules (it meets nine): %.1f us CPU (bar 100)\n", (cpu_us() - began) / 10'000);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  std::size_t rows = argc > 2 ? static_cast<std::size_t>(std::atol(argv[2])) : 1'000'000;
  lawbench::Workload w;
  lawbench::Reference reference(w);
  auto journal = journal::Journal::open(std::string(argv[1]) + "/.tk/journal.db", store::Mode::read_write_create);
  if (!journal) return std::fprintf(stderr, "bench: %s\n", describe(journal.error()).c_str()), 1;
  if (journal->head().value().seq == 0) fill(*journal, w, reference, rows);
  decisions(*journal);
  return 0;
}
