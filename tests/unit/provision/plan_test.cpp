#include "core/provision/plan.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <map>
#include <random>

#include "core/base/text.hpp"
#include "core/os/file.hpp"
#include "plugins/apply-unix/database.hpp"

using namespace tk;
using namespace tk::provision;

namespace {

using Contents = std::map<std::string, std::string>;  // of the six files

const Contents kForeign = {
    {"passwd",
     "root:x:0:0:root:/root:/bin/bash\n# by hand\ncarol:x:1000:1000:Carol,,,:/home/carol:/bin/bash\nwww:x:33:33::/var/www:/bin/sh\n+::::::\n"},
    {"group", "root:x:0:\nstaff:x:50:carol\ncarol:x:1000:\nwww:x:33:\n+:::\n"},
    {"shadow", "root:*:19000:0:99999:7:::\ncarol:$y$carol:19500:1:90:14:30::\nwww:*:1::::::\n"},
    {"gshadow", "root:*::\nstaff:*::carol\ncarol:!::\nwww:!::\n"},
    {"subuid", "carol:100000:65536\n"},
    {"subgid", "carol:100000:65536\n"}};

struct World {
  std::string root = os::temporary_directory("tk-plan-").value();
  crypto::SigningKey key = crypto::SigningKey::from_seed({1, 2, 3});
  Contents now = kForeign;
  World() { CHECK(os::make_directories(root + "/etc")); }
  ~World() { (void)os::remove_tree(root); }

  Observed look() {
    for (const auto& [name, content] : now) CHECK(os::replace_file(root + "/etc/" + name, content));
    return Observed::read(root).value();
  }

  // The operations on rows, as the program that carries plans out does them: from the signed text.
  std::size_t carry_out(Plan plan) {
    plan.id = "01900000-0000-7000-8000-000000000000";
    auto read = apply_unix::read_plan(write_plan(plan, key));
    std::map<std::string, apply_unix::Database> files;
    for (const auto& [name, content] : now) files.emplace(name, apply_unix::Database(name, content));
    std::size_t rows = 0;
    for (const auto& op : read.ops) {
      if (op.kind != apply_unix::Op::Kind::row) continue;
      auto& file = files.at(op.text(0));
      REQUIRE_MESSAGE(file.state(op) == apply_unix::State::before, op.at(0) << " " << op.at(1) << ": " << op.at(2) << " -> " << op.at(3));
      file.carry_out(op);
      REQUIRE(file.state(op) == apply_unix::State::after);
      ++rows;
    }
    for (auto& [name, content] : now) content = files.at(name).content();
    return rows;
  }
};

std::string uuid(unsigned n) {
  char out[40];
  std::snprintf(out, sizeof out, "01900000-0000-7000-8000-%012x", n);
  return out;
}

struct Organisation {
  Desired desired;
  Ids ids = Ids::read("", {}).value();
  unsigned made = 0;
  std::mt19937& random;
  explicit Organisation(std::mt19937& r) : random(r) {}

  std::size_t below(std::size_t n) { return random() % n; }

  void hire() {
    Account a;
    a.name = "u" + std::to_string(++made);
    a.ref = "user:acme/" + a.name;
    a.entity = uuid(made);
    a.uid = ids.give(a.entity, a.ref).value();
    a.home = "/home/" + a.name;
    a.shell = "/bin/bash";
    a.keys = below(2) == 0 ? "" : "ssh-ed25519 AAAA\n";
    desired.accounts[a.name] = a;
  }
  void found() {
    Group g{"", uuid(++made), "g" + std::to_string(made), 0, {}};
    g.ref = "group:acme/" + g.name;
    g.gid = ids.give(g.entity, g.ref).value();
    desired.groups[g.name] = g;
  }
  template <typename Map>
  auto any(Map& map) {
    auto it = map.begin();
    std::advance(it, static_cast<std::ptrdiff_t>(below(map.size())));
    return it;
  }
  void drop(const std::string& name) {
    desired.accounts.erase(name);
    for (auto& [of, g] : desired.groups) g.members.erase(name);
  }
  void step() {
    auto what = below(10);
    if (what < 3 || desired.accounts.empty()) return hire();
    auto it = any(desired.accounts);
    auto name = it->first;
    if (what == 3) {
      found();
    } else if (what == 4) {
      drop(name);
    } else if (what == 5) {
      auto a = it->second;
      drop(name);
      a.name += "r";
      a.home = "/home/" + a.name;
      desired.accounts[a.name] = a;
    } else if (what == 6) {
      it->second.locked = !it->second.locked;
    } else if (what == 7) {
      it->second.shell = below(2) == 0 ? "/bin/sh" : "/bin/zsh";
      it->second.gecos = below(2) == 0 ? "" : "Title = x";
    } else if (!desired.groups.empty()) {
      auto group = any(desired.groups);
      if (what == 8)
        group->second.members.insert(name);
      else if (below(3) == 0)
        desired.groups.erase(group);
      else
        group->second.members.erase(name);
    }
  }
};

// What somebody else does meanwhile: to rows of tk's accounts, and foreign ones of their own.
void meddle(Contents& now, std::mt19937& random, unsigned& strangers) {
  auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  auto& content = std::next(now.begin(), static_cast<std::ptrdiff_t>(below(now.size())))->second;
  auto replace = [&](std::string& in, const char* a, const char* b) {
    if (auto at = in.find(a); at != in.npos) in.replace(at, std::string_view(a).size(), b);
  };
  switch (below(7)) {
    case 0:
      return replace(now["passwd"], "/bin/bash\nu", "/bin/evil\nu");
    case 1:
      return replace(now["shadow"], ":*:", ":$y$own:");
    case 2:
      return replace(now["shadow"], ":0:99999:7", ":1:9:7");
    case 3:
      return replace(now["subuid"], ":65536\nu", ":99\nu");
    case 4: {  // one row of ours goes
      auto at = content.find("\nu");
      if (at != content.npos) content.erase(at + 1, content.find('\n', at + 1) - at);
      return;
    }
    case 5: {
      auto name = "s" + std::to_string(++strangers), id = std::to_string(3000 + strangers);
      now["passwd"].insert(0, name + ":x:" + id + ":" + id + "::/home/" + name + ":/bin/sh\n");
      now["group"] += name + ":x:" + id + ":\n";
      now["shadow"] += name + ":$y$" + name + ":1::::::\n";
      return;
    }
    default:
      return replace(now["group"], ":carol\n", ":carol,root\n");
  }
}

// The lines that are none of ours, in their order.
std::string foreign(const std::string& content) {
  std::string out;
  for (auto line : text::split(content, '\n')) {
    bool ours = line.size() > 1 && (line[0] == 'u' || line[0] == 'g') && std::isdigit(static_cast<unsigned char>(line[1]));
    if (!ours) out.append(line).push_back('\n');
  }
  return out;
}

std::size_t rows_of(const Plan& plan) {
  return static_cast<std::size_t>(
      std::count_if(plan.operations.begin(), plan.operations.end(), [](const auto& line) { return line.starts_with("row\t"); }));
}

}  // namespace

TEST_CASE("property: a plan leads to what is wanted, its inverse back to every byte, and foreign rows are touched by neither") {
  const unsigned pairs = std::getenv("TK_FULL") ? 10'000 : 2'000;
  std::mt19937 random(20261128);
  unsigned strangers = 0, planned = 0, refused = 0, purged = 0;
  while (planned + refused < pairs) {
    World w;
    Organisation of(random);
    // The plans that were carried out here, as the journal knows them.
    std::set<std::string> known;
    PlanOptions options;
    options.today = 20000;
    options.applied = [&](std::string_view name, const std::string& entity) { return known.contains(std::string(name) + entity); };
    for (int round = 0; round < 12; ++round) {
      for (auto n = 1 + of.below(6); n > 0; --n) of.step();
      if (round > 0)
        for (auto n = of.below(4); n > 0; --n) meddle(w.now, random, strangers);
      options.purge = of.below(3) == 0;
      auto wanted = Wanted::of(of.desired, of.ids);
      const auto before = w.now;
      auto plan = make_plan(wanted, w.look(), of.ids, options);
      if (!plan) {
        REQUIRE_MESSAGE((plan.error().code == Code::prv_taken || plan.error().code == Code::prv_target), plan.error().message);
        ++refused;
        break;  // a row that somebody left behind is for a person to look at
      }
      ++planned;
      REQUIRE(rows_of(*plan) == w.carry_out(*plan));
      for (const auto& [name, content] : w.now) REQUIRE(foreign(content) == foreign(before.at(name)));
      const auto after = w.now;
      // What apply commits with it: the ids, and what this target has.
      for (const auto& [name, a] : of.desired.accounts) known.insert(name + a.entity);
      for (const auto& [name, g] : of.desired.groups) known.insert(name + g.entity);
      of.ids = Ids::read(of.ids.text(), {}).value();
      auto again = make_plan(wanted, w.look(), of.ids, options);
      REQUIRE_MESSAGE(again, again.error().message);
      // Who was locked just now can be removed by the next one that says so.
      auto once = options.purge;
      options.purge = false;
      auto settled = make_plan(wanted, w.look(), of.ids, options);
      options.purge = once;
      REQUIRE_MESSAGE(settled, settled.error().message);
      REQUIRE_MESSAGE(rows_of(*settled) == 0, settled->operations.front());
      if (!once) REQUIRE(rows_of(*again) == 0);
      bool removes = plan->count("remove") > 0;
      purged += removes;
      w.carry_out(inverse_of(*plan));
      for (const auto& [name, content] : w.now)
        if (!removes || name != "shadow") REQUIRE_MESSAGE(content == before.at(name), name);
      w.now = after;
    }
  }
  MESSAGE(planned << " plans, " << refused << " refused, " << purged << " with removals");
  CHECK(planned > pairs / 2);
  CHECK(purged > planned / 50);
}

TEST_CASE("a plan's text is read as it was written, by both who read it") {
  World w;
  std::mt19937 random(1);
  Organisation of(random);
  for (int i = 0; i < 10; ++i) of.hire();
  auto plan = make_plan(Wanted::of(of.desired, of.ids), w.look(), of.ids, {}).value();
  plan.id = uuid(7);
  plan.by = "user:a/tab\there%";
  plan.ids = of.ids.given();
  auto text = write_plan(plan, w.key);
  auto read = read_plan(text, "t").value();
  CHECK(read.operations == plan.operations);
  CHECK(read.inverse == plan.inverse);
  CHECK(read.ids == plan.ids);
  CHECK(read.by == plan.by);
  CHECK(write_plan(read, w.key) == text);
  auto ops = apply_unix::read_plan(text).ops;
  CHECK(ops.size() == plan.operations.size());
  auto back = inverse_of(inverse_of(plan));
  CHECK(back.operations == plan.operations);
}
