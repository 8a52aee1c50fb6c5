// The tree as C2SP tlog-tiles: files that any reader of that form can check without tk.
#include "core/cli/output.hpp"
#include "core/cli/spec.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "help/log.hpp"
#include "tools/log/anchor.hpp"
#include "tools/log/proof.hpp"

namespace tk::tools::log_tool {
namespace {

using journal::Tree;

// 1234067 is x001/x234/067.
std::string path_of(std::int64_t n) {
  auto three = [](std::int64_t part) {
    auto digits = std::to_string(part);
    return std::string(3 - digits.size(), '0') + digits;
  };
  auto out = three(n % 1000);
  for (n /= 1000; n > 0; n /= 1000) out.insert(0, "x" + three(n % 1000) + "/");
  return out;
}

class Export {
 public:
  Export(journal::Journal& journal, std::string folder, std::int64_t size)
      : journal_(journal), tree_(journal.db()), folder_(std::move(folder)), size_(size) {}

  Result<std::int64_t> run() {
    std::int64_t level = 0;
    for (auto width = size_; width > 0; width /= Tree::kWidth, ++level)
      for (std::int64_t n = 0; n * Tree::kWidth < width; ++n) {
        TK_TRY(auto hashes, tree_.tile(static_cast<unsigned>(level), n));
        auto here = std::min(Tree::kWidth, width - n * Tree::kWidth);
        if (hashes.size() < static_cast<std::size_t>(here) * Tree::kHash)
          return fail(Code::journal_broken, "the journal's tree lacks hashes", "run `tk log verify`");
        TK_CHECK(write(std::to_string(level), n, here, std::string_view(hashes).substr(0, static_cast<std::size_t>(here) * Tree::kHash)));
      }
    TK_CHECK(entries());
    return files_;
  }

 private:
  Result<void> write(const std::string& level, std::int64_t n, std::int64_t width, std::string_view bytes) {
    auto path = folder_ + "/tile/" + level + "/" + path_of(n);
    if (width < Tree::kWidth) path += ".p/" + std::to_string(width);
    TK_CHECK(os::make_directories(path.substr(0, path.rfind('/'))));
    ++files_;
    return os::replace_file(path, bytes);
  }

  Result<void> entries() {
    std::string bundle;
    std::int64_t n = 0;
    auto add = [&](const journal::Stored& stored) -> Result<bool> {
      auto entry = journal::canonical(stored.row);
      if (entry.size() > 0xffff)
        return fail(Code::journal_proof, "row " + std::to_string(stored.row.seq) + " has " + std::to_string(entry.size()) +
                                             " bytes: an entry of a tile has at most 65535", "`tk log prove` proves it");
      bundle += static_cast<char>(entry.size() >> 8);
      bundle += static_cast<char>(entry.size() & 0xff);
      bundle += entry;
      auto width = stored.row.seq - n * Tree::kWidth;
      if (width < Tree::kWidth && stored.row.seq < size_) return true;
      TK_CHECK(write("entries", n, width, bundle));
      bundle.clear();
      ++n;
      return true;
    };
    journal::Filter f;
    f.until_seq = size_;
    return journal_.each(f, add);
  }

  journal::Journal& journal_;
  Tree tree_;
  std::string folder_;
  std::int64_t size_, files_ = 0;
};

Result<Exit> run_export(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  auto folder = args.get("tiles");
  if (folder.empty()) return fail(Code::cli_usage, "where to? --tiles DIR", "tk log export --tiles DIR");
  TK_TRY(auto made, make_anchor(ws));
  TK_TRY(auto journal, journal::Journal::open(ws.journal_path(), store::Mode::read_only));
  TK_TRY(auto moment, journal.snapshot());
  TK_CHECK(os::make_directories(folder));
  auto size = made.checkpoint.size;
  TK_TRY(auto files, Export(journal, folder, size).run());
  // Last: whoever reads along finds everything that it covers.
  TK_CHECK(os::write_atomic(folder + "/checkpoint", made.checkpoint.note));
  if (args.json())
    cli::print(json::pretty(Value::Map{{"tiles", folder}, {"size", size}, {"files", files + 1}, {"checkpoint", made.checkpoint.note},
                                       {"key", made.key.str()}}) + "\n");
  else
    cli::print(std::to_string(size) + " rows as " + std::to_string(files + 1) + " files in " + folder + "; key " + made.key.str() + "\n");
  return Exit::ok;
}

}  // namespace

cli::VerbSpec export_verb() {
  return {"export", "the whole journal in the form that others verify", {},
          {{"tiles", "DIR", "as C2SP tlog-tiles: the checkpoint, the tree's tiles, the rows"}},
          {{"tk log export --tiles /srv/journal", "a folder that any static web server can serve"}},
          help::k_export, run_export, "{tiles: text, size: int, files: int, checkpoint: text, key: text}"};
}

}  // namespace tk::tools::log_tool
