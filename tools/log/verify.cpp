#include "core/cli/output.hpp"
#include "core/cli/spec.hpp"
#include "core/json/json.hpp"
#include "help/log.hpp"
#include "tools/log/whole.hpp"

namespace tk::tools::log_tool {
namespace {

std::string summary(const Whole& whole, const Claims& claims) {
  auto rows = [](std::int64_t n) { return std::to_string(n) + (n == 1 ? " row" : " rows"); };
  auto out = "ok: " + std::to_string(whole.rows) + " rows; the chain holds and every record is the fold of its rows\n";
  if (claims.all.empty()) return out;
  out += "checkpoints: " + std::to_string(claims.stored) + " in the journal, " + std::to_string(claims.outside) +
         " outside of it; all are signed and fit. ";
  if (claims.outside == 0) return out + "Nothing outside says that this is not a copy put back\n";
  auto behind = whole.rows - claims.outside_last;
  return out + "The last outside is of " + rows(claims.outside_last) + (behind > 0 ? "; nothing vouches for " + rows(behind) + " behind it" : "") + "\n";
}

Result<Exit> verify(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  auto opened = journal::Journal::open(ws.journal_path(), store::Mode::read_only);
  if (!opened) return fail(opened.error());
  auto& journal = *opened;
  // Others go on writing: all that is compared is of one moment.
  TK_TRY(auto claims, claims_of(ws, journal, args.all("anchor")));
  TK_TRY(auto snapshot, journal.snapshot());
  auto head = journal.head();
  Whole whole;
  {
    cli::Bar bar("verifying rows", head ? head->seq : 0);
    TK_TRY(whole, verify_whole(ws, journal, claims, args.all("key"), [&](std::int64_t rows) { bar.at(rows); }));
  }
  bool ok = whole.problem.empty();
  if (args.json()) {
    Value::Map out{{"ok", ok}, {"rows", whole.rows}, {"checkpoints", claims.stored}, {"anchors", claims.outside},
                   {"anchored", claims.outside_last}};
    if (!ok) {
      out.emplace("problem", whole.problem);
      out.emplace("seq", whole.bad_seq > 0 ? Value(whole.bad_seq) : Value());
    }
    cli::print(json::pretty(out) + "\n");
  } else if (ok) {
    cli::print(summary(whole, claims));
  }
  if (ok) return Exit::ok;
  return fail(whole.code, whole.problem, "keep the file as it is and compare it with a backup");
}

}  // namespace

cli::VerbSpec verify_verb() {
  return {"verify", "prove that no row was changed, removed or moved: 0, or 8", {},
          {{"anchor", "FILE", "a checkpoint that was kept outside", {}, true},
           {"key", "KEY", "the key that has to have signed, or a file of it (default: the own)", {}, true}},
          {{"tk log verify", "names the first row that is wrong"},
           {"tk log verify --anchor yesterday.checkpoint", "also that the journal goes on from where it was yesterday"}},
          help::k_verify, verify,
          "{ok: bool, rows: int, checkpoints: int, anchors: int, anchored: int, problem?: text, seq?: int|null}"};
}

}  // namespace tk::tools::log_tool
