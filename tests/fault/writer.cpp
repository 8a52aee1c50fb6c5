// A resident writer for tests/fault/many.py: the write path behind one open journal. A line of stdin is
// "ACTOR RECORD KEY NOTE", its answer one line: "0 VERSION", or "EXIT CODE MESSAGE".
#include <iostream>
#include <sstream>

#include "tools/session/session.hpp"

namespace {

using namespace tk;

Result<std::int64_t> step(tools::Session& s, const std::string& line) {
  record::Change c;
  std::string actor, key, note;
  std::istringstream(line) >> actor >> c.id >> key >> note;
  TK_TRY(c.actor, acl::identify(s.store, s.gate, s.realm, actor));
  c.event = "tick";
  c.input = {{"note", note}};
  c.idempotency_key = "cli/" + c.actor.id + "/" + key;
  TK_TRY(auto done, s.store.apply(std::move(c)));
  return done.record.version;
}

}  // namespace

int main() {
  auto session = tools::Session::open();
  if (!session) return std::cerr << describe(session.error()) << "\n", 1;
  for (std::string line; std::getline(std::cin, line);) {
    auto done = step(**session, line);
    if (done) std::cout << "0 " << *done << std::endl;
    else
      std::cout << static_cast<int>(done.error().exit()) << " " << info(done.error().code).text << " "
                << describe(done.error()) << std::endl;
  }
}
