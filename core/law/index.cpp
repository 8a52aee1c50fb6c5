#include "core/law/index.hpp"

#include <algorithm>
#include <cstring>

#include "core/base/text.hpp"
#include "core/law/detail/tables.hpp"

namespace tk::law {
namespace {

using namespace detail;

EntityView view(std::string_view b, const EntityRow& r, std::uint32_t number) {
  return {str(b, r.type), str(b, r.context), str(b, r.name),          str(b, r.id),
          str(b, r.state), str(b, r.file),   static_cast<int>(r.line), number};
}

constexpr std::size_t kRowSize[kTables] = {
    sizeof(EntityRow), sizeof(AttributeRow), sizeof(ActorGrantRow), sizeof(GrantRow),
    sizeof(RoleRow),   sizeof(ClosureRow),   sizeof(RuleRow),       sizeof(Str),
    sizeof(Str),       sizeof(FileRow),      sizeof(KeyRow),        sizeof(BucketRow),
    sizeof(std::uint32_t), sizeof(GroupRow), sizeof(CandidateRow),  sizeof(HoldingRow),
    sizeof(std::uint64_t), sizeof(ConditionRow), sizeof(SetRow),    sizeof(ObligationRow),
    1};

}  // namespace

std::string EntityView::str() const {
  return std::string(type) + ":" + (context.empty() ? "" : std::string(context) + "/") +
         std::string(name);
}

Result<Index> Index::open(std::string_view bytes) {
  auto bad = [] { return fail(Code::law_index, "the law index is damaged", "remove .tk/law.idx"); };
  if (bytes.size() < sizeof(Header) || reinterpret_cast<std::uintptr_t>(bytes.data()) % 8 != 0)
    return bad();
  const auto& h = header(bytes);
  if (std::memcmp(h.magic, kMagic, sizeof kMagic) != 0 || h.size != bytes.size()) return bad();
  for (std::size_t t = 0; t < kTables; ++t)
    if ((t != kPool && h.tables[t].at % 8 != 0) ||
        h.tables[t].at + std::uint64_t{h.tables[t].size} * kRowSize[t] > bytes.size())
      return bad();
  for (auto hashed : {kBuckets, kGroups})
    if (auto n = h.tables[hashed].size; (n & (n - 1)) != 0) return bad();
  Index index;
  index.bytes_ = bytes;
  return index;
}

std::string_view Index::commit() const { return str(bytes_, header(bytes_).commit); }
std::string_view Index::policy_hash() const { return str(bytes_, header(bytes_).policy_hash); }

std::vector<EntityView> Index::named(const Ref& ref) const {
  auto [table, n] = all<EntityRow>(bytes_, kEntities);
  auto before = [&](const EntityRow& row, const Ref& want) {
    return std::pair(str(bytes_, row.type), str(bytes_, row.name)) <
           std::pair(std::string_view(want.type), std::string_view(want.name));
  };
  const auto* first = std::lower_bound(table, table + n, ref, before);
  std::vector<EntityView> found;
  for (const auto* row = first; row != table + n; ++row) {
    if (str(bytes_, row->type) != ref.type || str(bytes_, row->name) != ref.name) break;
    if (ref.context.empty() || str(bytes_, row->context) == ref.context)
      found.push_back(view(bytes_, *row, static_cast<std::uint32_t>(row - table)));
  }
  return found;
}

std::optional<EntityView> Index::lookup(const Ref& ref) const {
  auto found = named(ref);
  return found.size() == 1 ? std::optional(found[0]) : std::nullopt;
}

Result<EntityView> Index::find(const Ref& ref) const {
  auto found = named(ref);
  if (found.size() == 1) return found[0];
  if (found.size() > 1)
    return fail(Code::ws_ambiguous, ref.str() + " fits " + found[0].str() + " and " + found[1].str(),
                "write the context too");
  std::vector<std::string> names;
  for (const auto& e : entities(ref.type)) names.emplace_back(e.name);
  auto near = text::nearest(ref.name, names);
  return fail(Code::ws_entity_unknown, "no entity " + ref.str() + " at commit " +
                                           std::string(commit().substr(0, 10)),
              near.empty() ? "" : "did you mean " + ref.type + ":" + near + "?");
}

std::vector<EntityView> Index::entities(std::string_view type) const {
  std::vector<EntityView> out;
  each(type, [&](const EntityView& e) { out.push_back(e); });
  return out;
}

void Index::each(std::string_view type, const std::function<void(const EntityView&)>& visit) const {
  auto [table, n] = all<EntityRow>(bytes_, kEntities);
  for (std::uint32_t i = 0; i < n; ++i)
    if (type.empty() || str(bytes_, table[i].type) == type) visit(view(bytes_, table[i], i));
}

std::vector<std::pair<std::string_view, std::string_view>> Index::attributes(
    const EntityView& e) const {
  std::vector<std::pair<std::string_view, std::string_view>> out;
  auto [entity, one] = rows<EntityRow>(bytes_, kEntities, {e.number, 1});
  if (!one) return out;
  auto [table, n] = rows<AttributeRow>(bytes_, kAttributes, entity->attributes);
  for (std::size_t i = 0; i < n; ++i)
    out.emplace_back(str(bytes_, table[i].key), str(bytes_, table[i].value));
  return out;
}

std::optional<std::string_view> Index::attribute(const EntityView& e, std::string_view key) const {
  for (auto [k, v] : attributes(e))
    if (k == key) return v;
  return std::nullopt;
}

std::vector<std::string_view> Index::actions() const {
  std::vector<std::string_view> out;
  auto [table, n] = all<Str>(bytes_, kActionNames);
  for (std::size_t i = 0; i < n; ++i) out.push_back(str(bytes_, table[i]));
  return out;
}

bool Index::known_action(std::string_view action) const {
  auto [table, n] = all<Str>(bytes_, kActionNames);
  return std::binary_search(table, table + n, Str{}, [&](const Str& a, const Str& b) {
    auto text = [&](const Str& s) { return s.size == 0 ? action : str(bytes_, s); };
    return text(a) < text(b);
  });
}

Result<void> Index::check_action(std::string_view action) const {
  if (known_action(action)) return {};
  std::vector<std::string> names;
  for (auto a : actions()) names.emplace_back(a);
  auto near = text::nearest(action, names);
  return fail(Code::law_unknown_action, "unknown action " + std::string(action),
              near.empty() ? "`tk law actions` lists them; a definition in records/ counts once it is committed" : "did you mean " + near + "?");
}

Combining Index::combining() const {
  return header(bytes_).combining == 1 ? Combining::permit_overrides : Combining::forbid_overrides;
}

std::vector<std::string_view> Index::grant_contexts() const {
  std::vector<std::string_view> out;
  auto [table, n] = all<GrantRow>(bytes_, kGrants);
  for (std::size_t i = 0; i < n; ++i)
    if (auto context = str(bytes_, table[i].context); std::find(out.begin(), out.end(), context) == out.end()) out.push_back(context);
  return out;
}

std::uint32_t Index::role_of(std::uint32_t rule) const {
  auto [row, one] = rows<RuleRow>(bytes_, kRules, {rule, 1});
  return one ? row->role : ~std::uint32_t{0};
}

std::size_t Index::rule_count() const { return header(bytes_).tables[kRules].size; }

RuleView Index::rule(std::uint32_t number) const {
  RuleView out;
  auto [row, one] = rows<RuleRow>(bytes_, kRules, {number, 1});
  if (!one) return out;
  out.id = str(bytes_, row->id);
  out.file = str(bytes_, row->file);
  out.resource = str(bytes_, row->resource);
  out.line = static_cast<int>(row->line);
  out.permit = row->permit != 0;
  auto [role, has_role] = rows<RoleRow>(bytes_, kRoles, {row->role, 1});
  if (has_role) out.role = str(bytes_, role->ref);
  auto [when, has_when] = rows<ConditionRow>(bytes_, kConditions, {row->when - 1, 1});
  if (has_when) out.when = str(bytes_, when->text);
  auto [actions, actions_n] = rows<Str>(bytes_, kActionPatterns, row->actions);
  for (std::size_t i = 0; i < actions_n; ++i) out.actions.push_back(str(bytes_, actions[i]));
  auto [sets, sets_n] = rows<SetRow>(bytes_, kSets, row->sets);
  for (std::size_t i = 0; i < sets_n; ++i) out.sets.push_back(str(bytes_, sets[i].argument));
  auto [asks, asks_n] = rows<ObligationRow>(bytes_, kObligations, row->obligations);
  for (std::size_t i = 0; i < asks_n; ++i)
    out.obligations.push_back({str(bytes_, asks[i].kind), str(bytes_, asks[i].of), static_cast<int>(asks[i].n)});
  return out;
}

std::vector<Index::File> Index::files() const {
  std::vector<File> out;
  auto [table, n] = all<FileRow>(bytes_, kFiles);
  for (std::size_t i = 0; i < n; ++i)
    out.push_back({str(bytes_, table[i].path), table[i].size, table[i].mtime_ns});
  return out;
}

}  // namespace tk::law
