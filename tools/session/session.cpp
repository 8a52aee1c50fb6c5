#include "tools/session/session.hpp"

#include <cstdlib>

#include "core/base/clock.hpp"
#include "core/cli/output.hpp"
#include "core/os/file.hpp"
#include "core/os/terminal.hpp"

namespace tk::tools {

// What tk.toml says of asks and leases; what the journal knows of actors counts from here on.
Result<void> Session::configure() {
  auto number = [&](const char* key) -> Result<std::int64_t> {
    TK_TRY(auto text, workspace.config(key));
    return std::strtoll(text.c_str(), nullptr, 10);
  };
  auto milliseconds = [&](const char* key) -> Result<std::int64_t> {
    TK_TRY(auto text, workspace.config(key));
    TK_TRY(auto ns, clock::parse_duration(text));
    return ns / 1'000'000;
  };
  TK_TRY(store.asks.expires_ms, milliseconds("inbox.expires"));
  TK_TRY(store.asks.per_run, number("inbox.per-run"));
  acl::LeaseCaps caps;
  TK_TRY(caps.ttl, milliseconds("borrow.max-ttl"));
  TK_TRY(caps.weekly, milliseconds("borrow.weekly"));
  gate.attach(store, caps);
  return {};
}

Result<std::unique_ptr<Session>> Session::begin(record::Effects* effects) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_CHECK(ws.prepare_state());
  TK_TRY(auto law, workspace::CompiledLaw::open(ws));
  TK_TRY(auto journal, journal::Journal::open(ws.journal_path(), store::Mode::read_write_create));
  std::unique_ptr<Session> out(
      new Session(std::move(ws), std::move(law), std::move(journal), effects));
  TK_CHECK(out->configure());
  TK_CHECK(out->subjects.recover());
  return out;
}

// What a killed command left of a declaration is brought into git first: by who carries it out, or by a program that does.
// Law is that of HEAD, wherever that moved by it.
Result<std::unique_ptr<Session>> Session::open_for_bearer(record::Effects* effects) {
  TK_TRY(auto out, begin(effects));
  TK_TRY(bool owed, out->store.owes("ref"));
  if (!owed) return out;
  if (effects) {
    TK_TRY(auto compensated, out->store.recover());
    for (const auto& e : compensated)
      cli::note("an earlier declaration could not be put into git and was taken back: " + describe(e));
  } else {
    // Whoever lives and declares holds the lock, until it is in git.
    if (!os::Lock::wait(out->workspace.state("declare.lock"), Code::journal_busy)) return out;
    TK_TRY(owed, out->store.owes("ref"));
    // Where that fails, who declares something next is told why.
    if (owed && !workspace::compile_elsewhere(out->workspace, {"--pending"})) return out;
  }
  out.reset();
  return begin(effects);
}

Result<std::unique_ptr<Session>> Session::open(const std::string& as, record::Effects* effects) {
  TK_TRY(auto out, open_for_bearer(effects));
  TK_TRY(out->actor, acl::identify(out->store, out->gate, out->realm, as));
  cli::aside("workspace " + out->workspace.root() + ", law of commit " + std::string(out->law.index().commit().substr(0, 10)) +
             ", you are " + out->actor.ref + ", trace " + out->trace.trace_id);
  return out;
}

Result<std::unique_ptr<Session>> Session::open_to_read() {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto law, workspace::CompiledLaw::open(ws));
  TK_TRY(auto journal, journal::Journal::open(ws.journal_path(), store::Mode::read_only));
  std::unique_ptr<Session> out(
      new Session(std::move(ws), std::move(law), std::move(journal), nullptr));
  TK_CHECK(out->configure());
  // A dead token is nobody's, also for reading.
  if (!os::environment("TK_TOKEN").empty()) TK_CHECK(acl::identify(out->store, out->gate, out->realm, ""));
  return out;
}

std::string Session::name_of(const std::string& id) const {
  for (const auto& e : law.index().entities(""))
    if (e.id == id) return e.str();
  return id;
}

}  // namespace tk::tools
