#include "tools/session/values.hpp"

#include "core/journal/journal.hpp"
#include "core/os/file.hpp"
#include "core/record/store.hpp"
#include "core/record/entity_types.hpp"
#include "core/workspace/workspace.hpp"

namespace tk::tools {
namespace {

using Candidates = std::vector<cli::Candidate>;
constexpr std::int64_t kMost = 200;  // nobody reads more in a terminal

// The newest records of a type (all types when empty), by a query of their own: no record is parsed.
void records(const workspace::Workspace& ws, const std::string& where, const std::string& word, Candidates& out,
             bool by_name) {
  auto journal = journal::Journal::open(ws.journal_path(), store::Mode::read_only);
  if (!journal) return;
  auto s = journal->db().prepare("SELECT id, type, name, state FROM record WHERE " + where +
                                 " ORDER BY id DESC LIMIT " + std::to_string(kMost));
  if (!s) return;
  if (!word.empty()) s->bind(word);
  for (;;) {
    auto row = s->step();
    if (!row || !*row) return;
    auto name = std::string(s->text(2));
    auto short_name = name.substr(name.rfind('/') + 1);
    out.push_back({by_name && !name.empty() ? short_name : std::string(s->text(0)),
                   std::string(s->text(1)) + " " + (by_name ? "" : name + " ") + std::string(s->text(3))});
  }
}

void files(const std::string& folder, std::string_view ending, Candidates& out) {
  auto names = os::list_directory(folder);
  if (!names) return;
  for (const auto& name : *names)
    if (name.ends_with(ending)) out.push_back({name.substr(0, name.size() - ending.size()), ""});
}

void events(const workspace::Workspace& ws, const std::string& id, Candidates& out) {
  auto journal = journal::Journal::open(ws.journal_path(), store::Mode::read_only);
  if (!journal) return;
  struct Nobody : record::Authority {
    Result<record::Ruling> rule(const record::Question&) override {
      return fail(Code::law_denied, "");
    }
  } nobody;
  record::Store store(std::move(*journal), ws.root(), nobody);
  auto found = store.find(id);
  if (!found) return;
  auto definition = store.definition_of(*found);
  if (!definition) return;
  for (const auto& event : (*definition)->events_from(found->state)) out.push_back({event, "from " + found->state});
}

}  // namespace

Candidates values(const std::string& kind, const cli::Args& given) {
  auto out = law_values(kind, given);
  auto ws = workspace::Workspace::find();
  if (!ws || !out.empty()) return out;
  if (kind == "RUN") {
    records(*ws, "type = 'run'", "", out, false);
  } else if (kind == "ID") {
    records(*ws, "type NOT IN ('token')", "", out, false);
  } else if (kind == "ITEM") {
    records(*ws, "type = 'parked' AND state IN ('open', 'approved') OR type = 'cast' AND state = 'open'", "", out, false);
  } else if (kind == "WHAT") {
    files(ws->path("records"), ".toml", out);
  } else if (kind == "CAST") {
    records(*ws, "type = 'cast' AND state = 'open' AND parent = ?", given.get("RUN"), out, true);
  } else if (kind == "EVENT") {
    events(*ws, given.get("ID"), out);
  } else if (kind == "WORKFLOW") {
    files(ws->path("wots"), ".toml", out);
  } else if (kind == "TYPE") {
    for (const auto& t : record::entity_type_table()) out.push_back({std::string(t.name), ""});
    files(ws->path("records"), ".toml", out);
  }
  return out;
}

}  // namespace tk::tools
