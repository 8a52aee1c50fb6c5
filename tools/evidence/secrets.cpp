// Secrets in clear text: in the tracked files of HEAD, and in what the journal keeps. The scanner is that of the
// review agents; what it finds is masked already when it comes from there.
#include <algorithm>
#include <set>

#include "core/cli/output.hpp"
#include "core/git/repository.hpp"
#include "core/json/json.hpp"
#include "core/store/cas.hpp"
#include "plugins/agent-review/scan.hpp"
#include "tools/evidence/evidence.hpp"

namespace tk::tools::evidence {
namespace {

constexpr std::size_t kLooked = 4u << 20;  // of one file or payload

// Records that hold digests, public keys and signed statements, all of them made by tk: that something looks random,
// or like a token, says nothing there.
bool of_digests(std::string_view type) {
  static constexpr std::string_view kTypes[] = {"key", "token", "refresh", "invitation", "review", "subject", "vault"};
  return std::find(std::begin(kTypes), std::end(kTypes), type) != std::end(kTypes);
}

bool binary(std::string_view bytes) { return bytes.substr(0, 8192).find('\0') != bytes.npos; }

const char* severity(review::Severity s) {
  switch (s) {
    case review::Severity::critical: return "critical";
    case review::Severity::high: return "high";
    case review::Severity::medium: return "medium";
    default: return "low";
  }
}

class Secrets {
 public:
  explicit Secrets(Scene& scene) : scene_(scene), cas_(scene.session.workspace.state("cas")) {}

  Result<std::vector<Found>> run() {
    TK_CHECK(files());
    TK_CHECK(rows());
    return std::move(out_);
  }

 private:
  Result<void> files() {
    TK_TRY(auto repo, git::Repository::open(scene_.session.workspace.root()));
    TK_TRY(auto head, repo.head_commit());
    if (head.empty()) return {};
    TK_TRY(auto files, repo.files(head));
    for (const auto& file : files) {
      TK_TRY(auto bytes, repo.read_blob(file.blob));
      if (binary(bytes)) continue;
      for (const auto& f : review::scan_secrets(file.path, std::string_view(bytes).substr(0, kLooked)))
        out_.push_back({"clear-secret", severity(f.severity), file.path, file.path + ":" + std::to_string(f.line),
                        f.rule + ": " + f.excerpt, f.mend, 0, {}});
    }
    return {};
  }

  Result<void> rows() {
    TK_TRY(auto s, scene_.db().prepare("SELECT j.seq, j.reason, s.payload, j.event_type, lower(hex(j.hash)), j.entity_type FROM journal j LEFT JOIN side s "
                                       "ON s.seq = j.seq WHERE 1" + scene_.since() + " ORDER BY j.seq"));
    TK_TRY(auto head, scene_.session.store.journal().head());
    cli::Bar bar("reading rows", head.seq);
    for (;;) {
      TK_TRY(bool more, s.step());
      if (!more) return {};
      bar.at(s.integer(0));
      auto bytes = s.blob(2);
      std::string_view payload(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      std::set<std::string> seen;
      auto look = [&](std::string_view text) {
        for (const auto& f : review::scan_secrets("payload", text.substr(0, kLooked)))
          if (!((f.rule == "secret-high-entropy" || f.rule == "secret-jwt") && of_digests(s.text(5))) && seen.insert(f.rule + f.excerpt).second)
            out_.push_back({"clear-secret", severity(f.severity), std::string(s.text(3)), "row " + std::to_string(s.integer(0)),
                            f.rule + ": " + f.excerpt, "replace the secret: the row cannot be taken back", s.integer(0), std::string(s.text(4))});
      };
      look(s.text(1));
      if (auto value = json::parse(payload)) each_text(*value, "", look);
      else look(payload);
    }
  }

  // Every text of a payload, with the name that it has there: `password = "…"` tells more than the bare word.
  template <class Look>
  void each_text(const Value& value, const std::string& name, Look& look) {
    if (const auto* text = value.as_text()) {
      bool one_line = text->find('\n') == text->npos;
      return look(one_line && !name.empty() ? name + " = " + json::quote(*text) : *text);
    }
    if (const auto* list = value.as_list())
      for (const auto& item : *list) each_text(item, name, look);
    if (const auto* map = value.as_map()) {
      if (auto digest = map->find("$cas"); digest != map->end())
        if (auto bytes = cas_.get(digest->second.text())) {
          if (auto stored = json::parse(*bytes)) each_text(*stored, name, look);
          else look(*bytes);
          return;
        }
      for (const auto& [key, item] : *map) each_text(item, key, look);
    }
  }

  Scene& scene_;
  store::Cas cas_;
  std::vector<Found> out_;
};

}  // namespace

Result<std::vector<Found>> clear_secrets(Scene& scene) { return Secrets(scene).run(); }

}  // namespace tk::tools::evidence
