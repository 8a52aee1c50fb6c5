#include "core/cli/manifest.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

#include "core/base/text.hpp"
#include "core/cli/shape.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"

namespace tk::cli {
namespace {

Value words(const std::vector<std::string>& all) {
  Value::List out;
  for (const auto& word : all) out.emplace_back(word);
  return out;
}

Value write_option(const Option& o) {
  Value::Map out{{"name", o.name}, {"help", o.help}};
  if (o.brief) out.emplace("short", std::string(1, o.brief));
  if (!o.value.empty()) out.emplace("value", o.value);
  if (!o.choices.empty()) out.emplace("choices", words(o.choices));
  if (o.repeat) out.emplace("repeat", true);
  return out;
}

Value write_positional(const Positional& p) {
  Value::Map out{{"name", p.name}, {"help", p.help}, {"required", p.required}};
  if (p.many) out.emplace("many", true);
  if (!p.choices.empty()) out.emplace("choices", words(p.choices));
  return out;
}

Value write_verb(const VerbSpec& v) {
  Value::List positionals, options, examples;
  for (const auto& p : v.positionals) positionals.push_back(write_positional(p));
  for (const auto& o : v.options) options.push_back(write_option(o));
  for (const auto& e : v.examples) examples.push_back(Value::Map{{"command", e.command}, {"what", e.what}});
  Value::Map out{{"name", v.name}, {"summary", v.summary}, {"positionals", positionals},
                 {"options", options}, {"examples", examples}};
  if (!v.long_help.empty()) out.emplace("help", v.long_help);
  if (!v.output.empty()) {
    out.emplace("output", v.output);
    if (auto schema = schema_of(v.output)) out.emplace("schema", *schema);
  }
  return out;
}

// Reads members of a manifest; the first that does not fit is the error.
class Reader {
 public:
  Reader(const std::string& file, Manifest& into) : file_(file), into_(into) {}

  Result<void> command(const Value& v) {
    auto& c = into_.command;
    if (v["manifest"].integer() != kManifestFormat) return wrong("\"manifest\": 1 is missing");
    TK_CHECK(name(v, "name", c.name, false));
    TK_CHECK(line(v, "summary", c.summary));
    into_.dynamic = v["dynamic"].as_bool() && *v["dynamic"].as_bool();
    TK_CHECK(help(v, c.long_help));
    TK_TRY(c.verbs, list(v, "verbs", &Reader::verb));
    if (c.verbs.empty()) return wrong("\"verbs\" is missing or empty");
    return {};
  }

 private:
  tl::unexpected<Error> wrong(const std::string& what) const {
    return fail_at(Code::cli_manifest, {file_, 0, 0}, what, "the format: man tk-plugin, A command's manifest");
  }
  Result<void> line(const Value& v, const char* key, std::string& into) {
    const auto* t = v[key].as_text();
    if (!t || t->size() > 4096) return wrong("\"" + std::string(key) + "\" must be a text");
    into = text::printable(*t);
    for (auto& c : into)
      if (c == '\n' || c == '\t') c = ' ';
    return {};
  }
  // A word that goes into shell scripts: letters, digits, - and _ only, and it looks like no option.
  Result<void> name(const Value& v, const char* key, std::string& into, bool may_be_empty) {
    TK_CHECK(line(v, key, into));
    for (char c : into)
      if ((!std::isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '_') || into[0] == '-')
        return wrong("\"" + std::string(key) + "\": not a name: " + into);
    if (into.empty() && !may_be_empty) return wrong("\"" + std::string(key) + "\" is empty");
    return {};
  }
  Result<void> choices(const Value& v, std::vector<std::string>& into) {
    if (v["choices"].is_null()) return {};
    const auto* list = v["choices"].as_list();
    if (!list || list->size() > 1000) return wrong("\"choices\" must be a list of texts");
    for (const auto& each : *list) {
      auto word = text::printable(each.text());
      for (char c : word)
        if (!std::isalnum(static_cast<unsigned char>(c)) && std::string_view("-_.:/+@%").find(c) == std::string_view::npos)
          return wrong("a choice is letters, digits and -_.:/+@%: " + word);
      if (word.empty() || word[0] == '-') return wrong("a choice is empty or looks like an option");
      into.push_back(std::move(word));
    }
    return {};
  }
  Result<void> help(const Value& v, std::string_view& into) {
    if (v["help"].is_null()) return {};
    const auto* t = v["help"].as_text();
    if (!t) return wrong("\"help\" must be a text");
    into_.texts.push_back(text::printable(*t));
    into = into_.texts.back();
    return {};
  }
  template <class Item>
  Result<std::vector<Item>> list(const Value& v, const char* key, Result<Item> (Reader::*read)(const Value&)) {
    std::vector<Item> out;
    if (v[key].is_null()) return out;
    const auto* all = v[key].as_list();
    if (!all || all->size() > 200) return wrong("\"" + std::string(key) + "\" must be a list of at most 200");
    for (const auto& one : *all) {
      TK_TRY(auto item, (this->*read)(one));
      out.push_back(std::move(item));
    }
    return out;
  }
  static bool truth(const Value& v, bool otherwise) { return v.as_bool() ? *v.as_bool() : otherwise; }

  Result<Positional> positional(const Value& v) {
    Positional p;
    TK_CHECK(name(v, "name", p.name, false));
    TK_CHECK(line(v, "help", p.help));
    p.required = truth(v["required"], true);
    p.many = truth(v["many"], false);
    TK_CHECK(choices(v, p.choices));
    return p;
  }
  Result<Option> option(const Value& v) {
    Option o;
    TK_CHECK(name(v, "name", o.name, false));
    TK_CHECK(line(v, "help", o.help));
    if (!v["value"].is_null()) TK_CHECK(line(v, "value", o.value));
    if (auto brief = v["short"].text(); brief.size() == 1 && std::isalnum(static_cast<unsigned char>(brief[0])))
      o.brief = brief[0];
    o.repeat = truth(v["repeat"], false);
    TK_CHECK(choices(v, o.choices));
    return o;
  }
  Result<Example> example(const Value& v) {
    Example e;
    TK_CHECK(line(v, "command", e.command));
    TK_CHECK(line(v, "what", e.what));
    return e;
  }
  Result<VerbSpec> verb(const Value& v) {
    VerbSpec out;
    TK_CHECK(name(v, "name", out.name, true));
    TK_CHECK(line(v, "summary", out.summary));
    TK_CHECK(help(v, out.long_help));
    TK_TRY(out.positionals, list(v, "positionals", &Reader::positional));
    TK_TRY(out.options, list(v, "options", &Reader::option));
    TK_TRY(out.examples, list(v, "examples", &Reader::example));
    if (!v["output"].is_null()) TK_CHECK(line(v, "output", out.output));
    return out;
  }

  const std::string& file_;
  Manifest& into_;
};

// A text member of the outermost object, seen in passing; none when it is not plainly there.
std::optional<std::string_view> glance(std::string_view json, std::string_view member) {
  std::string_view key;
  bool value = false;
  int depth = 0;
  for (std::size_t i = 0; i < json.size(); ++i) {
    char c = json[i];
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (depth == 1 && (c == ':' || c == ',')) value = c == ':';
    if (c != '"') continue;
    auto from = ++i;
    for (; i < json.size() && json[i] != '"'; ++i) i += json[i] == '\\';
    if (i >= json.size()) return {};
    auto word = json.substr(from, i - from);
    if (depth == 1 && !value) key = word;
    if (depth == 1 && value && key == member) return word;
  }
  return {};
}

}  // namespace

Result<std::string> read_summary(const std::string& file) {
  TK_TRY(auto bytes, os::read_file(file, 1u << 20));
  auto plain = [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != '\\'; };
  if (auto seen = glance(bytes, "summary"); seen && seen->size() <= 4096 && std::all_of(seen->begin(), seen->end(), plain))
    return text::printable(*seen);
  TK_TRY(auto manifest, read_manifest(file));
  return manifest.command.summary;
}

std::string write_manifest(const CommandSpec& c) {
  Value::List verbs;
  bool dynamic = false;
  for (const auto& v : c.verbs) {
    verbs.push_back(write_verb(v));
    dynamic = dynamic || v.values;
  }
  Value::Map out{{"manifest", kManifestFormat}, {"name", c.name}, {"summary", c.summary},
                 {"dynamic", dynamic}, {"verbs", std::move(verbs)}};
  if (!c.long_help.empty()) out.emplace("help", c.long_help);
  return json::pretty(out) + "\n";
}

Result<Manifest> parse_manifest(std::string_view text, const std::string& file) {
  TK_TRY(auto value, json::parse(text, file));
  Manifest out;
  out.texts.reserve(1024);  // the views stay good: at most 201 texts are put there
  TK_CHECK(Reader(file, out).command(value));
  return out;
}

Result<Manifest> read_manifest(const std::string& file) {
  auto bytes = os::read_file(file, 1u << 20);
  if (!bytes) return fail(Code::cli_manifest, bytes.error().message, "the format: man tk-plugin, A command's manifest");
  return parse_manifest(*bytes, file);
}

}  // namespace tk::cli
