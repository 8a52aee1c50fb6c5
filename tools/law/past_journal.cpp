// law-journal's side of past.hpp: the journal itself, opened to read.
#include <optional>

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

 private:
  journal::Journal journal_;
  record::Tally tally_;
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
