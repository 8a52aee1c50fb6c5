#include <algorithm>

#include <cstdlib>

#include "core/base/base64.hpp"
#include "core/base/ids.hpp"
#include "core/cli/output.hpp"
#include "core/cli/spec.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "help/log.hpp"
#include "tools/log/anchor.hpp"
#include "tools/log/proof.hpp"
#include "tools/log/rows.hpp"

namespace tk::tools::log_tool {

std::string base64_of(const crypto::Digest& hash) { return base64::encode({reinterpret_cast<const char*>(hash.data()), hash.size()}); }

Value path_json(const journal::merkle::Path& path) {
  Value::List out;
  for (const auto& hash : path) out.push_back(base64_of(hash));
  return out;
}

Result<std::int64_t> read_size(const std::string& word, const char* what) {
  if (!word.empty() && word.size() <= 18 && word.find_first_not_of("0123456789") == word.npos)
    return std::strtoll(word.c_str(), nullptr, 10);
  return fail(Code::cli_usage, std::string(what) + " is a number of rows, not \"" + word + "\"");
}

namespace {

Result<std::optional<journal::Stored>> row_at(journal::Journal& journal, std::int64_t seq) {
  std::optional<journal::Stored> out;
  journal::Filter f;
  f.after_seq = seq - 1;
  f.until_seq = seq;
  auto take = [&](const journal::Stored& stored) -> Result<bool> {
    out = stored;
    return false;
  };
  TK_CHECK(journal.each(f, take));
  return out;
}

Result<Exit> prove(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto seq, read_size(args.get("SEQ"), "SEQ"));
  TK_TRY(auto journal, journal::Journal::open(ws.journal_path(), store::Mode::read_only));
  TK_TRY(auto head, journal.head());
  if (seq < 1 || seq > head.seq)
    return fail(Code::journal_proof, "there is no row " + std::to_string(seq) + "; the journal has " + std::to_string(head.seq));
  std::string note;
  if (auto file = args.get("checkpoint"); !file.empty()) {
    TK_TRY(note, os::read_file(file, 1u << 20));
  } else {
    TK_TRY(auto checkpoint, covering(ws, journal, seq));
    note = checkpoint.note;
  }
  TK_TRY(auto keys, known_keys(ws, journal));
  TK_TRY(auto signed_by_us, journal::open_note(note, keys));
  auto name = *std::find_if(keys.begin(), keys.end(), [&](const auto& key) { return journal::open_note(note, {key}).has_value(); });
  if (signed_by_us.size < seq)
    return fail(Code::journal_proof, "the checkpoint is of " + std::to_string(signed_by_us.size) + " rows: it says nothing about row " + std::to_string(seq));
  TK_TRY(auto moment, journal.snapshot());
  TK_TRY(auto problem, journal::check_checkpoint(journal, note, {name}));
  if (!problem.empty()) return fail(Code::journal_checkpoint, problem, "run `tk log verify`");
  TK_TRY(auto row, row_at(journal, seq));
  if (!row) return fail(Code::journal_broken, "row " + std::to_string(seq) + " is missing", "run `tk log verify`");
  journal::Tree tree(journal.db());
  TK_TRY(auto path, tree.inclusion(seq - 1, signed_by_us.size));
  auto entry = journal::canonical(row->row);
  auto leaf = journal::merkle::leaf(entry);
  // What is printed was verified as whoever gets it will.
  if (!journal::merkle::included(leaf, static_cast<std::uint64_t>(seq - 1), static_cast<std::uint64_t>(signed_by_us.size), path, signed_by_us.root))
    return fail(Code::journal_broken, "row " + std::to_string(seq) + " is not the one that the tree holds; it was changed", "run `tk log verify`");
  if (args.json()) {
    cli::print(json::pretty(Value::Map{{"seq", seq}, {"row", hashed_json(row->row)}, {"entry", base64::encode(entry)},
                                       {"leaf", base64_of(leaf)}, {"index", seq - 1}, {"size", signed_by_us.size},
                                       {"path", path_json(path)}, {"root", base64_of(signed_by_us.root)},
                                       {"checkpoint", note}, {"key", name.str()}}) + "\n");
    return Exit::ok;
  }
  auto out = "c2sp.org/tlog-proof@v1\nextra " + base64::encode(entry) + "\nindex " + std::to_string(seq - 1) + "\n";
  for (const auto& hash : path) out += base64_of(hash) + "\n";
  cli::print(out + "\n" + note);
  return Exit::ok;
}

}  // namespace

cli::VerbSpec prove_verb() {
  return {"prove", "that a row is in the journal, for somebody who has only a checkpoint", {{"SEQ", "the row's number"}},
          {{"checkpoint", "FILE", "against this checkpoint (default: a stored one that covers the row)"}},
          {{"tk log prove 41 > 41.tlog-proof", "row 41, its path to the root, and the signed checkpoint"},
           {"tk log prove 41 --checkpoint anchor --json", "against an anchor that was kept outside"}},
          help::k_prove, prove,
          "{seq: int, row: {*: json}, entry: text, leaf: text, index: int, size: int, path: [text], root: text, checkpoint: text, key: text}"};
}

}  // namespace tk::tools::log_tool
