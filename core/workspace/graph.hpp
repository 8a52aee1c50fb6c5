// Entities and the relations between them as of one commit: flat little-endian tables in both directions (compressed
// sparse rows), read in place from a mapping, every offset checked when it is opened. Kept in .tk/graph.idx for HEAD and
// in .tk/at/ for other commits, keyed by the commit and the table of types; made from the index of entities.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/os/file.hpp"
#include "core/workspace/entity_index.hpp"

namespace tk::workspace {

class Graph {
 public:
  enum class Kind : std::uint32_t { entity, missing, pattern };
  struct Edge {
    std::uint32_t node;  // at the other end
    std::uint16_t relation;
    std::uint16_t required;  // 1: the one that refers is not valid without it
  };
  struct Node {
    std::string_view type, context, name, state;
    Kind kind = Kind::entity;
    std::string str() const;
  };

  // Of HEAD or of another commit. What is not there is made, from an index of entities that is brought up for it.
  static Result<Graph> open(const Workspace& workspace, const git::Repository& repository, const std::string& commit);
  static Result<std::string> build(EntityIndex& index);
  static Result<Graph> read(std::string_view bytes);  // keeps a view: the bytes must stay

  std::string_view commit() const;
  std::uint32_t size() const { return nodes_; }
  Node node(std::uint32_t n) const;
  std::span<const Edge> out(std::uint32_t n) const;  // what it refers to
  std::span<const Edge> in(std::uint32_t n) const;   // what refers to it
  std::size_t edges() const { return edges_; }
  std::string_view relation(std::uint16_t number) const;
  std::size_t relations() const { return relations_; }
  // type:context/name, or the short form where it is unique; entities and what is referred to but not there.
  Result<std::uint32_t> find(std::string_view ref) const;
  // Entities that fit a pattern, or are called as it says: user:*, secret:acme.**/*, user:alice.
  std::vector<std::uint32_t> match(std::string_view pattern) const;

 private:
  friend class GraphWriter;
  std::string_view text(std::uint64_t at) const;
  os::Mapping mapping_;
  std::string_view bytes_;
  std::uint32_t nodes_ = 0, edges_ = 0, relations_ = 0;
  std::size_t node_at_ = 0, out_at_ = 0, in_at_ = 0, out_edge_at_ = 0, in_edge_at_ = 0, relation_at_ = 0, pool_at_ = 0;
};

// Where what was made of another commit than HEAD is kept: .tk/at/<commit>.<ending>, the newest few.
Result<std::string> kept_at(const Workspace& workspace, const std::string& commit, std::string_view ending);
// An index of any commit: HEAD's own, or one carried over from it.
Result<EntityIndex> index_at(const Workspace& workspace, const git::Repository& repository, const std::string& commit);

}  // namespace tk::workspace
