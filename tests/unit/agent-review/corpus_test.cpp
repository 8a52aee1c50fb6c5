// The hand-made corpus judges the scanner: recall at least 0.9 and at most one false alarm in eight,
// for every language and for the keys apart.
#include <doctest/doctest.h>

#include <map>

#include "core/base/text.hpp"
#include "core/os/file.hpp"
#include "plugins/agent-review/scan.hpp"

namespace {

using namespace tk;

const std::string kCorpora = std::string(TK_SOURCE_DIR) + "/tests/corpus/";

std::vector<std::vector<std::string>> rows_of(const std::string& file) {
  std::vector<std::vector<std::string>> out;
  auto text = os::read_file(file);
  REQUIRE(text);
  for (auto line : text::split(*text, '\n')) {
    if (line.empty()) continue;
    auto& row = out.emplace_back();
    for (auto field : text::split(line, '\t')) row.emplace_back(field);
  }
  return out;
}

std::string without_marks(std::string text) {
  for (std::size_t at; (at = text.find("~~")) != text.npos;) text.erase(at, 2);
  return text;
}

// The kind of file that a line of its shape stands in.
std::string path_for(const std::string& line) {
  auto equals = line.find('=');
  bool name = equals != line.npos && equals > 0 &&
              line.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == equals;
  if (name || line.starts_with("export ")) return "deploy/.env";
  if (line.find('"') != line.npos || line.find('\'') != line.npos || line.find('(') != line.npos)
    return "src/settings.py";
  auto colon = line.find(": ");
  if (colon != line.npos && colon < equals) return "deploy/config.yaml";
  return equals != line.npos ? "deploy/config.properties" : "deploy/notes.conf";
}

struct Tally {
  int bad = 0, found = 0, good = 0, alarms = 0;
  void check(const std::string& name) const {
    MESSAGE(name << ": recall " << found << "/" << bad << ", false alarms " << alarms << "/" << good);
    CHECK(found >= 0.9 * bad);
    CHECK(alarms * 8 <= good);
  }
};


// Languages of few cases are judged together: one miss in eight says little.
void judge_sql(const std::string& root, bool apart) {
  std::map<std::string, Tally> tallies;
  for (const auto& row : rows_of(root + "expected.tsv")) {
    auto& tally = tallies[row[0].substr(0, row[0].find('/'))];
    auto text = os::read_file(root + row[0]);
    REQUIRE(text);
    bool hit = false;
    for (const auto& f : review::scan_sql(review::language_of(row[0], *text), *text))
      hit = hit || (f.line >= std::stoi(row[1]) && f.line <= std::stoi(row[2]));
    ++tally.bad;
    tally.found += hit;
    if (!hit) MESSAGE("missed: " << row[0] << ":" << row[1]);
  }
  Tally all;
  for (auto& [language, tally] : tallies) {
    auto names = os::list_directory(root + language + "/safe");
    REQUIRE(names);
    for (const auto& name : *names) {
      auto path = language + "/safe/" + name;
      auto text = os::read_file(root + path);
      REQUIRE(text);
      auto findings = review::scan_sql(review::language_of(path, *text), *text);
      ++tally.good;
      tally.alarms += !findings.empty();
      for (const auto& f : findings) MESSAGE("false alarm: " << path << ":" << f.line << " " << f.excerpt);
    }
    if (apart) tally.check(language);
    all.bad += tally.bad, all.found += tally.found, all.good += tally.good, all.alarms += tally.alarms;
  }
  all.check("all languages");
  CHECK(tallies.size() == 5);
}

void judge_keys(const std::string& root) {
  Tally tally;
  for (const auto& row : rows_of(root + "keys.tsv")) {
    ++tally.bad;
    bool hit = !review::scan_secrets(path_for(row[1]), without_marks(row[1])).empty();
    tally.found += hit;
    if (!hit) MESSAGE("missed: " << row[0] << "  " << row[1]);
  }
  for (const auto& row : rows_of(root + "decoys.tsv")) {
    ++tally.good;
    auto findings = review::scan_secrets(path_for(row[1]), without_marks(row[1]));
    tally.alarms += !findings.empty();
    if (!findings.empty()) MESSAGE("false alarm: " << row[0] << "  " << row[1] << "  " << findings[0].rule);
  }
  tally.check("keys");
}

}  // namespace

TEST_CASE("the hand-made corpus: SQL built from values is found, look-alikes are not") {
  judge_sql(kCorpora + "review/", true);
}
TEST_CASE("the hand-made corpus: keys are found, decoys are not") {
  judge_keys(kCorpora + "review/");
}
TEST_CASE("the held-out corpus: SQL built from values is found, look-alikes are not") {
  judge_sql(kCorpora + "review-held-out/", false);
}
TEST_CASE("the held-out corpus: keys are found, decoys are not") {
  judge_keys(kCorpora + "review-held-out/");
}
