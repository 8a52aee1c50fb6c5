#include <algorithm>
#include <array>

#include "core/base/text.hpp"
#include "tools/demo/demo.hpp"

namespace tk::tools::demo_tool {
namespace {

constexpr std::array<std::string_view, 4> kSeverities = {"low", "medium", "high", "critical"};

std::size_t rank(const std::string& severity) {
  auto it = std::find(kSeverities.begin(), kSeverities.end(), severity);
  return static_cast<std::size_t>(it - kSeverities.begin()) % 4;
}

void append(Value::List& to, const Value& from) {
  if (const auto* list = from.as_list()) to.insert(to.end(), list->begin(), list->end());
}

// A rejected or waiting run has no output: what the last security step found stands for it.
struct Found {
  Value::List findings, skipped, suppressed;
  Value score, recommendation;
};

Found collect(const Review& r) {
  Found out;
  const auto& output = r.shown["output"];
  if (output["findings"].as_list()) {
    append(out.findings, output["findings"]);
    append(out.skipped, output["skipped"]);
    append(out.suppressed, output["suppressed"]);
    out.score = output["score"];
    out.recommendation = output["verdict"];
    return out;
  }
  Value last;
  for (const auto& step : r.shown["steps"].as_list() ? *r.shown["steps"].as_list() : Value::List{})
    if (step["step"].text() == "security") last = step["output"];
  append(out.findings, last["vulnerabilities"]);
  append(out.findings, last["findings"]);
  append(out.skipped, last["skipped"]);
  append(out.suppressed, last["suppressed"]);
  std::stable_sort(out.findings.begin(), out.findings.end(), [](const Value& a, const Value& b) {
    return rank(a["severity"].text()) > rank(b["severity"].text());
  });
  return out;
}

std::string md(std::string_view s) {
  std::string out;
  for (char c : text::printable(s)) {
    if (c == '|' || c == '*' || c == '_' || c == '`' || c == '<' || c == '[') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

// Text that holds backticks stands between two of them (CommonMark 6.1).
std::string code_span(std::string_view s) {
  auto text = text::printable(s);
  return text.find('`') == text.npos ? "`" + text + "`" : "`` " + text + " ``";
}

std::string finding_lines(const Value& f) {
  auto place = f["file"].text() + ":" + std::to_string(f["line"].integer()) + ":" +
               std::to_string(f["column"].integer());
  auto version = f["tool_version"].text();
  return "- **" + f["severity"].text() + "** `" + text::printable(place) + "` " + md(f["message"].text()) + "\n" +
         "  - mend: " + md(f["mend"].text()) + "\n" +
         "  - line: " + code_span(f["excerpt"].text()) + "\n" +
         "  - " + f["rule"].text() + ", said by agent " + f["agent"].text() + " with " + f["tool"].text() +
         (version.empty() ? "" : " " + version) + ", fingerprint " + f["fingerprint"].text() + "\n";
}

}  // namespace

Value report_json(const Job& job, const Review& r, bool kept) {
  auto found = collect(r);
  for (const auto& left : job.change.left_out)
    found.skipped.insert(found.skipped.begin(), Value::Map{{"what", left.path}, {"why", left.why}});
  Value::Map out{{"verdict", r.verdict},
                 {"recommendation", found.recommendation},
                 {"score", found.score},
                 {"change", job.change.described},
                 {"files", job.change.files},
                 {"findings", found.findings},
                 {"suppressed", found.suppressed},
                 {"skipped", found.skipped},
                 {"approved_by", r.verdict == "approved" ? Value(r.approved_by) : Value()},
                 {"answered_by", r.approved_by.empty() ? Value() : Value(r.approved_by)},
                 {"answered_at", r.approved_at.empty() ? Value() : Value(r.approved_at)},
                 {"run", r.run},
                 {"journal", Value::Map{{"rows", r.verified["rows"]}, {"verified", r.verified["ok"]}}},
                 {"converged", r.shown["converged"]},
                 {"workspace", kept ? Value(job.workspace) : Value()}};
  if (r.meddler.as_map()) out.emplace("meddler", r.meddler);
  return out;
}

bool any_at(const Value& report, const std::string& level) {
  for (const auto& f : *report["findings"].as_list())
    if (rank(f["severity"].text()) >= rank(level)) return true;
  return false;
}

std::string report_markdown(const Value& r) {
  const auto& findings = *r["findings"].as_list();
  std::string out = "# Code review of " + md(r["change"].text()) + ": " + r["verdict"].text() + "\n\n";
  double score = 0;
  if (r["score"].number(score)) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3f", score);
    out += "Score " + std::string(text) + " (1 = nothing found), the agents recommend: " + r["recommendation"].text() + ". ";
  }
  out += text::count(static_cast<std::size_t>(r["files"].integer()), "file") + " changed, " +
         text::count(findings.size(), "finding") + ".\n\n## Findings\n\n";
  for (const auto& f : findings) out += finding_lines(f);
  if (findings.empty()) out += "None in the lines that the change adds.\n";
  if (const auto& suppressed = *r["suppressed"].as_list(); !suppressed.empty()) {
    out += "\n## Suppressed\n\n";
    for (const auto& f : suppressed)
      out += "- " + f["fingerprint"].text() + " `" + text::printable(f["file"].text()) + ":" +
             std::to_string(f["line"].integer()) + "` " + f["rule"].text() + "\n";
  }
  if (const auto& skipped = *r["skipped"].as_list(); !skipped.empty()) {
    out += "\n## NOT LOOKED AT, or not in full\n\n";
    for (const auto& s : skipped) out += "- " + md(s["what"].text()) + ": " + md(s["why"].text()) + "\n";
  }
  out += "\n## Who decided\n\n";
  auto by = r["answered_by"].text();
  if (r["verdict"].text() == "waiting") out += "Nobody yet: run " + r["run"].text() + " waits for a human.\n";
  else if (by == "timeout") out += "Nobody answered in time.\n";
  else out += r["verdict"].text() + " by " + by + " at " + r["answered_at"].text() + ".\n";
  if (const auto* said = r["meddler"]["said"].as_text())
    out += "An agent tried to answer too and got exit " + std::to_string(r["meddler"]["status"].integer()) +
           ": " + md(*said) + "\n";
  out += "\n## Journal\n\nRun " + r["run"].text() + ", " + std::to_string(r["journal"]["rows"].integer()) +
         " rows, tk log verify: " + (*r["journal"]["verified"].as_bool() ? "ok" : "BROKEN") + "\n";
  if (const auto* ws = r["workspace"].as_text()) out += "\nWorkspace kept in " + *ws + "\n";
  return out;
}

}  // namespace tk::tools::demo_tool
