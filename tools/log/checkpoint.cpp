#include "core/base/base64.hpp"
#include "core/cli/output.hpp"
#include "core/cli/spec.hpp"
#include "core/json/json.hpp"
#include "help/log.hpp"
#include "tools/log/anchor.hpp"

namespace tk::tools::log_tool {
namespace {

Result<Exit> checkpoint(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  if (args.has("key")) {
    TK_TRY(auto journal, journal::Journal::open(ws.journal_path(), store::Mode::read_only));
    TK_TRY(auto origin, journal::origin_of(journal));
    TK_TRY(auto key, journal_key(ws, true));
    journal::NoteKey name{origin, key.public_key()};
    cli::print(args.json() ? json::pretty(Value::Map{{"key", name.str()}}) + "\n" : name.str() + "\n");
    return Exit::ok;
  }
  TK_TRY(auto made, make_anchor(ws));
  TK_TRY(auto opened, journal::open_note(made.checkpoint.note, {made.key}));
  if (args.json()) {
    auto root = std::string(opened.root.begin(), opened.root.end());
    cli::print(json::pretty(Value::Map{{"key", made.key.str()}, {"origin", opened.origin}, {"size", opened.size},
                                       {"root", base64::encode(root)}, {"checkpoint", made.checkpoint.note},
                                       {"commit", made.commit}}) + "\n");
  } else if (!args.quiet()) {
    cli::print(made.checkpoint.note);
  }
  return Exit::ok;
}

}  // namespace

cli::VerbSpec checkpoint_verb() {
  return {"checkpoint", "sign what the journal is now, and anchor it in git", {},
          {{"key", "", "print the public key that signs, and sign nothing"}},
          {{"tk log checkpoint > anchor", "a signed note of a few lines: keep it where nobody here can write"},
           {"tk log checkpoint --key > journal.vkey", "what it is verified with"},
           {"git push backup refs/tk/checkpoints", "the same anchor, by git"}},
          help::k_checkpoint, checkpoint,
          "{key: text, origin?: text, size?: int, root?: text, checkpoint?: text, commit?: text}"};
}

}  // namespace tk::tools::log_tool
