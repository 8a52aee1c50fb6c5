#include "tools/log/whole.hpp"

#include <algorithm>

#include "core/os/file.hpp"
#include "core/record/store.hpp"

namespace tk::tools::log_tool {

using journal::Journal;

Result<std::vector<journal::NoteKey>> note_keys(const workspace::Workspace& ws, Journal& journal,
                                                const std::vector<std::string>& words) {
  std::vector<journal::NoteKey> out;
  for (const auto& word : words) {
    auto text = word;
    if (os::exists(word)) {
      TK_TRY(text, os::read_file(word, 4096));
    }
    TK_TRY(auto key, journal::parse_note_key(text));
    out.push_back(std::move(key));
  }
  return out.empty() ? known_keys(ws, journal) : Result<std::vector<journal::NoteKey>>(std::move(out));
}

Result<Claims> claims_of(const workspace::Workspace& ws, Journal& journal, const std::vector<std::string>& files) {
  Claims out;
  auto stored = [&](const journal::StoredCheckpoint& c) -> Result<bool> {
    out.all.push_back({"the journal", c.note, c.size});
    return true;
  };
  TK_CHECK(journal::each_checkpoint(journal, stored));
  out.stored = static_cast<std::int64_t>(out.all.size());
  TK_TRY(auto in_git, git_anchors(ws));
  for (auto& anchor : in_git) out.all.push_back(std::move(anchor));
  for (const auto& file : files) {
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

namespace {

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

}  // namespace

Result<Whole> verify_whole(const workspace::Workspace& ws, Journal& journal, const Claims& claims,
                           const std::vector<std::string>& words, const std::function<void(std::int64_t rows)>& progress) {
  TK_TRY(auto verdict, journal.verify(progress));
  Whole out{verdict.rows, verdict.bad_seq, verdict.problem, Code::journal_broken};
  if (!verdict.ok) return out;
  out.code = Code::journal_checkpoint;
  if (verdict.rows == 0 && claims.last > 0) {
    out.problem = "a checkpoint of " + std::to_string(claims.last) + " rows was signed, but row 1 is missing";
  } else if (!claims.all.empty()) {
    TK_TRY(auto keys, note_keys(ws, journal, words));
    TK_TRY(out.problem, check_claims(journal, claims, keys));
  }
  if (!out.problem.empty()) return out;
  out.code = Code::journal_broken;
  auto states = record::check_states(journal);
  if (!states && states.error().code != Code::journal_broken) return fail(states.error());
  out.problem = states ? *states : states.error().message;
  return out;
}

}  // namespace tk::tools::log_tool
