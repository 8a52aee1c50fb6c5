#include "tests/acl/world.hpp"

#include "core/crypto/digest.hpp"
#include "core/os/file.hpp"

namespace tk::test {
namespace {

// Ids that stay the same from process to process.
std::string id_of(const std::string& ref) {
  auto hex = crypto::sha256_hex(ref).substr(0, 32);
  hex[12] = '7';
  hex[16] = '8';
  for (auto at : {8u, 13u, 18u, 23u}) hex.insert(at, "-");
  return hex;
}

law::Model model(const Rights& rights) {
  static int version = 0;
  law::Model m;
  m.commit = crypto::sha256_hex(std::to_string(++version)).substr(0, 40);
  auto entity = [&](const std::string& type, const std::string& name) -> law::Entity& {
    law::Entity e;
    e.ref = {type, "a", name};
    e.id = id_of(e.ref.str());
    e.state = "active";
    return m.entities.emplace_back(std::move(e));
  };
  auto role = [&](const std::string& name, const std::string& to) {
    auto& e = entity("role", name);
    m.roles.push_back({e.ref, {}, {}, true});
    m.grants.push_back({"g-" + name, "a", "role:" + name, to, {}});
  };
  auto rule = [&](const std::string& id, bool permit, const std::string& of, const std::string& act, const std::string& on) {
    m.rules.push_back({id, "a", permit, "role:" + of, {act}, on, {}});
  };
  for (int i = 0; i < kParties; ++i) {
    auto& e = entity("user", "l" + std::to_string(i));
    if (rights.suspended.contains(i)) e.state = "suspended";
    entity("agent", "b" + std::to_string(i));
    role("l" + std::to_string(i), lender(i));
    role("b" + std::to_string(i), borrower(i));
  }
  entity("galaxy", "a");
  entity("user", "owner");
  entity("user", "deputy");
  role("owner", "user:a/owner");
  role("asks", "agent:**");
  m.grants.push_back({"g-deputy", "a", "role:owner", "user:a/deputy", {}});
  rule("owner", true, "owner", "*", "**");
  rule("asks", true, "asks", "borrow.request", "**");
  for (int i = 0; i < kParties; ++i) {
    rule("lends" + std::to_string(i), true, "l" + std::to_string(i), "borrow.request", "**");
    rule("glass" + std::to_string(i), true, "l" + std::to_string(i), "borrow.break-glass", "**");
  }
  for (int i = 0; i < kActions; ++i) m.actions.push_back(action(i));
  for (auto [l, act, t] : rights.permits)
    rule("p" + std::to_string(l) + std::to_string(act) + std::to_string(t), true, "l" + std::to_string(l), action(act), thing(t).str());
  for (auto [b, act, t] : rights.forbids)
    rule("f" + std::to_string(b) + std::to_string(act) + std::to_string(t), false, "b" + std::to_string(b), action(act), thing(t).str());
  if (rights.more) rights.more(m);
  return m;
}

}  // namespace

std::string lender(int i) { return "user:a/l" + std::to_string(i); }
std::string borrower(int i) { return "agent:a/b" + std::to_string(i); }
std::string action(int i) { return "thing.do" + std::to_string(i); }
law::Ref thing(int i) { return {"thing", "a", "t" + std::to_string(i)}; }

Result<std::unique_ptr<World>> World::open(const std::string& root, const Rights& rights) {
  auto out = std::make_unique<World>();
  out->root_ = root;
  out->trace_.trace_id = std::string(31, '0') + "1";
  out->trace_.span_id = std::string(15, '0') + "1";
  TK_CHECK(out->set(rights));
  out->gate_.emplace(out->index_);
  TK_TRY(auto journal, journal::Journal::open(root + "/journal.db", store::Mode::read_write_create));
  out->store_.emplace(std::move(journal), root, *out->gate_);
  out->store_->asks.per_run = 1'000'000;
  acl::LeaseCaps caps;
  caps.weekly = std::int64_t{1} << 50;
  out->gate_->attach(*out->store_, caps);
  return out;
}

Result<void> World::set(const Rights& rights) {
  TK_TRY(bytes_, law::compile(model(rights), crypto::sha256_hex));
  TK_TRY(index_, law::Index::open(bytes_));
  return {};
}

record::Actor World::actor(const std::string& ref) {
  record::Actor a;
  a.ref = ref;
  a.kind = ref.substr(0, ref.find(':'));
  a.id = id_of(ref);
  return a;
}

acl::Request wish(World& w, int from, int to) {
  acl::Request r;
  r.lender = w.actor(lender(from));
  r.borrower = w.actor(borrower(to));
  r.actions = {action(0)};
  r.scope = "thing:a/**";
  r.purpose = "p";
  return r;
}

}  // namespace tk::test
