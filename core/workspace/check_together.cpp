// What is wrong between files beyond law.
#include <algorithm>
#include <map>
#include <unordered_map>

#include "core/base/text.hpp"
#include "core/workspace/entities.hpp"

namespace tk::workspace {
namespace {

// As a file system that does not tell a from A sees it; names are ASCII.
std::string folded(std::string_view s) {
  std::string out(s);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return out;
}

std::string at(const Where& w) { return w.file + ":" + std::to_string(w.line); }

class Together {
 public:
  Together(const Files& files, const std::vector<law::Entity>& entities) : files_(files), entities_(entities) {}

  std::vector<Error> run() {
    names_.reserve(entities_.size());
    for (const auto& e : entities_) names_[e.ref.type + ":" + e.ref.name].push_back(&e);
    galaxies();
    twins();
    accounts();
    for (const auto& [path, file] : files_)
      for (const auto& r : file->references) reference(r);
    circles();
    settings();
    return std::move(problems_);
  }

 private:
  void problem(Code code, const Where& where, std::string message, std::string hint) {
    problems_.push_back(Error{code, std::move(message), where, std::move(hint), nullptr});
  }

  void galaxies() {
    std::map<std::string_view, const FileDeclares*> there;
    for (const auto& [path, file] : files_) there.emplace(path, file.get());
    for (const auto& [path, file] : files_)
      for (const auto& g : file->galaxies) {
        auto found = there.find(g.href);
        if (found == there.end())
          problem(Code::ws_entity_invalid, g.where, g.href + " is listed and not there", "write it, or take it off the list");
        else if (!g.sha256.empty() && g.sha256 != found->second->sha256)
          problem(Code::ws_entity_invalid, g.where, g.href + " has another SHA-256 than is said here",
                  "say sha256=\"" + found->second->sha256 + "\", or leave it out");
      }
  }

  // Contexts and entities that only capitals tell apart would be one path elsewhere.
  void twins() {
    std::unordered_map<std::string, const law::Entity*> seen;
    seen.reserve(entities_.size());
    for (const auto& e : entities_) {
      auto ref = e.ref.str();
      auto [it, fresh] = seen.emplace(folded(ref), &e);
      if (!fresh && it->second->ref.str() != ref)
        problem(Code::ws_entity_invalid, e.where, ref + " and " + it->second->ref.str() + " differ in capitals only",
                "rename one of them; the other stands at " + at(it->second->where));
    }
  }

  void accounts() {
    std::map<std::string, const FileDeclares::Account*> seen;
    for (const auto& [path, file] : files_)
      for (const auto& a : file->accounts)
        if (auto [it, fresh] = seen.emplace((a.ref.starts_with("group:") ? "g:" : "u:") + a.unix_name, &a); !fresh && it->second->ref != a.ref)
          problem(Code::ws_entity_invalid, a.where, a.ref + " and " + it->second->ref + " would both be " + a.unix_name + " on Unix",
                  "give one of them another: unix=\"…\"");
  }

  std::vector<const law::Entity*> named(const std::string& type, const std::string& name, const std::string& context) const {
    std::vector<const law::Entity*> out;
    if (auto it = names_.find(type + ":" + name); it != names_.end())
      for (const auto* e : it->second)
        if (context.empty() || e->ref.context == context) out.push_back(e);
    return out;
  }

  std::string near(std::string_view type, const std::string& name) const {
    std::vector<std::string> all;
    for (const auto& e : entities_)
      if (e.ref.type == type) all.push_back(e.ref.name);
    return text::nearest(name, all);
  }

  void reference(const FileDeclares::Reference& r) {
    auto list = r.to;
    std::replace(list.begin(), list.end(), ',', ' ');
    for (auto word : text::split(list, ' ')) {
      if (word.empty() || word.find('*') != word.npos) continue;
      if (r.names) name(r, std::string(word));
      else if (auto ref = law::parse_ref(word); !ref) problem(Code::law_reference, r.where, ref.error().message, ref.error().hint);
      else one(r, *ref);
    }
  }

  void one(const FileDeclares::Reference& r, const law::Ref& ref) {
    auto types = text::split(r.types, '|');
    if (std::find(types.begin(), types.end(), ref.type) == types.end()) {
      auto wanted = std::string(r.types);
      std::replace(wanted.begin(), wanted.end(), '|', ',');
      return problem(Code::law_reference, r.where, r.attribute + " cannot be a " + ref.type, "it leads to one of: " + wanted);
    }
    auto found = named(ref.type, ref.name, ref.context);
    // One that is declared twice is for law to tell.
    auto another = [&](const auto* e) { return e->ref.context != found.front()->ref.context; };
    if (!found.empty() && std::none_of(found.begin(), found.end(), another)) return;
    if (found.size() > 1)
      return problem(Code::law_reference, r.where, ref.str() + " fits more than one entity", "write type:context/name, like " + found.front()->ref.str());
    auto close = near(ref.type, ref.name);
    problem(Code::law_reference, r.where, ref.str() + " is declared nowhere",
            close.empty() ? "declare it: tk repo new " + ref.type + " " + ref.name : "did you mean " + ref.type + ":" + close + "?");
  }

  void name(const FileDeclares::Reference& r, const std::string& word) {
    auto type = std::string(r.types);
    if (!named(type, word, "").empty()) return;
    if (type == "group")  // by its Unix name too
      for (const auto& [path, file] : files_)
        for (const auto& a : file->accounts)
          if (a.unix_name == word && a.ref.starts_with("group:")) return;
    auto close = near(type, word);
    problem(Code::law_reference, r.where, "no " + type + " is called " + record::shown_value(word),
            close.empty() ? "declare it: tk repo new " + type + " " + word : "did you mean " + close + "?");
  }

  // Galaxies that take each other's configuration.
  void circles() {
    std::map<std::string, const FileDeclares::Reference*> above;
    for (const auto& [path, file] : files_)
      for (const auto& r : file->references)
        if (r.attribute == "inherits" && r.names && r.from.starts_with("galaxy:")) above.emplace(r.from.substr(7), &r);
    for (const auto& [galaxy, r] : above) {
      auto next = r->to;
      for (std::size_t i = 0; i <= above.size() && next != galaxy && above.contains(next); ++i) next = above[next]->to;
      if (next == galaxy) return problem(Code::law_cycle, r->where, "galaxy:" + galaxy + " inherits itself", "take one of its inherits away");
    }
  }

  void settings() {
    std::map<std::string_view, std::vector<const FileDeclares::Setting*>> locks;
    for (const auto& [path, file] : files_)
      for (const auto& s : file->settings)
        if (s.lock) locks[s.key].push_back(&s);
    for (const auto& [path, file] : files_)
      for (const auto& s : file->settings)
        for (const auto* lock : locks[s.key])
          if (lock->context != s.context && law::covers(lock->context, s.context))
            problem(Code::ws_config_locked, s.where, s.key + " is locked above", "take it out here, or the lock at " + at(lock->where));
  }

  const Files& files_;
  const std::vector<law::Entity>& entities_;
  std::unordered_map<std::string, std::vector<const law::Entity*>> names_;  // by type:name
  std::vector<Error> problems_;
};

}  // namespace

std::vector<Error> check_together(const Files& files, const std::vector<law::Entity>& entities) {
  return Together(files, entities).run();
}

}  // namespace tk::workspace
