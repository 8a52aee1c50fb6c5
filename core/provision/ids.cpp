#include "core/provision/ids.hpp"

#include <algorithm>
#include <charconv>

#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/law/ref.hpp"

namespace tk::provision {

Result<Ids> Ids::read(const std::string& text, IdRange range) {
  Ids out;
  out.range_ = range;
  out.next_ = range.first;
  int number = 0;
  for (auto line : text::split(text, '\n')) {
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    auto parts = text::split(line, '\t');
    std::uint32_t id = 0;
    auto [end, error] = std::from_chars(parts[0].data(), parts[0].data() + parts[0].size(), id);
    bool keep = parts.size() == 4 && parts[3] == "keep";
    if ((parts.size() != 3 && !keep) || error != std::errc() || end != parts[0].data() + parts[0].size() || !ids::is_uuid(parts[1]))
      return fail_at(Code::ws_entity_invalid, {"ids.lock", number, 1}, "not a line of an id: " + text::printable(text::shorten(line, 60)),
                     "it reads ID, UUID and REF with tabs between them, and may end with keep; take the line from git's history");
    if (!of_people(id))
      return fail_at(Code::ws_entity_invalid, {"ids.lock", number, 1}, std::to_string(id) + " is an id of the system",
                     "take the line from git's history");
    Line entry{id, std::string(parts[1]), std::string(parts[2]), keep};
    if (keep) out.kept_.insert(entry.entity);
    // A union of two branches can hold a line twice.
    if (auto it = out.of_.find(entry.entity); it != out.of_.end() && it->second == id) continue;
    if (out.in_range(id)) out.next_ = std::max(out.next_, id + 1 + (id == 65533 ? 2 : 0));
    if (auto owner = out.owner_.find(id); owner == out.owner_.end()) {
      out.owner_.emplace(id, entry.entity);
      out.of_.insert_or_assign(entry.entity, id);
    } else if (entry.entity < owner->second) {
      if (auto other = out.of_.find(owner->second); other != out.of_.end() && other->second == id) out.of_.erase(other);
      owner->second = entry.entity;
      out.of_.insert_or_assign(entry.entity, id);
    }
    out.lines_.push_back(std::move(entry));
  }
  out.read_ = out.lines_.size();
  return out;
}

std::string Ids::owner(std::uint32_t id) const {
  auto it = owner_.find(id);
  return it == owner_.end() ? "" : it->second;
}

bool Ids::is_new(std::uint32_t id) const {
  return std::any_of(lines_.begin() + static_cast<std::ptrdiff_t>(read_), lines_.end(), [&](const Line& line) { return line.id == id; });
}

std::vector<std::string> Ids::refs(std::uint32_t id) const {
  std::vector<std::string> out;
  auto whose = owner(id);
  for (const auto& line : lines_)
    if (line.id == id && line.entity == whose) out.push_back(line.ref);
  return out;
}

// The first behind all that were given out; one that was left out only when there is none.
std::uint32_t Ids::next() const {
  if (next_ <= range_.last) return next_;
  for (auto id = range_.first; id <= range_.last; ++id)
    if (of_people(id) && !owner_.contains(id)) return id;
  return 0;
}

void Ids::keep(const std::string& entity) {
  if (!kept_.insert(entity).second) return;
  changed_ = true;
}

std::uint32_t Ids::find(const std::string& entity) const {
  auto it = of_.find(entity);
  return it == of_.end() ? 0 : it->second;
}

Result<std::uint32_t> Ids::give(const std::string& entity, const std::string& ref, std::uint32_t wanted) {
  auto has = find(entity);
  if (has != 0 && (wanted == 0 || wanted == has)) return has;
  if (wanted != 0) {
    if (!of_people(wanted))
      return fail(Code::ws_entity_invalid, ref + " cannot have the id " + std::to_string(wanted) + ": it is one of the system",
                  "write uid=\"auto\", or one from 1000 on");
    if (auto owner = owner_.find(wanted); owner != owner_.end())
      return fail(Code::ws_entity_invalid, ref + " cannot have the id " + std::to_string(wanted) + ": it is or was another's (ids.lock)",
                  "write uid=\"auto\"");
  } else {
    wanted = next();
    if (wanted == 0)
      return fail(Code::ws_entity_invalid, "all ids of " + std::to_string(range_.first) + "-" + std::to_string(range_.last) + " were given out",
                  "widen uid-range in MANIFEST.xml");
  }
  if (in_range(wanted)) next_ = std::max(next_, wanted + 1 + (wanted == 65533 ? 2 : 0));
  lines_.push_back({wanted, entity, ref});
  owner_.emplace(wanted, entity);
  of_.insert_or_assign(entity, wanted);
  changed_ = true;
  return wanted;
}

std::vector<std::vector<std::string>> Ids::given() const {
  std::vector<std::vector<std::string>> out;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    const auto& line = lines_[i];
    bool kept = kept_.contains(line.entity);
    if (i < read_ && line.keep == kept) continue;
    out.push_back({std::to_string(line.id), line.entity, line.ref});
    if (kept) out.back().emplace_back("keep");
  }
  return out;
}

std::string Ids::text() const {
  std::string out = "# Unix ids and whose they are, for ever. Written by tk; joined by git line by line.\n";
  for (const auto& line : lines_)
    out += std::to_string(line.id) + "\t" + line.entity + "\t" + line.ref + (kept_.contains(line.entity) ? "\tkeep\n" : "\n");
  return out;
}

}  // namespace tk::provision
