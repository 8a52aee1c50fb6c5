#include "core/json/json.hpp"
#include "core/record/store.hpp"
#include "core/workspace/workspace.hpp"
#include "help/log.hpp"
#include "core/cli/output.hpp"
#include "core/cli/spec.hpp"

namespace tk::tools::log_tool {
namespace {

Result<Exit> verify(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  auto opened = journal::Journal::open(ws.journal_path(), store::Mode::read_only);
  if (!opened) return fail(opened.error());
  auto& journal = *opened;
  // Others go on writing: all that is compared is of one moment.
  TK_TRY(auto snapshot, journal.snapshot());
  auto head = journal.head();
  cli::Bar bar("verifying rows", head ? head->seq : 0);
  TK_TRY(auto verdict, journal.verify([&](std::int64_t rows) { bar.at(rows); }));
  if (verdict.ok) {
    auto states = record::check_states(journal);
    if (!states && states.error().code != Code::journal_broken) return fail(states.error());
    verdict.problem = states ? *states : states.error().message;
    verdict.ok = verdict.problem.empty();
  }
  if (args.json()) {
    Value::Map out{{"ok", verdict.ok}, {"rows", verdict.rows}};
    if (!verdict.ok) {
      out.emplace("problem", verdict.problem);
      out.emplace("seq", verdict.bad_seq > 0 ? Value(verdict.bad_seq) : Value());
    }
    cli::print(json::pretty(out) + "\n");
  } else if (verdict.ok) {
    cli::print("ok: " + std::to_string(verdict.rows) +
               " rows; the chain holds and every record is the fold of its rows\n");
  }
  if (verdict.ok) return Exit::ok;
  return fail(Code::journal_broken, verdict.problem,
              "keep the file as it is and compare it with a backup");
}

}  // namespace

cli::VerbSpec verify_verb() {
  return {"verify", "prove that no row was changed, removed or moved: 0, or 8", {}, {},
          {{"tk log verify", "names the first row that is wrong"}}, help::k_verify, verify,
          "{ok: bool, rows: int, problem?: text, seq?: int|null}"};
}

}  // namespace tk::tools::log_tool
