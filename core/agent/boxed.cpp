#include "core/agent/boxed.hpp"

#include <algorithm>

#include "core/acl/lease.hpp"
#include "core/base/text.hpp"
#include "core/crypto/digest.hpp"
#include "core/os/file.hpp"
#include "core/os/machine.hpp"
#include "core/os/shared.hpp"
#include "core/os/terminal.hpp"
#include "core/workspace/compiled_law.hpp"

namespace tk::agent {
namespace {

constexpr std::size_t kMostTold = 1000;  // rows about hosts that one box can cause

Result<box::Profile> profile_of(const box::Ground& ground, const std::string& name) {
  if (name.empty() || name.find('/') != name.npos || name.starts_with('.'))
    return fail(Code::box_profile, "not a profile's name: " + text::printable(name));
  if (name == box::kOfSteps) return box::own_profile(name);  // law is not asked about it, so no commit gives it more
  auto it = ground.profiles.find(name);
  return it != ground.profiles.end() ? box::read_profile(name, it->second, "profiles/" + name + ".toml") : box::own_profile(name);
}

// The agent's account on this machine. Where accounts were applied here its absence is an error; elsewhere a free id will do.
Result<void> find_account(const Ask& ask, const box::Ground& ground, Boxed& out, bool alone) {
  if (!os::is_root()) return {};
  auto& box = out.box;
  if (box.uid = ground.uid_of(out.agent.id); box.uid != 0) {
    auto account = os::account_of(box.uid);
    box.gid = account ? account->gid : box.uid;
    if (account) box.groups = account->groups;
    if (account && !alone && os::is_directory(account->home)) TK_CHECK(box::add_path(box, account->home, box::Use::write, ask.workspace.root()));
    if (account) return {};
    TK_TRY(auto applied, ask.store.list("provision", ""));
    for (const auto& record : applied)
      if (record.state == "applied" && record.fields.at("target").text().starts_with("/@"))
        return fail(Code::box_account, out.agent.ref + " has no account here: there is no uid " + std::to_string(box.uid),
                    "tk repo plan --target / shows what is missing");
    return {};
  }
  box.uid = box.gid = free_id(ground, out.agent.id);
  return {};
}

const char* word(box::Use use) {
  return use == box::Use::write ? "write" : use == box::Use::exec ? "exec" : "read";
}

}  // namespace

Value Boxed::paths() const {
  Value::Map out;
  for (const auto& [path, use] : box.paths) {
    Value::Map one{{"use", word(use)}};
    for (const auto& g : granted)
      if (os::real_path(g.path) == path) {
        one.emplace("by", g.rule), one.emplace("resource", g.resource);
        if (!g.lease.empty()) one.emplace("lease", g.lease);
      }
    out.emplace(path, std::move(one));
  }
  return out;
}

Value Boxed::journaled() const {
  return Value::Map{{"profile", profile.name},
                    {"uid", static_cast<std::int64_t>(box.uid)},
                    {"network", box.proxy ? "proxy" : "none"},
                    {"paths", paths()},
                    {"missing", Value::List(box.missing.begin(), box.missing.end())}};
}

Result<box::Ground> ground_of(const workspace::Workspace& workspace, const law::Index& index) {
  auto path = workspace.state("run/boxes.idx");
  std::string commit(index.commit());
  for (int tries = 0; tries < 50; ++tries) {  // others may want that of another commit
    auto text = os::read_file(path);
    if (!text && text.error().code != Code::os_not_found) return fail(text.error());
    auto ground = text ? box::Ground::read(*text) : fail(text.error());
    if (ground && ground->commit == commit) return ground;
    TK_CHECK(workspace::compile_elsewhere(workspace, {"--boxes", "--", commit}));
  }
  return fail(Code::law_index, "what HEAD says of boxes changes all the time", "try again");
}

Result<Boxed> box_of(const Ask& ask, const record::Actor& agent, const std::string& profile, const Own& own) {
  Boxed out;
  out.agent = agent;
  const auto& root = ask.workspace.root();
  TK_TRY(auto ground, ground_of(ask.workspace, ask.index));
  TK_TRY(out.profile, profile_of(ground, profile));
  auto& box = out.box;
  box.proxy = out.profile.proxy;
  box.unix_sockets = out.profile.unix_sockets;
  box.limits = out.profile.limits;
  box.missing = out.profile.missing;
  box::add_system(box);
  using box::Use;
  for (const auto& [list, use] :
       {std::pair(&out.profile.read, Use::read), std::pair(&out.profile.exec, Use::exec), std::pair(&out.profile.write, Use::write)})
    for (const auto& path : *list) TK_CHECK(box::add_path(box, path, use, root));
  if (!own.alone) {
    TK_TRY(out.granted, box::granted_by_law(ask.gate, ask.index, agent, root));
  }
  if (out.profile.read_only)
    for (auto& one : out.granted) one.use = Use::read;
  TK_CHECK(find_account(ask, ground, out, own.alone));
  for (const auto& one : out.granted) TK_CHECK(box::add_path(box, one.path, one.use, root));
  auto of_tk = [&](const std::string& path) { return own.alone && path.starts_with(ask.workspace.state("")); };
  for (const auto& path : own.programs)
    if (!of_tk(path)) TK_CHECK(box::add_path(box, path, Use::exec, root));
  TK_CHECK(box::close_gaps(box, root));
  box::guard(box, root, ground.git);
  for (const auto& path : own.programs)
    if (of_tk(path)) box.paths.insert_or_assign(path, Use::exec);
  if (!own.folder.empty()) {
    TK_CHECK(os::make_directories(own.folder, 0700));
    if (box.uid != 0) TK_CHECK(os::give_to(own.folder, box.uid, box.gid));
    box.paths.insert_or_assign(os::real_path(own.folder), Use::write);
  }
  return out;
}

std::uint32_t free_id(const box::Ground& ground, std::string_view name) {
  auto span = ground.last - ground.first + 1;
  auto id = ground.first + static_cast<std::uint32_t>(std::strtoul(crypto::sha256_hex(name).substr(0, 8).c_str(), nullptr, 16) % span);
  for (std::uint32_t i = 0; i < span && (ground.ids.contains(id) || os::account_of(id)); ++i) id = id == ground.last ? ground.first : id + 1;
  return id;
}

void set_environment(Boxed& boxed, const std::string& workspace, const std::string& token, const std::string& record, const trace::Context& span,
                     const std::string& folder) {
  auto& box = boxed.box;
  auto account = box.uid != 0 ? os::account_of(box.uid) : std::nullopt;
  auto home = !folder.empty() ? folder : account && box.paths.contains(account->home) ? account->home : "/tmp";
  auto name = account ? account->name : std::string(boxed.agent.ref.substr(boxed.agent.ref.rfind('/') + 1));
  auto& out = box.environment;
  out = {"PATH=/usr/local/bin:/usr/bin:/bin",
         "HOME=" + home,
         "USER=" + name,
         "LOGNAME=" + name,
         "TMPDIR=" + (folder.empty() ? "/tmp" : folder),
         "TK_BOX=" + record,
         "TK_WORKSPACE=" + workspace,
         "TRACEPARENT=" + trace::traceparent(span)};
  if (!token.empty()) out.push_back("TK_TOKEN=" + token);
  for (const char* kept : {"LANG", "LC_ALL", "TZ", "TERM", "COLUMNS", "LINES", "NO_COLOR"})
    if (auto value = os::environment(kept); !value.empty()) out.push_back(std::string(kept) + "=" + value);
  if (box.proxy)
    for (const char* one : {"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"}) out.push_back(std::string(one) + "=http://127.0.0.1:1080");
  if (box.proxy) out.insert(out.end(), {"ALL_PROXY=socks5h://127.0.0.1:1080", "all_proxy=socks5h://127.0.0.1:1080"});
  box.directory = home;
}

std::string Hosts::operator()(const box::Destination& to) {
  auto asked = ask(to);
  return asked ? *asked : describe(asked.error());
}

Result<std::string> Hosts::ask(const box::Destination& to) {
  static const std::string kAction = "box.connect";
  TK_TRY(auto who, law::parse_ref(agent_.ref));
  law::Ref host{"host", who.context.substr(0, who.context.find('.')), to.host + "/" + std::to_string(to.port)};
  TK_CHECK(follow_());
  auto own = agent_;
  own.borrow_id.clear();
  TK_TRY(auto ruling, gate_.rule({own, kAction, host}));
  bool lent = false;
  if (!ruling.allow && !agent_.borrow_id.empty()) {
    TK_TRY(auto by_lease, gate_.rule({agent_, kAction, host}));
    lent = by_lease.allow && by_lease.obligations.empty();
    if (lent) ruling = std::move(by_lease);
  }
  auto name = to.host + "/" + std::to_string(to.port);
  bool told = !told_only_ || std::find(told_only_->begin(), told_only_->end(), name) != told_only_->end();
  auto shown_name = told ? to.host : std::string("not-told");
  law::Ref shown{"host", host.context, shown_name + "/" + std::to_string(to.port)};
  bool allowed = ruling.allow && ruling.obligations.empty();
  auto why = allowed ? std::string()
                     : agent_.ref + " may not box.connect on " + shown.str() + ": " + (ruling.allow ? "it needs somebody's approval" : ruling.reason);
  auto known = told_.find(host.str());
  // Each connection is a use of the lease.
  if (lent) TK_CHECK(acl::use_lease(store_, gate_, agent_, kAction, host, row_().trace));
  if (known != told_.end() && known->second == why) return why;
  if (told_.size() >= kMostTold) return std::string("this box has asked for too many hosts");
  if (allowed) {
    auto c = row_();
    c.event = "connect";
    c.input = {{"host", shown_name}, {"port", static_cast<std::int64_t>(to.port)}, {"rule", ruling.rule_id}};
    TK_CHECK(store_.apply(std::move(c)));
  } else {
    TK_CHECK(store_.refused(agent_, kAction, shown, shown.str(), ruling));
    say_(why + " (see: tk law explain " + agent_.ref + " box.connect " + shown.str() + ")");
  }
  told_.insert_or_assign(host.str(), why);
  return why;
}

}  // namespace tk::agent
