#include <algorithm>

#include "core/base/text.hpp"
#include "core/json/json.hpp"
#include "core/os/process.hpp"
#include "plugins/agent-review/review.hpp"

namespace tk::review {
namespace {

constexpr std::int64_t kToolMs = 120'000;

constexpr std::size_t kBatch = 40;
constexpr std::uint64_t kToolMemory = 3u << 30;  // one hostile file must not take the machine

// What one call of a scanner wrote; `why` says what stopped it.
struct Ran {
  std::string output, errors, why;
};

Ran call(const std::string& tool, const std::vector<std::string>& arguments,
         const std::vector<std::string>& paths) {
  os::Spawn spawn;
  spawn.argv = {tool};
  spawn.argv.insert(spawn.argv.end(), arguments.begin(), arguments.end());
  // "./" keeps a file named like an option from being one.
  for (const auto& path : paths) spawn.argv.push_back("./" + path);
  spawn.environment = os::current_environment();
  spawn.error_limit = 16u << 20;
  spawn.memory_limit = kToolMemory;
  Ran out;
  auto done = os::run(std::move(spawn), kToolMs);
  if (!done)
    out.why = done.error().message;
  else if (done->timed_out)
    out.why = "took longer than 120 s";
  else if (done->flooded)
    out.why = "wrote too much";
  else if (done->status > 2)
    out.why = "ended with status " + std::to_string(done->status) + " (out of memory?)";
  if (!out.why.empty()) return out;
  out.output = std::move(done->output);
  out.errors = std::move(done->error_tail);
  return out;
}

// Runs a scanner over the files in batches; where one fails, file by file, so that one file cannot
// take the others' findings away. What was not seen stands in `skipped` with its name.
template <class Read>
void run_tool(const std::string& tool, const std::vector<std::string>& arguments,
              const std::vector<std::string>& paths, const std::string& language,
              std::vector<Skipped>& skipped, Read read) {
  if (paths.empty()) return;
  if (os::find_in_path(tool).empty()) {
    skipped.push_back({tool,
                       "not installed: " + text::count(paths.size(), language + " file") +
                           " not seen by it (apt-get install " + tool + ")",
                       true});
    return;
  }
  for (std::size_t first = 0; first < paths.size(); first += kBatch) {
    auto last = std::min(paths.size(), first + kBatch);
    std::vector<std::string> batch(paths.begin() + static_cast<std::ptrdiff_t>(first),
                                   paths.begin() + static_cast<std::ptrdiff_t>(last));
    auto ran = call(tool, arguments, batch);
    if (ran.why.empty()) {
      read(ran);
      continue;
    }
    for (const auto& path : batch) {
      auto one = batch.size() == 1 ? ran : call(tool, arguments, {path});
      if (one.why.empty())
        read(one);
      else
        skipped.push_back({tool, path + ": " + one.why, true});
    }
  }
}

std::string version_of(const std::string& tool, std::string_view word = {}) {
  os::Spawn spawn;
  spawn.argv = {tool, "--version"};
  spawn.environment = os::current_environment();
  auto done = os::run(std::move(spawn), 20'000);
  if (!done) return {};
  for (auto line : text::split(done->output, '\n')) {
    auto at = word.empty() ? 0 : line.find(word);
    if (at == line.npos) continue;
    auto rest = text::trim(line.substr(at + word.size()));
    return std::string(rest.substr(0, rest.find(' ')));
  }
  return {};
}

std::string relative(std::string path) {
  while (path.starts_with("./")) path = path.substr(2);
  return path;
}

std::string line_of(const Change& change, const std::string& path, int line) {
  const auto* file = change.find(path);
  if (!file) return {};
  std::string_view rest = file->content;
  for (int n = 1; n < line && !rest.empty(); ++n) {
    auto end = rest.find('\n');
    rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
  }
  return text::shorten(text::trim(rest.substr(0, rest.find('\n'))), 157);
}

void add(const Change& change, std::vector<Report>& out, const std::string& tool,
         const std::string& version, std::string path, int line, int column, std::string rule,
         Severity severity, std::string_view message, std::string_view mend) {
  path = relative(std::move(path));
  Report r{path, tool, version, {}};
  r.finding.line = line;
  r.finding.column = std::max(column, 1);
  r.finding.rule = std::move(rule);
  r.finding.severity = severity;
  r.finding.message = mask_secrets(text::printable(text::shorten(message, 300)));
  r.finding.mend = mask_secrets(text::printable(text::shorten(mend, 300)));
  r.finding.excerpt = mask_secrets(line_of(change, path, line));
  out.push_back(std::move(r));
}

// One record of RFC 4180 text; moves `at` behind it.
std::vector<std::string> csv_record(std::string_view text, std::size_t& at) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (; at < text.size(); ++at) {
    char c = text[at];
    if (quoted) {
      if (c == '"' && at + 1 < text.size() && text[at + 1] == '"')
        fields.back() += text[++at];
      else if (c == '"')
        quoted = false;
      else
        fields.back() += c;
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      fields.emplace_back();
    } else if (c == '\n') {
      ++at;
      return fields;
    } else if (c != '\r') {
      fields.back() += c;
    }
  }
  return fields;
}

int number(const std::string& s) {
  return std::atoi(s.c_str());
}

}  // namespace

void run_flawfinder(const Change& change, std::vector<Report>& out, std::vector<Skipped>& skipped) {
  auto version = version_of("flawfinder");
  auto read = [&](const Ran& ran) {
    std::size_t at = 0;
    csv_record(ran.output, at);  // the heading
    while (at < ran.output.size()) {
      auto f = csv_record(ran.output, at);
      if (f.size() < 12) continue;
      int level = number(f[4]);
      auto severity = level >= 4 ? Severity::high : level == 3 ? Severity::medium : Severity::low;
      add(change, out, "flawfinder", version, f[0], number(f[1]), number(f[2]),
          "flawfinder-" + f[6], severity, f[6] + ": " + f[7], f[8].empty() ? "see " + f[10] : f[8]);
    }
  };
  run_tool("flawfinder", {"--csv", "--quiet", "--dataonly", "--minlevel=2"},
           change.paths(Language::c), "C/C++", skipped, read);
}

void run_bandit(const Change& change, std::vector<Report>& out, std::vector<Skipped>& skipped) {
  auto version = version_of("bandit", "bandit ");
  auto read = [&](const Ran& ran) {
    if (ran.output.empty()) return;
    auto doc = json::parse(text::to_utf8(ran.output));
    if (!doc) {
      skipped.push_back({"bandit", "its answer is not JSON", true});
      return;
    }
    if (const auto* errors = (*doc)["errors"].as_list())
      for (const auto& e : *errors)
        skipped.push_back(
            {"bandit", relative(e["filename"].text()) + ": " + e["reason"].text(), true});
    const auto* results = (*doc)["results"].as_list();
    for (const auto& r : results ? *results : Value::List{}) {
      auto word = r["issue_severity"].text();
      auto severity = word == "HIGH"     ? Severity::high
                      : word == "MEDIUM" ? Severity::medium
                                         : Severity::low;
      add(change, out, "bandit", version, r["filename"].text(),
          static_cast<int>(r["line_number"].integer()), 1, "bandit-" + r["test_id"].text(),
          severity, r["issue_text"].text(), "see " + r["more_info"].text());
    }
  };
  run_tool("bandit", {"-f", "json", "-q"}, change.paths(Language::python), "Python", skipped, read);
}

void run_cppcheck(const Change& change, std::vector<Report>& out, std::vector<Skipped>& skipped) {
  auto version = version_of("cppcheck", "Cppcheck ");
  auto read = [&](const Ran& ran) {
    for (auto line : text::split(ran.errors, '\n')) {
      auto f = text::split(line, '\t');
      if (f.size() < 6) continue;
      // A part of a file does not parse, and headers are not there: neither is a defect of the
      // change.
      if (f[4] == "syntaxError" || f[4] == "unknownMacro" || f[4] == "preprocessorErrorDirective")
        continue;
      auto severity = f[3] == "error"     ? Severity::high
                      : f[3] == "warning" ? Severity::medium
                                          : Severity::low;
      add(change, out, "cppcheck", version, std::string(f[0]), number(std::string(f[1])),
          number(std::string(f[2])), "cppcheck-" + std::string(f[4]), severity, f[5],
          "cppcheck explains " + std::string(f[4]) + " with --errorlist");
    }
  };
  run_tool("cppcheck",
           {"-q", "--enable=warning,portability,performance", "--inline-suppr",
            "--template={file}\t{line}\t{column}\t{severity}\t{id}\t{message}"},
           change.paths(Language::c), "C/C++", skipped, read);
}

void run_shellcheck(const Change& change, std::vector<Report>& out, std::vector<Skipped>& skipped) {
  auto version = version_of("shellcheck", "version: ");
  auto read = [&](const Ran& ran) {
    if (ran.output.empty()) return;
    auto doc = json::parse(text::to_utf8(ran.output));
    if (!doc) {
      skipped.push_back({"shellcheck", "its answer is not JSON", true});
      return;
    }
    const auto* comments = (*doc)["comments"].as_list();
    for (const auto& c : comments ? *comments : Value::List{}) {
      auto code = "SC" + std::to_string(c["code"].integer());
      add(change, out, "shellcheck", version, c["file"].text(),
          static_cast<int>(c["line"].integer()), static_cast<int>(c["column"].integer()),
          "shellcheck-" + code, c["level"].text() == "error" ? Severity::medium : Severity::low,
          c["message"].text(), "see the wiki page " + code + " of shellcheck");
    }
  };
  run_tool("shellcheck", {"-S", "warning", "-f", "json1"}, change.paths(Language::shell), "shell",
           skipped, read);
}

void run_own(const Change& change, std::vector<Report>& out) {
  for (const auto& file : change.patch.files) {
    if (file.deleted || file.binary || file.submodule) continue;
    auto language = language_of(file.path, file.content);
    for (auto& f : scan_sql(language, file.content))
      out.push_back({file.path, "tk-sql", TK_VERSION, std::move(f)});
    for (auto& f : scan_secrets(file.path, file.content))
      out.push_back({file.path, "tk-secrets", TK_VERSION, std::move(f)});
  }
}

}  // namespace tk::review
