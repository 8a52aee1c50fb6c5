// AuthZEN requests of any bytes. Each endpoint answers whatever is JSON: with JSON that has what the
// specification wants, or with one line that says what is wrong. Without a law nothing is permitted.
#include <array>

#include "core/crypto/digest.hpp"
#include "core/json/json.hpp"
#include "core/law/model.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tools/law/authzen.hpp"

using namespace tk;
namespace authzen = tk::tools::law_tool::authzen;

namespace {

// A small law: alice may read records, bob nothing.
const std::string& index_bytes() {
  static const std::string bytes = [] {
    law::Model m;
    m.commit = std::string(40, 'a');
    for (const auto* name : {"alice", "bob"}) {
      law::Entity e;
      e.ref = {"user", "g", name};
      e.state = "active";
      m.entities.push_back(std::move(e));
    }
    law::Entity role;
    role.ref = {"role", "g", "reader"};
    role.state = "active";
    m.entities.push_back(role);
    m.roles.push_back({role.ref, {}, {}, true});
    m.actions = {"record.read", "record.write"};
    law::Rule rule;
    rule.id = "r";
    rule.context = "g";
    rule.permit = true;
    rule.role = "role:reader";
    rule.actions = {"record.read"};
    rule.resource = "record:**";
    m.rules.push_back(std::move(rule));
    m.grants.push_back({"g1", "g", "role:reader", "user:alice", {}});
    auto compiled = law::compile(m, crypto::sha256_hex);
    TK_PROMISE(compiled.has_value());
    return *compiled;
  }();
  return bytes;
}

void check_decision(const Value& v, bool none) {
  TK_PROMISE(v["decision"].as_bool() && v["context"].as_map());
  TK_PROMISE(!none || !*v["decision"].as_bool());
}

}  // namespace

TK_FUZZ(authzen) {
  static const authzen::Directory directory(*law::Index::open(index_bytes()), "");
  static const Error broken{Code::law_syntax, "a \"slip\"\n", {"f.xml", 1, 2}, "", nullptr};
  auto request = json::parse(bytes, "request");
  if (!request) return;
  for (bool none : {false, true}) {
    authzen::Source source;
    if (none) source.broken = &broken;
    else source.directory = &directory;
    source.commit = "c";
    source.context = "g";
    source.others = [](std::string_view type) {
      return std::vector<law::Ref>{{std::string(type), "g", "one"}, {std::string(type), "h", "two/x"}};
    };
    for (auto endpoint : authzen::kEndpoints) {
      auto reply = authzen::answer(source, endpoint, *request);
      if (reply.status != 200) {
        TK_PROMISE(reply.status == 400 && !reply.body.empty() && reply.body.find('\n') == std::string::npos);
        continue;
      }
      auto body = json::parse(reply.body, "reply");
      TK_PROMISE(body && body->as_map());
      bool searches = endpoint != authzen::Endpoint::evaluation && endpoint != authzen::Endpoint::evaluations;
      if (searches) {
        const auto* results = (*body)["results"].as_list();
        TK_PROMISE(results && (!none || results->empty()));
      } else if (const auto* all = (*body)["evaluations"].as_list()) {
        const auto* asked = (*request)["evaluations"].as_list();
        TK_PROMISE(asked && all->size() <= asked->size() && !all->empty());
        for (const auto& one : *all) check_decision(one, none);
      } else {
        check_decision(*body, none);
      }
    }
  }
}
