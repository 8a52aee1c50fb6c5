// A workspace of any declarations: files after lines "%% <path>" (a text without one is
// galaxies/acme/users/all.xml below a good manifest). Read, compiled and asked; what compiles is found
// again in the index, the same model gives the same bytes, and a decision has its reasons.
#include <string>
#include <vector>

#include "core/law/explain.hpp"
#include "core/workspace/entities.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace tk;

namespace {

std::vector<workspace::SourceFile> files_of(std::string_view text) {
  std::vector<workspace::SourceFile> out;
  out.push_back({"MANIFEST.xml",
                 "<manifest version=\"1\"><galaxy href=\"galaxies/acme/galaxy.xml\"/></manifest>"});
  out.push_back({"galaxies/acme/users/all.xml", ""});
  while (!text.empty()) {
    auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.starts_with("%% ")) {
      if (out.size() >= 16) break;
      out.push_back({std::string(line.substr(3)), ""});
    } else {
      out.back().content += line;
      out.back().content += '\n';
    }
  }
  if (out[1].content.empty()) out.erase(out.begin() + 1);
  return out;
}

// The model's own digest is of no interest here; FNV-1a is enough and costs nothing.
std::string digest(std::string_view text) {
  std::uint64_t h = 14695981039346656037u;
  for (char c : text) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return std::to_string(h);
}

void ask(const law::Index& index) {
  law::Engine engine(index);
  const law::Ref resources[] = {{"run", "acme.web", "code-review"},
                                {"cast", "acme.web", "code-review/gate"},
                                {"user", "acme", "alice"}};
  for (const auto& e : index.entities("")) {
    for (const auto* action : {"run.start", "cast.answer", "entity.read"})
      for (const auto& resource : resources) {
        Value::Map context{{"mfa", true}, {"amount", 3}};
        law::Facts facts;
        facts.context = &context;
        auto d = law::explain(engine, e, *engine.action(action), engine.target(resource), facts, true);
        TK_PROMISE(!d.reason.empty());
        TK_PROMISE(d.answer == law::Answer::deny || (!d.determining.empty() && e.active()));
        for (const auto& hit : d.determining) TK_PROMISE(hit.permit == (d.answer != law::Answer::deny));
        TK_PROMISE(!d.nearest || d.answer == law::Answer::deny);
      }
  }
}

}  // namespace

TK_FUZZ(law_model) {
  auto declared = workspace::read_declarations(files_of(bytes));
  for (const auto& problem : declared.problems) TK_PROMISE(!problem.message.empty());
  auto compiled = law::compile(declared.model, digest);
  if (!compiled) {
    TK_PROMISE(!compiled.error().message.empty());
    return;
  }
  TK_PROMISE(*law::compile(declared.model, digest) == *compiled);
  auto index = law::Index::open(*compiled);
  TK_PROMISE(index.has_value());
  for (const auto& e : declared.model.entities) {
    auto found = index->find(e.ref);
    TK_PROMISE(found.has_value() || e.ref.context.empty());
    if (!found) continue;
    TK_PROMISE(found->state == e.state && found->id == e.id);
    for (const auto& [key, value] : e.attributes) TK_PROMISE(index->attribute(*found, key) == value.text);
  }
  for (auto action : index->actions()) TK_PROMISE(index->known_action(action));
  ask(*index);
}
