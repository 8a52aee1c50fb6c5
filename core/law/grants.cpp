#include "core/law/grants.hpp"

#include "core/law/detail/tables.hpp"

namespace tk::law {

using namespace detail;

std::string GrantView::ref() const { return Ref{"grant", std::string(context), std::string(id)}.str(); }

std::vector<GrantView> grants_of(const Index& index) {
  std::vector<GrantView> out;
  auto b = index.bytes();
  auto [table, n] = all<GrantRow>(b, kGrants);
  auto [roles, roles_n] = all<RoleRow>(b, kRoles);
  for (std::size_t i = 0; i < n; ++i) {
    GrantView g{str(b, table[i].id), str(b, table[i].context), {}, {}, str(b, table[i].file),
                static_cast<int>(table[i].line), static_cast<std::uint32_t>(i), {}};
    if (table[i].role < roles_n) {
      const auto& role = roles[table[i].role];
      g.role = str(b, role.ref);
      auto [closure, c] = rows<ClosureRow>(b, kClosure, role.closure);
      for (std::size_t k = 0; k < c; ++k) g.roles.insert(closure[k].role);
    }
    if (auto e = index.lookup({"grant", std::string(g.context), std::string(g.id)}))
      g.to = index.attribute(*e, "to").value_or("");
    out.push_back(std::move(g));
  }
  return out;
}

std::vector<Reach> reach_of(const Index& index) {
  std::vector<Reach> out;
  auto b = index.bytes();
  for (const auto* type : {"user", "agent"})
    for (const auto& actor : index.entities(type)) {
      auto [row, one] = rows<EntityRow>(b, kEntities, {actor.number, 1});
      if (!one) continue;
      auto [held, n] = rows<ActorGrantRow>(b, kActorGrants, row->grants);
      for (std::size_t i = 0; i < n; ++i) out.push_back({actor, held[i].grant, str(b, held[i].via)});
    }
  return out;
}

}  // namespace tk::law
