// Judges JSON output by JSON Schema, with tk's strict reader and valijson: code that had no part in
// printing it. One check a line on standard input: {"name": …, "schema": …, "text": …}; prints each
// misfit and ends with 1 when there was one.
#include <iostream>
#include <string>

#include "core/json/json.hpp"

namespace {

tk::Result<void> check(const tk::Value& line) {
  TK_TRY(auto value, tk::json::parse(line["text"].text(), "output"));
  return tk::json::check_schema(tk::json::compact(line["schema"]), "schema", value);
}

}  // namespace

int main() {
  std::string text;
  int checked = 0, wrong = 0;
  while (std::getline(std::cin, text)) {
    auto line = tk::json::parse(text);
    auto done = line ? check(*line) : tl::make_unexpected(line.error());
    ++checked;
    if (done) continue;
    ++wrong;
    std::cout << (line ? (*line)["name"].text() : text) << ": " << tk::describe(done.error()) << "\n";
  }
  std::cout << checked << " outputs judged, " << wrong << " do not fit\n";
  return wrong || !checked ? 1 : 0;
}
