// What the benches share: a record to count with, and the floor that a durable transition is held against.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "core/record/store.hpp"

namespace tk::bench {

template <class T>
T must(Result<T> r) {
  if (r) return std::move(*r);
  std::fprintf(stderr, "bench: %s\n", describe(r.error()).c_str());
  std::exit(1);
}
inline void must(Result<void> r) {
  if (r) return;
  std::fprintf(stderr, "bench: %s\n", describe(r.error()).c_str());
  std::exit(1);
}

inline double percentile(std::vector<double> v, double p) {
  if (v.empty()) return 0;
  std::sort(v.begin(), v.end());
  return v[static_cast<std::size_t>(static_cast<double>(v.size() - 1) * p)];
}
inline double median(std::vector<double> v) { return percentile(std::move(v), .5); }
inline double us_since(std::int64_t began) {
  return static_cast<double>(clock::monotonic_ns() - began) / 1000;
}

struct Everybody : record::Authority {
  Result<record::Ruling> rule(const record::Question&) override {
    record::Ruling out;
    out.allow = true;
    out.rule_id = "owners-do-all";
    out.policy_hash = std::string(64, 'a');
    return out;
  }
};

// A record that counts, through the whole write path. The folder has the journal and its live page.
class Counter {
 public:
  explicit Counter(const std::string& folder) : store_(open(folder), folder, everybody_) {
    record::Change make;
    make.type = "counter";
    make.actor = actor_;
    make.trace = trace_;
    id_ = must(store_.apply(std::move(make))).record.id;
  }
  void tick() {
    record::Change c;
    c.id = id_;
    c.event = "tick";
    c.input = {{"note", "a note of some length"}};
    c.actor = actor_;
    c.trace = trace_;
    must(store_.apply(std::move(c)));
  }
  journal::Stored last_row() {
    journal::Stored last;
    journal::Filter newest;
    newest.newest_first = true;
    newest.limit = 1;
    must(store_.journal().each(newest, [&](const journal::Stored& s) -> Result<bool> { return last = s, true; }));
    return last;
  }
  record::Record record() { return must(store_.get(id_)); }
  record::Store& store() { return store_; }

 private:
  static journal::Journal open(const std::string& folder) {
    must(os::make_directories(folder + "/records"));
    must(os::write_atomic(folder + "/records/counter.toml",
                          "record = \"counter\"\ninitial = \"on\"\n[fields]\nnote = { type = \"text\" }\n"
                          "[[state]]\nname = \"on\"\n[[transition]]\nevent = \"tick\"\nfrom = [\"on\"]\n"
                          "to = \"on\"\ninput = { note = \"text\" }\n"));
    return must(journal::Journal::open(folder + "/journal.db", store::Mode::read_write_create));
  }
  Everybody everybody_;
  record::Store store_;
  record::Actor actor_ = {"user", ids::uuid7(), "user:a/u", "", "", ""};
  trace::Context trace_ = trace::root();
  std::string id_;
};

// The statements of a commit, its own flush and nothing else, with the bytes of a real row.
class Floor {
 public:
  Floor(const std::string& folder, journal::Stored row, record::Record record)
      : journal_(open(folder)), row_(std::move(row)), record_(std::move(record)),
        fields_(json::compact(record_.fields)) {
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
    must(db.flush());
    if (db.wal_is_long()) must(db.checkpoint());
  }

 private:
  static journal::Journal open(const std::string& folder) {
    must(os::make_directories(folder));
    return must(journal::Journal::open(folder + "/journal.db", store::Mode::read_write_create));
  }
  journal::Journal journal_;
  journal::Stored row_;
  record::Record record_;
  std::string fields_;
};

}  // namespace tk::bench
