// law-server: what `tk law serve` becomes. One desk for each policy; a request is answered at one desk.
#include <unistd.h>

#include <mutex>

#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/journal/journal.hpp"
#include "core/json/json.hpp"
#include "core/net/server.hpp"
#include "core/os/file.hpp"
#include "core/os/terminal.hpp"
#include "core/workspace/hot_law.hpp"
#include "tools/law/authzen.hpp"
#include "tools/law/past.hpp"
#include "tools/law/verbs.hpp"

namespace tk::tools::law_tool {
namespace {

using workspace::HotLaw;
using workspace::Policy;

constexpr std::size_t kQuick = 32u << 10;       // bytes of a batch that is answered at once
constexpr std::int64_t kMostRecords = 100'000;  // that a search for resources looks at

// The records of a type: resources that only the journal knows. Nothing where there is no journal.
std::vector<tk::law::Ref> records(const std::string& journal_path, std::string_view type) {
  std::vector<tk::law::Ref> out;
  auto journal = journal::Journal::open(journal_path, store::Mode::read_only);
  if (!journal) return out;
  auto s = journal->db().prepare("SELECT context, name FROM record WHERE type = ? AND name <> '' LIMIT " +
                                 std::to_string(kMostRecords));
  if (!s) return out;
  s->bind(std::string(type));
  for (;;) {
    auto row = s->step();
    if (!row || !*row) return out;
    out.push_back({std::string(type), std::string(s->text(0)), std::string(s->text(1))});
  }
}

struct Desk {
  const workspace::Workspace* workspace = nullptr;
  std::string journal_path, context, url;
  std::unique_ptr<HotLaw> law;

  net::Response answer(const net::Request& r) const {
    auto response = route(r);
    if (auto id = r.header("X-Request-ID"); !id.empty()) response.headers.emplace_back("X-Request-ID", id);
    return response;
  }

 private:
  static net::Response only(const char* methods) {
    auto out = net::plain(405, std::string("this takes ") + methods);
    out.headers.emplace_back("Allow", methods);
    return out;
  }

  net::Response route(const net::Request& r) const {
    if (r.path() == "/.well-known/authzen-configuration") {
      if (r.method != "GET" && r.method != "HEAD") return only("GET, HEAD");
      return {200, "application/json", authzen::configuration(url)};
    }
    for (auto endpoint : authzen::kEndpoints)
      if (r.path() == authzen::path_of(endpoint)) return r.method == "POST" ? ask(endpoint, r) : only("POST");
    return net::plain(404, "there is nothing here; see /.well-known/authzen-configuration");
  }

  net::Response ask(authzen::Endpoint endpoint, const net::Request& r) const {
    auto type = r.header("Content-Type");
    if (text::trim(type.substr(0, type.find(';'))) != "application/json")
      return net::plain(400, "the Content-Type must be application/json");
    auto request = json::parse(r.body, "request");
    if (!request) return net::plain(400, describe(request.error()));
    auto policy = law->current();
    authzen::Source source;
    source.commit = policy->commit;
    source.context = context;
    if (policy->broken) source.broken = &*policy->broken;
    else source.directory = static_cast<const authzen::Directory*>(policy->prepared.get());
    // A connection is one thread's; a journal that is not there yet may come.
    thread_local std::unique_ptr<Memory> memory;
    if (!memory && os::exists(journal_path))
      if (auto opened = Memory::open(*workspace)) memory = std::move(*opened);
    source.history = memory.get();
    source.others = [this](std::string_view of_type) { return records(journal_path, of_type); };
    auto reply = authzen::answer(source, endpoint, *request);
    if (reply.status != 200) return net::plain(reply.status, reply.body);
    return {200, "application/json", std::move(reply.body)};
  }
};

Result<std::string> host_of(const std::string& url) {
  auto scheme = url.find("://");
  bool http = url.starts_with("http://") || url.starts_with("https://");
  auto rest = scheme == url.npos ? std::string() : url.substr(scheme + 3);
  if (!http || rest.empty() || rest.find_first_of("?#@ ") != rest.npos)
    return fail(Code::cli_usage, "not the URL of a decision point: " + url, "write it like https://law.example.com");
  rest = rest.substr(0, rest.find('/'));
  auto colon = rest.find(':', rest.starts_with('[') ? rest.find(']') : 0);
  return rest.substr(0, colon);
}

HotLaw::Owner owner(std::string keys) {
  HotLaw::Owner out;
  out.prepare = [keys = std::move(keys)](const tk::law::Index& index) {
    return std::make_shared<const authzen::Directory>(index, keys);
  };
  out.changed = [](const Policy& p) {
    auto commit = p.commit.empty() ? std::string("HEAD") : "commit " + p.commit.substr(0, 10);
    if (p.broken) cli::note("no law can be made of " + commit + ", so everything is denied: " + describe(*p.broken));
    else cli::aside("law of " + commit + ", policy " + std::string(p.index.policy_hash().substr(0, 10)));
  };
  out.hindered = [](const Error& e) { cli::note("a commit may be seen up to a second late: " + describe(e)); };
  return out;
}

void say_where(const cli::Args& args, const net::Server& server, const Desk& desk) {
  Value::List places;
  if (server.port() != 0) places.emplace_back(server.url());
  if (args.has("socket")) places.emplace_back("unix:" + args.get("socket"));
  if (args.json()) {
    auto policy = desk.law->current();
    cli::print(json::compact(Value::Map{{"listening", places}, {"url", desk.url}, {"commit", policy->commit},
                                        {"policy_hash", policy->broken ? "" : policy->index.policy_hash()},
                                        {"pid", std::int64_t{::getpid()}}}) + "\n");
    return;
  }
  for (const auto& place : places) cli::print("listening on " + place.text() + "\n");
}

Result<Exit> serve(const cli::Args& args) {
  net::Listen where;
  where.address = args.get("listen");
  where.socket = args.get("socket");
  where.beyond_this_machine = args.has("allow-remote");
  if (where.address.empty() && where.socket.empty())
    return fail(Code::cli_usage, "nowhere to listen", "give --listen 127.0.0.1:0 or --socket FILE");
  std::int64_t for_ns = 0;
  if (args.has("for")) {
    auto duration = clock::parse_duration(args.get("for"));
    if (!duration) return fail(Code::cli_usage, "not a duration: " + args.get("for"), "write it like 10s or 2m");
    for_ns = *duration;
  }
  if (args.has("url")) {
    TK_TRY(auto host, host_of(args.get("url")));
    where.names.push_back(host);
  }
  TK_TRY(auto ws, workspace::Workspace::find());
  os::catch_interrupts();
  Desk desk;
  desk.workspace = &ws;
  desk.journal_path = ws.journal_path();
  desk.context = ws.default_context();
  net::Service service;
  service.handle = [&desk](const net::Request& r) { return desk.answer(r); };
  service.slow = [](const net::Request& r) { return r.target.starts_with("/access/v1/search/") || r.body.size() > kQuick; };
  TK_TRY(auto server, net::Server::listen(where, std::move(service)));
  TK_TRY(desk.law, HotLaw::start(ws, owner(ws.state("keys/subjects"))));
  desk.url = args.get("url", server.url());
  while (desk.url.ends_with('/')) desk.url.pop_back();
  say_where(args, server, desk);
  TK_CHECK(cli::flush());
  TK_CHECK(server.run(os::interrupt_fd(), for_ns / 1'000'000));
  if (os::interrupted()) return fail(Code::interrupted, "stopped serving");
  return Exit::ok;
}

}  // namespace
}  // namespace tk::tools::law_tool

int main(int argc, char** argv) {
  auto verb = tk::tools::law_tool::serve_verb();
  verb.run = tk::tools::law_tool::serve;
  return tk::cli::main({"law", "who may do what, and why", {verb}}, argc, argv);
}
