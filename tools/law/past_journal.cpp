// law-journal's side of past.hpp: the journal itself, opened to read.
#include <optional>
#include <set>

#include "core/base/clock.hpp"
#include "core/os/file.hpp"
#include "core/record/tally.hpp"
#include "tools/law/past.hpp"

namespace tk::tools::law_tool {
namespace {

class Journal : public Memory {
 public:
  explicit Journal(journal::Journal journal) : journal_(std::move(journal)), tally_(journal_, true) {}
  expr::Cell tell(const expr::Input& call, const tk::law::EntityView& actor, const tk::law::Ref& resource,
                  const tk::law::Facts& facts) override {
    tally_.reset();  // others write meanwhile
    return tally_.tell(call, actor, resource, facts);
  }
  // Looked up anew as soon as anybody's standing changed; where that cannot be told, each time.
  bool halted(const tk::law::EntityView& actor) override {
    auto* live = journal_.live();
    if (!live || !looked_ || live->standing() != standing_ || clock::monotonic_ns() - looked_ns_ > 1'000'000'000) look(live);
    return !known_ || halted_.contains(actor.id);
  }

 private:
  void look(journal::Live* live) {
    standing_ = live ? live->standing() : 0;
    looked_ns_ = clock::monotonic_ns();
    looked_ = true;
    halted_.clear();
    known_ = false;  // who cannot be looked up may be halted
    auto s = journal_.db().prepare("SELECT name FROM record WHERE type = 'standing' AND state = 'halted'");
    if (!s) return;
    for (;;) {
      auto row = s->step();
      if (!row) return;
      if (!*row) break;
      halted_.emplace(s->text(0));
    }
    known_ = true;
  }
  journal::Journal journal_;
  record::Tally tally_;
  std::set<std::string, std::less<>> halted_;  // entity ids
  std::uint64_t standing_ = 0;
  std::int64_t looked_ns_ = 0;
  bool looked_ = false, known_ = false;
};

// Where nothing has happened yet.
class Nothing : public Memory {
 public:
  expr::Cell tell(const expr::Input& call, const tk::law::EntityView&, const tk::law::Ref&,
                  const tk::law::Facts& facts) override {
    return record::answer_call(call, {}, {}, facts.now_ns);
  }
};

}  // namespace

Result<std::unique_ptr<Memory>> Memory::open(const workspace::Workspace& ws) {
  if (!os::exists(ws.journal_path())) return std::unique_ptr<Memory>(std::make_unique<Nothing>());
  TK_TRY(auto journal, journal::Journal::open(ws.journal_path(), store::Mode::read_only));
  return std::unique_ptr<Memory>(std::make_unique<Journal>(std::move(journal)));
}

}  // namespace tk::tools::law_tool
