#include "core/box/profile.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/toml/toml.hpp"

namespace tk::box {
namespace {

constexpr std::string_view kMissable[] = {"landlock", "net", "ipc", "uts", "cgroup"};

struct Limit {
  const char *word, *name;
  std::int64_t usual;
};
constexpr Limit kLimits[] = {
    {"processes", "nproc", 512}, {"open-files", "nofile", 4096},         {"file-size", "fsize", std::int64_t{1} << 30}, {"memory", "as", 0},
    {"cpu", "cpu", 0},           {"tmp", "tmp", std::int64_t{512} << 20}, {"total-memory", "total", 0}};

Result<std::vector<std::string>> paths(const toml::Node& doc, const char* key) {
  TK_TRY(auto out, doc.texts(key));
  for (const auto& path : out)
    if (!path.starts_with('/') || path.size() < 2 || path.find("/../") != path.npos || path.ends_with("/.."))
      return fail_at(Code::box_profile, doc.find(key)->where, "not an absolute path: " + text::printable(path),
                     std::string(key) + " = [\"/srv/data\"]");
  return out;
}

Result<bool> boolean(const toml::Node& doc, const char* key) {
  const auto* node = doc.find(key);
  if (!node) return false;
  const auto* word = node->value.as_bool();
  if (!word) return fail_at(Code::box_profile, node->where, std::string(key) + " is true or false", std::string(key) + " = true");
  return *word;
}

}  // namespace

bool may_be_missing(std::string_view layer) {
  return std::find(std::begin(kMissable), std::end(kMissable), layer) != std::end(kMissable);
}

Result<Profile> read_profile(const std::string& name, std::string_view text, const std::string& file) {
  Profile out;
  out.name = name;
  TK_TRY(auto doc, toml::parse(text, file));
  TK_CHECK(doc.only({"read", "exec", "write", "read-only", "unix-sockets", "network", "missing", "limits"}));
  TK_TRY(out.read, paths(doc, "read"));
  TK_TRY(out.exec, paths(doc, "exec"));
  TK_TRY(out.write, paths(doc, "write"));
  TK_TRY(out.read_only, boolean(doc, "read-only"));
  TK_TRY(out.unix_sockets, boolean(doc, "unix-sockets"));
  TK_TRY(auto network, doc.text("network", "none"));
  if (network != "none" && network != "proxy")
    return fail_at(Code::box_profile, doc.find("network")->where, "network is none or proxy, not " + text::printable(network), "network = \"none\"");
  out.proxy = network == "proxy";
  TK_TRY(auto missing, doc.texts("missing"));
  for (const auto& layer : missing) {
    if (!may_be_missing(layer) && layer != kWhole)
      return fail_at(Code::box_profile, doc.find("missing")->where, "there is no box without " + text::printable(layer),
                     "landlock, net, ipc, uts or cgroup may be missing; or box, for steps of a workflow");
    out.missing.insert(layer);
  }
  toml::Node none;
  none.kind = toml::Node::Kind::table;
  const auto* limits = doc.find("limits");
  if (limits && !limits->is_table()) return fail_at(Code::box_profile, limits->where, "limits is a table", "[limits]");
  if (!limits) limits = &none;
  std::vector<std::string> known;
  for (const auto& limit : kLimits) known.emplace_back(limit.word);
  TK_CHECK(limits->only(known));
  for (const auto& limit : kLimits) {
    TK_TRY(auto amount, limits->integer(limit.word, limit.usual));
    if (amount < 0) return fail_at(Code::box_profile, limits->find(limit.word)->where, std::string(limit.word) + " is below 0", "0 is no limit");
    if (amount > 0) out.limits[limit.name] = static_cast<std::uint64_t>(amount);
  }
  return out;
}

Result<Profile> own_profile(const std::string& name) {
  if (name == "build" || name == kOfSteps || name == kOfLent) return read_profile(name, "", name);
  if (name == "read-only") return read_profile(name, "read-only = true", name);
  auto near = text::nearest(name, {"build", "read-only", std::string(kOfSteps), std::string(kOfLent)});
  return fail(Code::box_profile, "no box profile " + text::printable(name),
              near.empty() ? "write profiles/" + text::printable(name) + ".toml and commit it" : "did you mean " + near + "?");
}

}  // namespace tk::box
