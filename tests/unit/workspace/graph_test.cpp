#include <doctest/doctest.h>

#include <random>

#include "core/os/file.hpp"
#include "core/workspace/graph_query.hpp"
#include "core/workspace/search.hpp"

using namespace tk;
using namespace tk::workspace;

namespace {

constexpr const char* kManifest = "<manifest version=\"1\"><galaxy href=\"galaxies/acme/galaxy.xml\"/></manifest>";

struct Place {
  std::string folder = os::temporary_directory("tk-graph-").value();
  git::Repository repository = git::Repository::init(folder + "/repo").value();
  std::string head;
  ~Place() { (void)os::remove_tree(folder); }
  void commit(const std::vector<git::Change>& changes) { head = repository.write_commit(head, changes, {"t", "t@example.org"}, "m").value(); }
  EntityIndex index(const std::string& name = "index.db") {
    auto out = EntityIndex::open_at(folder + "/" + name, repository, head);
    if (!out) FAIL(out.error().where.file << ": " << out.error().message);
    return std::move(*out);
  }
};

std::vector<git::Change> organisation() {
  auto below = [](const std::string& path) { return "galaxies/acme/" + path; };
  return {{"MANIFEST.xml", kManifest},
          {below("galaxy.xml"), "<galaxy name=\"acme\"/>"},
          {below("systems/web/system.xml"), "<system name=\"web\"/>"},
          {below("users/alice.xml"), "<user name=\"alice\" title=\"invoice auditor\" groups=\"ops\""
                                     " email=\"pii:v1:01890000-0000-7000-8000-000000000001:AAAAAAAAAAAAAAAAAAAAAAAAAAAA\""
                                     " id=\"01890000-0000-7000-8000-000000000001\"><attr name=\"level\" type=\"int\" value=\"3\"/></user>"},
          {below("users/bob.xml"), "<user name=\"bob\" state=\"suspended\" owner=\"user:alice\"/>"},
          {below("systems/web/users/bob.xml"), "<user name=\"bob\"/>"},
          {below("groups/ops.xml"), "<group name=\"ops\"><member ref=\"user:alice\"/><member ref=\"user:gone\"/></group>"},
          {below("groups/all.xml"), "<group name=\"all\"><member ref=\"group:ops\"/><member ref=\"user:acme.**/*\"/></group>"},
          {below("systems/web/groups/near.xml"), "<group name=\"near\"><member ref=\"user:bob\"/></group>"},
          {below("agents/helper.xml"), "<agent name=\"helper\" sponsor=\"user:acme/alice\"/>"},
          {below("profiles/face.xml"), "<profile name=\"face\" user_id=\"agent:helper\"/>"},
          {below("secrets/db.xml"), "<secret name=\"db\" value=\"topsecretvalue\"/>"}};
}

struct Ready : Place {
  std::string bytes;
  Graph graph;
  Ready() {
    commit(organisation());
    auto built = index();
    bytes = Graph::build(built).value();
    graph = Graph::read(bytes).value();
  }
  std::string ask(const std::string& path) const {
    auto query = parse_path(path);
    if (!query) return query.error().message;
    auto found = run_path(graph, *query);
    if (!found) return found.error().message + "; " + found.error().hint;
    std::string out;
    for (const auto& f : *found) {
      for (const auto& hop : f.way)
        out += (hop.relation.empty() ? "" : (hop.outward ? " >" : " <") + std::string(hop.relation) + " ") + graph.node(hop.node).str();
      out += "\n";
    }
    return out;
  }
};

}  // namespace

TEST_CASE("relations come of the table of types, and lead to what is meant") {
  Ready r;
  CHECK(r.ask("user:alice -[groups]-> *") == "user:acme/alice >groups group:acme/ops\n");
  CHECK(r.ask("group:near -[member]-> *") == "group:acme.web/near >member user:acme.web/bob\n");  // the nearest of two
  CHECK(r.ask("group:ops -[member]-> user:gone") == "group:acme/ops >member user:gone\n");       // referred to, not declared
  CHECK(r.ask("user:acme.web/bob -[in]-> *") == "user:acme.web/bob >in system:acme/web\n");
  CHECK(r.ask("group:all -[member]-> user:*") ==
        "group:acme/all >member user:acme/alice\ngroup:acme/all >member user:acme/bob\ngroup:acme/all >member user:acme.web/bob\n");
  CHECK(r.ask("user:alice <-[member]-* group:*") == "user:acme/alice <member group:acme/all\nuser:acme/alice <member group:acme/ops\n");
  CHECK(r.ask("profile:* ->* user:alice") == "profile:acme/face >user_id agent:acme/helper >sponsor user:acme/alice\n");
  CHECK(r.ask("agent:helper -> user:alice <-[owner]- user:*") == "agent:acme/helper >sponsor user:acme/alice <owner user:acme/bob\n");
  CHECK(r.ask("agent:helper -[sponsor,member]-* group:ops") == "agent:acme/helper >sponsor user:acme/alice <member group:acme/ops\n");
  CHECK(r.ask("user:alice -[membr]-> *") == "nothing here refers by \"membr\"; did you mean member?");
}

TEST_CASE("what cannot be read as a path says where") {
  auto column = [](const std::string& text) {
    auto query = parse_path(text);
    REQUIRE_FALSE(query);
    CHECK(query.error().code == Code::ws_query);
    return query.error().where.column;
  };
  CHECK(column("") == 1);
  CHECK(column("   ") == 1);
  CHECK(column("alice") == 1);
  CHECK(column("user:alice =>") == 12);
  CHECK(column("user:alice <-> *") == 12);
  CHECK(column("user:alice -[]-> *") == 12);
  CHECK(column("user:alice -[a,,b]-> *") == 12);
  CHECK(column("user:alice -> ") == 15);
  CHECK(column("user:alice -> bob") == 15);
  CHECK(column("* -> \x01:x") == 6);
  CHECK(column(std::string("* -> \xff")) >= 1);
  std::string many = "*";
  for (int i = 0; i < 17; ++i) many += " -> *";
  CHECK(column(many) > 16);
  CHECK(column(std::string(5000, 'x')) > 1);
  CHECK(parse_path("user:*:*/..//**" + std::string(1000, '*')).has_value() == false);
}

TEST_CASE("impact tells what breaks and what only loses, with the way") {
  Ready r;
  std::vector<std::string> said;
  for (const auto& i : impact_of(r.graph, r.graph.find("user:acme/alice").value()))
    said.push_back((i.breaks ? "breaks " : "loses ") + r.graph.node(i.node).str() + " " + std::to_string(i.way.size()));
  CHECK(said == std::vector<std::string>{"breaks agent:acme/helper 2", "breaks profile:acme/face 3", "loses group:acme/ops 2", "loses user:acme/bob 2"});
}

TEST_CASE("a condition reads attributes, relations and what refers to an entity") {
  Ready r;
  auto index = r.index();
  auto holds = [&](const std::string& text) {
    auto condition = EntityCondition::compile(text);
    if (!condition) return std::string(condition.error().code == Code::ws_query ? "refused" : "?");
    std::string out;
    REQUIRE(index.each("user", [&](const Entity& e, const std::string& file) -> Result<void> {
      if (condition->holds(r.graph, r.graph.find(e.ref.str()).value(), e, file).value()) out += e.ref.str() + " ";
      return {};
    }));
    return out;
  };
  CHECK(holds("entity.title.contains('auditor')") == "user:acme/alice ");
  CHECK(holds("entity.level > 2") == "user:acme/alice ");
  CHECK(holds("entity.state == 'suspended' && entity.owner == 'user:alice'") == "user:acme/bob ");
  CHECK(holds("'group:acme/ops' in entity.by_member") == "user:acme/alice ");
  CHECK(holds("!has(entity.title)") == "user:acme/bob user:acme.web/bob ");
  CHECK(holds("entity.title +") == "refused");
  CHECK(holds("other.title") == "refused");
  CHECK(holds("'text'") == "refused");
}

TEST_CASE("the file of a graph is checked before it is used") {
  Ready r;
  CHECK_FALSE(Graph::read(""));
  std::mt19937 dice(3);
  for (int i = 0; i < 3000; ++i) {
    auto bytes = r.bytes;
    if (i % 3 == 0) bytes.resize(dice() % bytes.size());
    else bytes[dice() % bytes.size()] = static_cast<char>(dice());
    auto graph = Graph::read(bytes);
    if (!graph) continue;
    for (std::uint32_t n = 0; n < graph->size(); ++n) CHECK(graph->out(n).size() + graph->in(n).size() + graph->node(n).str().size() < 10 * bytes.size());
    (void)run_path(*graph, parse_path("* --* *").value());
  }
}

TEST_CASE("search finds slips, forms and orders, and nothing that is secret or personal") {
  Place p;
  p.commit(organisation());
  auto index = p.index();
  auto search = Search::open(index, p.repository, p.folder + "/vectors").value();
  CHECK(search.updated().anew);
  auto first = [&](const std::string& text) {
    auto hits = search.find(text, 10).value();
    return hits.empty() ? std::string() : hits.front().ref.str();
  };
  CHECK(first("alice") == "user:acme/alice");
  CHECK(first("auditing invoices") == "user:acme/alice");
  CHECK(first("alcie") == "user:acme/alice");
  CHECK(first("helpr") == "agent:acme/helper");
  CHECK(first("bbo").ends_with("/bob"));
  for (const auto* hidden : {"topsecretvalue", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA", "01890000"}) CHECK(search.find(hidden, 10, Ranking::words).value().empty());
  for (const auto* hostile : {"\"", "\" OR *", "a AND NOT (", "NEAR(", "words:", "*", "", "\xff\xfe", "'; DROP TABLE words; --", "-x ^y"})
    CHECK(search.find(hostile, 10).has_value());
  CHECK(search.find(std::string(100'000, 'x') + " " + std::string(100'000, ' '), 10).has_value());
}

TEST_CASE("a search that followed commits finds what a new one finds") {
  Place p;
  p.commit(organisation());
  std::mt19937 dice(5);
  auto told = [&](EntityIndex& index, const std::string& vectors) {
    auto search = Search::open(index, p.repository, vectors).value();
    std::string out;
    for (const auto* text : {"alice", "reviewr", "engineer of invoices", "ledger 7", "bob"})
      for (const auto ranking : {Ranking::words, Ranking::vectors, Ranking::hybrid}) {
        auto hits = search.find(text, 20, ranking).value();
        for (const auto& hit : hits) out += hit.ref.str() + " " + hit.text + " " + std::to_string(hit.score) + "\n";
      }
    return out;
  };
  std::size_t anew = 0;
  for (int step = 0; step < 40; ++step) {
    std::vector<git::Change> changes;
    for (int i = 0; i < 8; ++i) {
      auto name = "u" + std::to_string(dice() % 60);
      auto title = std::string(dice() % 2 ? "ledger engineer " : "invoice reviewer ") + std::to_string(dice() % 9);
      git::Change c{"galaxies/acme/users/" + name + ".xml", std::nullopt};
      if (dice() % 3) c.content = "<user name=\"" + name + "\" title=\"" + title + "\"/>";
      changes.push_back(std::move(c));
    }
    std::sort(changes.begin(), changes.end(), [](auto& a, auto& b) { return a.path < b.path; });
    changes.erase(std::unique(changes.begin(), changes.end(), [](auto& a, auto& b) { return a.path == b.path; }), changes.end());
    p.commit(changes);
    auto carried = p.index();
    anew += carried.read().anew;
    auto alone = p.index("alone-" + std::to_string(step) + ".db");
    REQUIRE(told(carried, p.folder + "/vectors") == told(alone, p.folder + "/alone-" + std::to_string(step)));
  }
  CHECK(anew == 1);
}

TEST_CASE("vectors that are gone or cut off are made anew") {
  Place p;
  p.commit(organisation());
  auto index = p.index();
  auto find = [&] { return Search::open(index, p.repository, p.folder + "/vectors").value().find("alcie", 5, Ranking::vectors).value().at(0).ref.str(); };
  CHECK(find() == "user:acme/alice");
  auto names = os::list_directory(p.folder, "vectors.").value();
  REQUIRE(names.size() == 1);
  REQUIRE(os::remove_file(p.folder + "/" + names[0]));
  CHECK(find() == "user:acme/alice");
  names = os::list_directory(p.folder, "vectors.").value();
  REQUIRE(os::write_atomic(p.folder + "/" + names.at(0), "short"));
  CHECK(find() == "user:acme/alice");
}
