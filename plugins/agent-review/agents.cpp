#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/base/text.hpp"
#include "core/crypto/digest.hpp"
#include "plugins/agent-review/review.hpp"

namespace tk::review {
namespace {

constexpr std::string_view kSeverities[] = {"low", "medium", "high", "critical"};
constexpr double kWeights[] = {0.02, 0.08, 0.2, 0.4};

std::string fold_spaces(std::string_view s) {
  std::string out;
  for (char c : s) {
    bool space = c == ' ' || c == '\t';
    if (!space) out += c;
    else if (!out.empty() && out.back() != ' ') out += ' ';
  }
  return out;
}

// Stays when lines move: rule, file and what stands on the line, and which of the equal ones it is.
class Fingerprints {
 public:
  std::string of(const Report& r) {
    auto key = r.finding.rule + '\0' + r.file + '\0' + fold_spaces(r.finding.excerpt);
    return crypto::sha256_hex(key + '\0' + std::to_string(seen_[key]++)).substr(0, 16);
  }

 private:
  std::map<std::string, int> seen_;
};

// Every value that is a secret anywhere in the change is masked wherever it stands in what is said.
class Masker {
 public:
  explicit Masker(const Change& change) {
    std::set<std::string> all;
    for (const auto& f : change.patch.files)
      if (!f.deleted && !f.binary)
        for (auto& value : secret_values(f.path, f.content)) all.insert(std::move(value));
    values_.assign(all.begin(), all.end());
    std::stable_sort(values_.begin(), values_.end(), [](auto& a, auto& b) { return a.size() > b.size(); });
  }
  std::string operator()(std::string text) const {
    for (const auto& value : values_)
      for (std::size_t at = 0; (at = text.find(value, at)) != text.npos; ++at)
        text.replace(at, value.size(), value.size() >= 12 ? value.substr(0, 4) + "…" : "…");
    return text;
  }

 private:
  std::vector<std::string> values_;  // longest first
};

Value finding_value(const Report& r, const std::string& agent, const std::string& fingerprint) {
  return Value::Map{{"file", r.file}, {"line", r.finding.line}, {"column", r.finding.column},
                    {"rule", r.finding.rule}, {"severity", name_of(r.finding.severity)},
                    {"message", r.finding.message}, {"mend", r.finding.mend},
                    {"excerpt", r.finding.excerpt}, {"fingerprint", fingerprint},
                    {"agent", agent}, {"tool", r.tool}, {"tool_version", r.version}};
}

// In scope, in the order of the files, each place and rule once.
Value::List to_values(const Change& change, std::vector<Report> reports, const std::string& agent) {
  std::stable_sort(reports.begin(), reports.end(), [](const Report& a, const Report& b) {
    return std::tie(a.file, a.finding.line, a.finding.column, a.finding.rule) <
           std::tie(b.file, b.finding.line, b.finding.column, b.finding.rule);
  });
  Masker mask(change);
  for (auto& r : reports)
    for (auto* said : {&r.finding.message, &r.finding.mend, &r.finding.excerpt}) *said = mask(std::move(*said));
  Fingerprints fingerprints;
  std::set<std::tuple<std::string, int, std::string>> seen;
  Value::List out;
  for (const auto& r : reports) {
    const auto* file = change.find(r.file);
    if (!file) continue;
    if (!seen.emplace(r.file, r.finding.line, r.finding.rule).second) continue;
    auto fingerprint = fingerprints.of(r);
    if (change.all || file->adds(r.finding.line)) out.push_back(finding_value(r, agent, fingerprint));
  }
  return out;
}

Value::List to_values(const std::vector<Skipped>& skipped) {
  Value::List out;
  for (const auto& s : skipped)
    out.push_back(Value::Map{{"what", s.what}, {"why", s.why}, {"scanner", s.scanner}});
  return out;
}

Value::List list_of(const Value& value) { return value.as_list() ? *value.as_list() : Value::List{}; }

std::size_t severity_of(const Value& finding) {
  auto word = finding["severity"].text();
  for (std::size_t i = 0; i < 4; ++i)
    if (word == kSeverities[i]) return i;
  return 0;
}

std::string place_of(const Value& f) {
  return f["file"].text() + ":" + std::to_string(f["line"].integer()) + " (" + f["rule"].text() + ")";
}

// A fingerprint at the start of a line; the rest of the line is for people.
std::set<std::string> read_suppressions(const std::string& text) {
  std::set<std::string> out;
  for (auto line : text::split(text, '\n')) {
    auto word = text::trim(line);
    if (word.empty() || word.front() == '#') continue;
    out.emplace(word.substr(0, word.find_first_of(" \t#")));
  }
  return out;
}

// Languages that no scanner here reads, by the ending of the file's name.
constexpr std::pair<std::string_view, std::string_view> kUnread[] = {
    {".pl", "Perl"}, {".pm", "Perl"}, {".rb", "Ruby"}, {".java", "Java"}, {".go", "Go"},
    {".cs", "C#"}, {".lua", "Lua"}, {".rs", "Rust"}, {".kt", "Kotlin"}, {".scala", "Scala"},
    {".swift", "Swift"}, {".sql", "SQL"}, {".vb", "Basic"}, {".pas", "Pascal"}};

void name_unread(const Change& change, std::vector<Skipped>& skipped) {
  std::map<std::string_view, std::size_t> counts;
  for (const auto& f : change.patch.files)
    for (auto [ending, language] : kUnread)
      if (!f.deleted && f.path.ends_with(ending) && language_of(f.path, f.content) == Language::unknown)
        ++counts[language];
  for (auto [language, n] : counts)
    skipped.push_back({std::string(language), text::count(n, "file") +
                                                  ": no scanner for this language, only secrets were looked for"});
}

std::string summary_of(const Change& change, std::size_t findings) {
  std::map<std::string, int> languages;
  int lines = 0, files = 0;
  static constexpr const char* kNames[] = {"other", "Python", "JavaScript", "PHP", "C/C++", "shell"};
  for (const auto& f : change.patch.files) {
    ++files;
    for (const auto& range : f.added) lines += range.last - range.first + 1;
    if (!f.deleted && !f.binary && !f.submodule)
      ++languages[kNames[static_cast<int>(language_of(f.path, f.content))]];
  }
  std::vector<std::string> parts;
  parts.reserve(languages.size());
  for (const auto& [name, n] : languages) parts.push_back(std::to_string(n) + " " + name);
  return text::count(static_cast<std::size_t>(files), "file") + " changed, " +
         text::count(static_cast<std::size_t>(lines), "line") + " added" +
         (parts.empty() ? "" : " (" + text::join(parts, ", ") + ")") + "; " +
         text::count(findings, "finding") + " of quality";
}

}  // namespace

std::string_view name_of(Severity severity) { return kSeverities[static_cast<std::size_t>(severity)]; }

const git::PatchedFile* Change::find(const std::string& path) const {
  for (const auto& f : patch.files)
    if (f.path == path && !f.deleted) return &f;
  return nullptr;
}

std::vector<std::string> Change::paths(Language language) const {
  std::vector<std::string> out;
  for (const auto& f : patch.files)
    if (!f.deleted && !f.binary && !f.submodule && language_of(f.path, f.content) == language)
      out.push_back(f.path);
  return out;
}

Result<Change> read_change(const Value& input) {
  Change out;
  auto scope = input["scope"].text("added");
  if (scope != "added" && scope != "all")
    return fail(Code::wot_input, "scope must be added or all, not " + scope);
  out.all = scope == "all";
  TK_TRY(out.patch, git::read_patch(input["diff"].text()));
  return out;
}

Result<Value> analyst(const Value& input) {
  TK_TRY(auto change, read_change(input));
  std::vector<Report> reports;
  std::vector<Skipped> skipped;
  for (const auto& f : change.patch.files) {
    if (f.binary) skipped.push_back({f.path, "binary"});
    else if (f.submodule) skipped.push_back({f.path, "submodule"});
    else if (!f.whole && !f.deleted) skipped.push_back({f.path, "the diff shows a part of the file only"});
  }
  for (const auto& [path, why] : change.patch.refused) skipped.push_back({path, why});
  name_unread(change, skipped);
  run_cppcheck(change, reports, skipped);
  run_shellcheck(change, reports, skipped);
  auto findings = to_values(change, std::move(reports), "analyst");
  auto summary = summary_of(change, findings.size());
  return Value(Value::Map{{"findings", std::move(findings)}, {"summary", summary}, {"skipped", to_values(skipped)}});
}

// `summary` is the scorer's feedback from the second round on. The scanners are deterministic: a
// further round confirms what it names, and the loop converges.
Result<Value> security(const Value& input) {
  TK_TRY(auto change, read_change(input));
  std::vector<Report> reports;
  std::vector<Skipped> skipped;
  run_own(change, reports);
  run_flawfinder(change, reports, skipped);
  run_bandit(change, reports, skipped);
  auto suppressions = read_suppressions(input["suppress"].text());
  Value::List suppressed;
  auto keep = [&](Value::List list) {
    Value::List kept;
    for (auto& f : list)
      (suppressions.contains(f["fingerprint"].text()) ? suppressed : kept).push_back(std::move(f));
    return kept;
  };
  auto vulnerabilities = keep(to_values(change, std::move(reports), "security"));
  auto findings = keep(list_of(input["findings"]));
  auto left = list_of(input["skipped"]);
  for (auto& s : to_values(skipped)) left.push_back(std::move(s));
  return Value(Value::Map{{"findings", std::move(findings)}, {"vulnerabilities", std::move(vulnerabilities)},
                          {"skipped", std::move(left)}, {"suppressed", std::move(suppressed)}});
}

Result<Value> scorer(const Value& input) {
  auto all = list_of(input["vulns"]);
  for (auto& f : list_of(input["findings"])) all.push_back(std::move(f));
  std::stable_sort(all.begin(), all.end(), [](const Value& a, const Value& b) {
    return severity_of(a) > severity_of(b);
  });
  double score = 1;
  std::size_t worst = 0;
  std::vector<std::string> grave;
  for (const auto& f : all) {
    auto severity = severity_of(f);
    score *= 1 - kWeights[severity];
    worst = std::max(worst, severity);
    if (severity >= 2) grave.push_back(place_of(f));
  }
  score = std::round(score * 1000) / 1000;
  // A scanner that did not see its files leaves no clean bill.
  auto skipped = list_of(input["skipped"]);
  bool blind = std::any_of(skipped.begin(), skipped.end(),
                           [](const Value& s) { return s["scanner"] == Value(true); });
  std::string verdict = !all.empty() ? (worst >= 2 ? "block" : "concerns") : blind ? "incomplete" : "pass";
  auto feedback = grave.empty() ? std::string("nothing grave; look again at nothing")
                                : "look again at " + text::join(grave, ", ");
  return Value(Value::Map{{"score", score}, {"verdict", verdict}, {"findings", std::move(all)},
                          {"skipped", std::move(skipped)},
                          {"suppressed", list_of(input["suppressed"])},
                          {"feedback", text::shorten(feedback, 4000)}});
}

}  // namespace tk::review
