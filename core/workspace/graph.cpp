#include "core/workspace/graph.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "core/base/text.hpp"
#include "core/workspace/detail/entity_row.hpp"
#include "core/workspace/relation.hpp"

namespace tk::workspace {
namespace {

constexpr std::string_view kMagic = "tkgraph2";
constexpr std::size_t kKept = 4;                    // commits beside HEAD
constexpr std::size_t kMaxMatches = 4'000'000;      // of all patterns together
constexpr std::uint32_t kNone = ~std::uint32_t{0};

struct Header {
  char magic[8], commit[40], types[24];
  std::uint32_t nodes, edges, relations, pool;
};
struct Text {
  std::uint32_t at, size;
};
struct NodeRow {
  Text type, context, name, state;
  std::uint32_t kind, unused;
};

std::uint64_t packed(Text t) { return std::uint64_t{t.at} << 32 | t.size; }

}  // namespace

// Collects nodes and edges and lays them out.
class GraphWriter {
 public:
  // Entities come sorted by type, context and name: the number of a node is its place in that order.
  std::uint32_t add_entity(const law::Ref& ref, std::string_view state) {
    auto number = static_cast<std::uint32_t>(nodes_.size());
    nodes_.push_back({shared(ref.type), shared(ref.context), keep(ref.name), shared(state), 0, 0});
    exact_.emplace(ref.str(), number);
    short_.emplace(ref.type + ":" + ref.name, number);
    return number;
  }

  void refer(std::uint32_t from, const law::Ref& source, const Relation& relation) {
    auto to = target(source, relation.target);
    edges_.push_back({from, {to, relation_number(relation.name), static_cast<std::uint16_t>(relation.required)}});
  }

  // Each pattern once: who refers to it reaches all that fit it.
  void expand_patterns() {
    auto matches = relation_number("matches");
    std::size_t found = 0;
    for (const auto& [pattern, number] : patterns_)
      for (std::uint32_t n = 0; n < nodes_.size() && found < kMaxMatches; ++n) {
        if (nodes_[n].kind != 0 || !law::matches(pattern, view(nodes_[n].type), view(nodes_[n].context), view(nodes_[n].name))) continue;
        edges_.push_back({number, {n, matches, 0}});
        ++found;
      }
  }

  std::string finish(const std::string& commit) {
    Header h{};
    std::memcpy(h.magic, kMagic.data(), sizeof h.magic);
    std::memcpy(h.commit, commit.data(), std::min(commit.size(), sizeof h.commit));
    const auto& mark = detail::types_mark();
    std::memcpy(h.types, mark.data(), std::min(mark.size(), sizeof h.types));
    std::vector<Text> names;
    for (const auto& r : relations_) names.push_back(keep(r));
    h.nodes = static_cast<std::uint32_t>(nodes_.size());
    h.edges = static_cast<std::uint32_t>(edges_.size());
    h.relations = static_cast<std::uint32_t>(names.size());
    h.pool = static_cast<std::uint32_t>(pool_.size());
    std::string out(reinterpret_cast<const char*>(&h), sizeof h);
    auto put = [&](const auto& rows) { out.append(reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof rows[0]); };
    put(nodes_);
    for (bool outward : {true, false}) {
      auto [begins, edges] = rows_of(outward);
      put(begins);
      put(edges);
    }
    put(names);
    return out + pool_;
  }

 private:
  struct Raw {
    std::uint32_t from;
    Graph::Edge edge;
  };

  // Compressed sparse rows in one direction; a counting sort keeps the order in which edges came.
  std::pair<std::vector<std::uint32_t>, std::vector<Graph::Edge>> rows_of(bool outward) const {
    auto from = [&](const Raw& r) { return outward ? r.from : r.edge.node; };
    std::vector<std::uint32_t> begins(nodes_.size() + 1);
    for (const auto& r : edges_) ++begins[from(r) + 1];
    for (std::size_t i = 1; i < begins.size(); ++i) begins[i] += begins[i - 1];
    std::vector<Graph::Edge> edges(edges_.size());
    auto next = begins;
    for (const auto& r : edges_) edges[next[from(r)]++] = {outward ? r.edge.node : r.from, r.edge.relation, r.edge.required};
    return {std::move(begins), std::move(edges)};
  }

  std::uint32_t target(const law::Ref& source, const std::string& text) {
    if (auto it = exact_.find(text); it != exact_.end()) return it->second;
    if (text.find('*') != text.npos) {
      auto [it, fresh] = patterns_.emplace(text, static_cast<std::uint32_t>(nodes_.size()));
      if (fresh) nodes_.push_back({{}, {}, keep(text), {}, static_cast<std::uint32_t>(Graph::Kind::pattern), 0});
      return it->second;
    }
    if (auto near = nearest(source, text); near != kNone) return near;
    auto number = static_cast<std::uint32_t>(nodes_.size());
    auto ref = law::parse_ref(text);
    nodes_.push_back({ref ? shared(ref->type) : Text{}, ref ? shared(ref->context) : Text{}, keep(ref ? ref->name : text), {},
                      static_cast<std::uint32_t>(Graph::Kind::missing), 0});
    exact_.emplace(text, number);
    return number;
  }

  // A short name: the only one of that name, else the one that stands next above who says it.
  std::uint32_t nearest(const law::Ref& source, const std::string& text) const {
    auto [begin, end] = short_.equal_range(text);
    if (begin == end) return kNone;
    if (std::next(begin) == end) return begin->second;
    auto best = kNone;
    std::size_t depth = 0;
    for (auto it = begin; it != end; ++it) {
      auto context = view(nodes_[it->second].context);
      if (!law::covers(context, source.context) || (best != kNone && context.size() < depth)) continue;
      best = it->second, depth = context.size();
    }
    return best;
  }

  std::uint16_t relation_number(std::string_view name) {
    auto it = std::find(relations_.begin(), relations_.end(), name);
    if (it == relations_.end()) it = relations_.emplace(it, name);
    return static_cast<std::uint16_t>(it - relations_.begin());
  }

  Text keep(std::string_view s) {
    Text out{static_cast<std::uint32_t>(pool_.size()), static_cast<std::uint32_t>(s.size())};
    pool_ += s;
    return out;
  }
  Text shared(std::string_view s) {
    auto it = kept_.find(std::string(s));
    if (it == kept_.end()) it = kept_.emplace(std::string(s), keep(s)).first;
    return it->second;
  }
  std::string_view view(Text t) const { return std::string_view(pool_).substr(t.at, t.size); }

  std::vector<NodeRow> nodes_;
  std::vector<Raw> edges_;
  std::vector<std::string> relations_;
  std::string pool_;
  std::unordered_map<std::string, Text> kept_;
  std::unordered_map<std::string, std::uint32_t> exact_;
  std::unordered_multimap<std::string, std::uint32_t> short_;
  std::map<std::string, std::uint32_t> patterns_;
};

Result<std::string> Graph::build(EntityIndex& index) {
  GraphWriter writer;
  std::vector<std::pair<law::Ref, std::vector<Relation>>> said;
  TK_CHECK(index.each("", [&](const Entity& e, const std::string&) -> Result<void> {
    writer.add_entity(e.ref, e.state);
    auto& [ref, relations] = said.emplace_back(e.ref, std::vector<Relation>());
    each_relation(e, [&, &list = relations](const Relation& r) { list.push_back(r); });
    return {};
  }));
  for (std::uint32_t n = 0; n < said.size(); ++n)
    for (const auto& relation : said[n].second) writer.refer(n, said[n].first, relation);
  writer.expand_patterns();
  return writer.finish(index.commit());
}

Result<Graph> Graph::read(std::string_view bytes) {
  auto bad = [] { return fail(Code::os_io, "the graph's file is damaged", "it is made anew"); };
  Graph out;
  out.bytes_ = bytes;
  Header h;
  if (bytes.size() < sizeof h || reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(Header) != 0) return bad();
  std::memcpy(&h, bytes.data(), sizeof h);
  if (std::string_view(h.magic, sizeof h.magic) != kMagic) return bad();
  char mark[sizeof h.types] = {};
  std::memcpy(mark, detail::types_mark().data(), std::min(detail::types_mark().size(), sizeof mark));
  if (std::memcmp(mark, h.types, sizeof mark) != 0) return bad();
  out.nodes_ = h.nodes, out.edges_ = h.edges, out.relations_ = h.relations;
  std::uint64_t at = sizeof h;
  auto place = [&](std::size_t& to, std::uint64_t rows, std::uint64_t size) { to = at, at += rows * size; };
  place(out.node_at_, h.nodes, sizeof(NodeRow));
  place(out.out_at_, std::uint64_t{h.nodes} + 1, 4);
  place(out.out_edge_at_, h.edges, sizeof(Edge));
  place(out.in_at_, std::uint64_t{h.nodes} + 1, 4);
  place(out.in_edge_at_, h.edges, sizeof(Edge));
  place(out.relation_at_, h.relations, sizeof(Text));
  place(out.pool_at_, h.pool, 1);
  if (at != bytes.size()) return bad();
  auto fits = [&](Text t) { return std::uint64_t{t.at} + t.size <= h.pool; };
  const auto* nodes = reinterpret_cast<const NodeRow*>(bytes.data() + out.node_at_);
  for (std::uint32_t i = 0; i < h.nodes; ++i)
    if (!fits(nodes[i].type) || !fits(nodes[i].context) || !fits(nodes[i].name) || !fits(nodes[i].state) || nodes[i].kind > 2) return bad();
  const auto* names = reinterpret_cast<const Text*>(bytes.data() + out.relation_at_);
  for (std::uint32_t i = 0; i < h.relations; ++i)
    if (!fits(names[i])) return bad();
  for (auto [begins_at, edges_at] : {std::pair{out.out_at_, out.out_edge_at_}, {out.in_at_, out.in_edge_at_}}) {
    const auto* begins = reinterpret_cast<const std::uint32_t*>(bytes.data() + begins_at);
    for (std::uint32_t i = 0; i < h.nodes; ++i)
      if (begins[i] > begins[i + 1]) return bad();
    if (begins[0] != 0 || begins[h.nodes] != h.edges) return bad();
    const auto* edges = reinterpret_cast<const Edge*>(bytes.data() + edges_at);
    for (std::uint32_t i = 0; i < h.edges; ++i)
      if (edges[i].node >= h.nodes || edges[i].relation >= h.relations) return bad();
  }
  return out;
}

std::string_view Graph::commit() const { return bytes_.substr(8, 40); }

std::string_view Graph::text(std::uint64_t at) const { return bytes_.substr(pool_at_ + (at >> 32), at & 0xffffffffu); }

Graph::Node Graph::node(std::uint32_t n) const {
  const auto& row = reinterpret_cast<const NodeRow*>(bytes_.data() + node_at_)[n];
  return {text(packed(row.type)), text(packed(row.context)), text(packed(row.name)), text(packed(row.state)), static_cast<Kind>(row.kind)};
}

std::string Graph::Node::str() const {
  if (type.empty()) return std::string(name);
  return std::string(type) + ":" + (context.empty() ? "" : std::string(context) + "/") + std::string(name);
}

std::span<const Graph::Edge> Graph::out(std::uint32_t n) const {
  const auto* begins = reinterpret_cast<const std::uint32_t*>(bytes_.data() + out_at_);
  return {reinterpret_cast<const Edge*>(bytes_.data() + out_edge_at_) + begins[n], begins[n + 1] - begins[n]};
}

std::span<const Graph::Edge> Graph::in(std::uint32_t n) const {
  const auto* begins = reinterpret_cast<const std::uint32_t*>(bytes_.data() + in_at_);
  return {reinterpret_cast<const Edge*>(bytes_.data() + in_edge_at_) + begins[n], begins[n + 1] - begins[n]};
}

std::string_view Graph::relation(std::uint16_t number) const {
  return text(packed(reinterpret_cast<const Text*>(bytes_.data() + relation_at_)[number]));
}

Result<std::uint32_t> Graph::find(std::string_view word) const {
  TK_TRY(auto ref, law::parse_ref(word));
  std::vector<std::uint32_t> found;
  for (std::uint32_t n = 0; n < nodes_ && found.size() < 4; ++n) {
    auto e = node(n);
    if (e.kind == Kind::pattern || e.name != ref.name || e.type != ref.type) continue;
    if (e.context == ref.context) return n;
    if (ref.context.empty()) found.push_back(n);
  }
  auto shown = text::printable(word);
  if (found.empty()) return fail(Code::ws_entity_unknown, "no entity " + shown, "tk repo search finds names that are like it");
  if (found.size() == 1) return found.front();
  return fail(Code::ws_ambiguous, shown + " fits more than one entity", "say which: " + node(found[0]).str() + ", " + node(found[1]).str());
}

std::vector<std::uint32_t> Graph::match(std::string_view pattern) const {
  std::vector<std::uint32_t> out;
  bool star = pattern.find('*') != pattern.npos;
  bool anywhere = pattern.find('/') == pattern.npos;  // user:alice, secret:*
  auto colon = pattern.find(':');
  auto type = pattern.substr(0, colon), name = colon == pattern.npos ? pattern : pattern.substr(colon + 1);
  for (std::uint32_t n = 0; n < nodes_; ++n) {
    auto e = node(n);
    if (e.kind == Kind::pattern || (type != "*" && type != "**" && type != e.type)) continue;
    bool fits = !anywhere ? law::matches(pattern, e.type, e.context, e.name) : name == "*" || name == "**" || (!star && name == e.name) ||
                (star && law::matches(pattern, e.type, "", e.name));
    if (fits) out.push_back(n);
  }
  return out;
}

Result<std::string> kept_at(const Workspace& workspace, const std::string& commit, std::string_view ending) {
  auto folder = workspace.state("at");
  TK_CHECK(workspace.prepare_state());
  TK_CHECK(os::make_directories(folder, 0700));
  auto path = folder + "/" + commit + "." + std::string(ending);
  if (os::exists(path)) return path;
  TK_TRY(auto names, os::list_directory(folder));
  std::map<std::string, std::int64_t> used;  // commit → when something of it was written last
  for (const auto& name : names) {
    struct stat st{};
    if (::stat((folder + "/" + name).c_str(), &st) == 0) used[name.substr(0, 40)] = std::max<std::int64_t>(used[name.substr(0, 40)], st.st_mtim.tv_sec);
  }
  used.erase(commit);
  while (used.size() >= kKept) {
    auto oldest = std::min_element(used.begin(), used.end(), [](auto& a, auto& b) { return a.second < b.second; });
    for (const auto& name : names)
      if (name.starts_with(oldest->first)) TK_CHECK(os::remove_file(folder + "/" + name));
    used.erase(oldest);
  }
  return path;
}

Result<EntityIndex> index_at(const Workspace& workspace, const git::Repository& repository, const std::string& commit) {
  TK_TRY(auto head, repository.head_commit());
  if (commit == head) return EntityIndex::open(workspace, repository);
  TK_TRY(auto path, kept_at(workspace, commit, "db"));
  if (!os::exists(path))  // HEAD's own, carried over: only what differs is read
    if (auto own = EntityIndex::open(workspace, repository)) {
      TK_CHECK(own->db().copy_to(path));
    }
  return EntityIndex::open_at(path, repository, commit);
}

Result<Graph> Graph::open(const Workspace& workspace, const git::Repository& repository, const std::string& commit) {
  TK_TRY(auto head, repository.head_commit());
  auto path = workspace.state("graph.idx");
  if (commit != head) {
    TK_TRY(path, kept_at(workspace, commit, "graph"));
  }
  auto mapped = [&]() -> Result<Graph> {
    TK_TRY(auto mapping, os::Mapping::open(path));
    TK_TRY(auto out, read(mapping.bytes()));
    if (out.commit() != commit) return fail(Code::os_not_found, "the graph is of another commit");
    out.mapping_ = std::move(mapping);
    return out;
  };
  if (auto out = mapped()) return out;
  TK_TRY(auto index, index_at(workspace, repository, commit));
  TK_TRY(auto bytes, build(index));
  TK_CHECK(os::write_atomic(path, bytes, 0600));
  return mapped();
}

}  // namespace tk::workspace
