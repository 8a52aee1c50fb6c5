#include <algorithm>

#include "core/cli/output.hpp"
#include "core/cli/spec.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "core/record/store.hpp"
#include "help/log.hpp"
#include "tools/log/anchor.hpp"

namespace tk::tools::log_tool {
namespace {

using journal::Journal;

struct Claims {
  std::vector<Anchor> all;  // the smallest first
  std::int64_t stored = 0, outside = 0, outside_last = 0, last = 0;
};

Result<std::vector<journal::NoteKey>> keys_of(const workspace::Workspace& ws, Journal& journal, const cli::Args& args) {
  std::vector<journal::NoteKey> out;
  for (const auto& word : args.all("key")) {
    auto text = word;
    if (os::exists(word)) {
      TK_TRY(text, os::read_file(word, 4096));
    }
    TK_TRY(auto key, journal::parse_note_key(text));
    out.push_back(std::move(key));
  }
  if (!out.empty()) return out;
  auto own = journal_key(ws, false);
  if (!own && own.error().code == Code::os_not_found) return out;
  if (!own) return fail(own.error());
  TK_TRY(auto origin, journal::origin_of(journal));
  out.push_back({origin, own->public_key()});
  return out;
}

// Everything that somebody signed once about this journal.
Result<Claims> claims_of(const workspace::Workspace& ws, Journal& journal, const cli::Args& args) {
  Claims out;
  auto stored = [&](const journal::StoredCheckpoint& c) -> Result<bool> {
    out.all.push_back({"the journal", c.note, c.size});
    return true;
  };
  TK_CHECK(journal::each_checkpoint(journal, stored));
  out.stored = static_cast<std::int64_t>(out.all.size());
  TK_TRY(auto in_git, git_anchors(ws));
  for (auto& anchor : in_git) out.all.push_back(std::move(anchor));
  for (const auto& file : args.all("anchor")) {
    TK_TRY(auto note, os::read_file(file, 1u << 20));
    out.all.push_back({file, std::move(note)});
  }
  out.outside = static_cast<std::int64_t>(out.all.size()) - out.stored;
  for (auto& anchor : out.all) {
    auto claimed = journal::claimed_size(anchor.note);
    // What the table says of a note must be what the note says.
    if (anchor.size != 0 && anchor.size != claimed) anchor.note.clear();
    anchor.size = claimed;
    out.last = std::max(out.last, claimed);
  }
  for (std::size_t i = static_cast<std::size_t>(out.stored); i < out.all.size(); ++i) out.outside_last = std::max(out.outside_last, out.all[i].size);
  std::stable_sort(out.all.begin(), out.all.end(), [](const auto& a, const auto& b) { return a.size < b.size; });
  return out;
}

// The first that does not fit, in the order of their sizes: what is wrong lies behind the last one that does.
Result<std::string> check_claims(Journal& journal, const Claims& claims, const std::vector<journal::NoteKey>& keys) {
  std::int64_t good = 0;
  for (const auto& anchor : claims.all) {
    auto problem = journal::check_checkpoint(journal, anchor.note, keys);
    auto text = problem ? *problem : problem.error().message;
    if (!problem && problem.error().code != Code::journal_broken) return fail(problem.error());
    if (!text.empty())
      return text + " (" + anchor.where + (good > 0 ? "; rows 1 to " + std::to_string(good) + " are as another checkpoint says)" : ")");
    good = anchor.size;
  }
  return std::string();
}

std::string summary(const journal::Verdict& verdict, const Claims& claims) {
  auto rows = [](std::int64_t n) { return std::to_string(n) + (n == 1 ? " row" : " rows"); };
  auto out = "ok: " + std::to_string(verdict.rows) + " rows; the chain holds and every record is the fold of its rows\n";
  if (claims.all.empty()) return out;
  out += "checkpoints: " + std::to_string(claims.stored) + " in the journal, " + std::to_string(claims.outside) +
         " outside of it; all are signed and fit. ";
  if (claims.outside == 0) return out + "Nothing outside says that this is not a copy put back\n";
  auto behind = verdict.rows - claims.outside_last;
  return out + "The last outside is of " + rows(claims.outside_last) + (behind > 0 ? "; nothing vouches for " + rows(behind) + " behind it" : "") + "\n";
}

Result<Exit> verify(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  auto opened = Journal::open(ws.journal_path(), store::Mode::read_only);
  if (!opened) return fail(opened.error());
  auto& journal = *opened;
  // Others go on writing: all that is compared is of one moment. What they sign is looked for before it.
  TK_TRY(auto claims, claims_of(ws, journal, args));
  TK_TRY(auto snapshot, journal.snapshot());
  auto head = journal.head();
  journal::Verdict verdict;
  {
    cli::Bar bar("verifying rows", head ? head->seq : 0);
    TK_TRY(verdict, journal.verify([&](std::int64_t rows) { bar.at(rows); }));
  }
  auto code = Code::journal_broken;
  if (verdict.ok) {
    if (verdict.rows == 0 && claims.last > 0) {
      verdict.problem = "a checkpoint of " + std::to_string(claims.last) + " rows was signed, but row 1 is missing";
    } else if (!claims.all.empty()) {
      TK_TRY(auto keys, keys_of(ws, journal, args));
      TK_TRY(verdict.problem, check_claims(journal, claims, keys));
    }
    if (!verdict.problem.empty()) code = Code::journal_checkpoint;
  }
  if (verdict.ok && verdict.problem.empty()) {
    auto states = record::check_states(journal);
    if (!states && states.error().code != Code::journal_broken) return fail(states.error());
    verdict.problem = states ? *states : states.error().message;
  }
  verdict.ok = verdict.problem.empty();
  if (args.json()) {
    Value::Map out{{"ok", verdict.ok}, {"rows", verdict.rows}, {"checkpoints", claims.stored}, {"anchors", claims.outside},
                   {"anchored", claims.outside_last}};
    if (!verdict.ok) {
      out.emplace("problem", verdict.problem);
      out.emplace("seq", verdict.bad_seq > 0 ? Value(verdict.bad_seq) : Value());
    }
    cli::print(json::pretty(out) + "\n");
  } else if (verdict.ok) {
    cli::print(summary(verdict, claims));
  }
  if (verdict.ok) return Exit::ok;
  return fail(code, verdict.problem, "keep the file as it is and compare it with a backup");
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
