#include "core/cli/output.hpp"
#include "core/cli/spec.hpp"
#include "core/json/json.hpp"
#include "core/journal/journal.hpp"
#include "core/journal/tree.hpp"
#include "core/workspace/workspace.hpp"
#include "help/log.hpp"
#include "tools/log/proof.hpp"

namespace tk::tools::log_tool {
namespace {

Result<Exit> consistency(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto journal, journal::Journal::open(ws.journal_path(), store::Mode::read_only));
  TK_TRY(auto moment, journal.snapshot());
  TK_TRY(auto head, journal.head());
  TK_TRY(auto old, read_size(args.get("OLD"), "OLD"));
  TK_TRY(auto size, read_size(args.get("NEW", std::to_string(head.seq)), "NEW"));
  if (old < 1 || old > size || size > head.seq)
    return fail(Code::journal_proof,
                "no proof from " + std::to_string(old) + " to " + std::to_string(size) + " rows: the journal has " + std::to_string(head.seq),
                "1 <= OLD <= NEW <= the number of rows");
  journal::Tree tree(journal.db());
  TK_TRY(auto path, tree.consistency(old, size));
  TK_TRY(auto old_root, tree.root(old));
  TK_TRY(auto root, tree.root(size));
  auto unsigned_of = [](std::int64_t n) { return static_cast<std::uint64_t>(n); };
  if (!journal::merkle::consistent(unsigned_of(old), unsigned_of(size), path, old_root, root))
    return fail(Code::journal_broken, "the tree does not go on from its first " + std::to_string(old) + " rows", "run `tk log verify`");
  if (args.json()) {
    cli::print(json::pretty(Value::Map{{"old", old}, {"new", size}, {"old_root", base64_of(old_root)}, {"root", base64_of(root)},
                                       {"path", path_json(path)}}) + "\n");
    return Exit::ok;
  }
  auto out = "old " + std::to_string(old) + " " + base64_of(old_root) + "\nnew " + std::to_string(size) + " " + base64_of(root) + "\n";
  for (const auto& hash : path) out += base64_of(hash) + "\n";
  cli::print(out);
  return Exit::ok;
}

}  // namespace

cli::VerbSpec consistency_verb() {
  return {"consistency", "that the journal of NEW rows begins with that of OLD rows",
          {{"OLD", "a number of rows"}, {"NEW", "a number of rows (default: all)", false}}, {},
          {{"tk log consistency 1000 2000 --json", "nothing before row 1001 changed between two checkpoints"}},
          help::k_consistency, consistency, "{old: int, new: int, old_root: text, root: text, path: [text]}"};
}

}  // namespace tk::tools::log_tool
