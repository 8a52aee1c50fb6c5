// The three agents of the code review: analyst, security and scorer. Each reads one JSON object and
// gives one; the files to look at stand in the current folder, exported from the diff by tk.
#pragma once

#include <string>
#include <vector>

#include "core/base/value.hpp"
#include "core/base/error.hpp"
#include "core/git/patch.hpp"
#include "plugins/agent-review/scan.hpp"

namespace tk::review {

// A finding with its file and who said it.
struct Report {
  std::string file, tool, version;
  Finding finding;
};

struct Skipped {
  std::string what, why;
  bool scanner = false;  // a scanner did not see what it should have: no clean bill then
};

struct Change {
  git::PatchSet patch;
  bool all = false;  // findings on every line, not only on added ones
  std::vector<std::string> paths(Language language) const;  // files that were exported
  const git::PatchedFile* find(const std::string& path) const;
};

Result<Change> read_change(const Value& input);

// Outside scanners; one that is missing or fails is named in `skipped`, never passed over.
void run_flawfinder(const Change& change, std::vector<Report>& out, std::vector<Skipped>& skipped);
void run_bandit(const Change& change, std::vector<Report>& out, std::vector<Skipped>& skipped);
void run_cppcheck(const Change& change, std::vector<Report>& out, std::vector<Skipped>& skipped);
void run_shellcheck(const Change& change, std::vector<Report>& out, std::vector<Skipped>& skipped);
// Ours.
void run_own(const Change& change, std::vector<Report>& out);

Result<Value> analyst(const Value& input);
Result<Value> security(const Value& input);
Result<Value> scorer(const Value& input);

std::string_view name_of(Severity severity);

}  // namespace tk::review
