#include "core/workspace/detail/entity_row.hpp"

#include <cstdint>

namespace tk::workspace::detail {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

void put(std::string& out, std::size_t n) {
  for (; n >= 0x80; n >>= 7) out += static_cast<char>(n | 0x80);
  out += static_cast<char>(n);
}

void put(std::string& out, std::string_view s) {
  put(out, s.size());
  out += s;
}

void put(std::string& out, const Pairs& pairs) {
  put(out, pairs.size());
  for (const auto& [name, value] : pairs) put(out, std::string_view(name)), put(out, std::string_view(value));
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  bool ok() const { return ok_; }
  bool done() const { return rest_.empty(); }

  // How many follow; each takes a byte at least.
  std::size_t count() {
    std::size_t n = 0;
    for (int shift = 0;; shift += 7) {
      if (rest_.empty() || shift > 28) return ok_ = false, 0;
      auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      n |= static_cast<std::size_t>(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    if (n > rest_.size()) return ok_ = false, 0;
    return n;
  }

  void text(std::string& out) {
    auto n = count();
    out.assign(rest_.data(), n);
    rest_.remove_prefix(n);
  }

  void pairs(Pairs& out) {
    out.resize(count());
    for (auto& [name, value] : out) text(name), text(value);
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace

void encode(const Entity& entity, std::string& out) {
  put(out, entity.attributes);
  put(out, entity.children.size());
  for (const auto& child : entity.children) put(out, std::string_view(child.name)), put(out, child.attributes);
}

bool decode(std::string_view bytes, Entity& entity) {
  Reader reader(bytes);
  reader.pairs(entity.attributes);
  entity.children.resize(reader.count());
  for (auto& child : entity.children) reader.text(child.name), reader.pairs(child.attributes);
  return reader.ok() && reader.done();
}

void append_ref(std::string& out, const law::Ref& ref) {
  for (const auto* part : {&ref.type, &ref.context, &ref.name}) put(out, std::string_view(*part));
}

bool decode_refs(std::string_view bytes, std::vector<law::Ref>& out) {
  Reader reader(bytes);
  while (reader.ok() && !reader.done()) {
    auto& ref = out.emplace_back();
    for (auto* part : {&ref.type, &ref.context, &ref.name}) reader.text(*part);
  }
  return reader.ok();
}

const std::string& types_mark() {
  static const std::string mark = [] {
    std::uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a: no secret, nobody gains by a collision
    auto add = [&](std::string_view s) {
      for (char c : s) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
      hash = (hash ^ 0xff) * 0x100000001b3u;
    };
    auto attributes = [&](const std::vector<record::AttributeType>& all) {
      for (const auto& a : all) add(a.name), add(a.kind), add(a.refers), add(a.required ? "!" : "");
    };
    attributes(record::common_attributes());
    for (const auto& type : record::entity_type_table()) {
      add(type.name);
      attributes(type.attributes);
      for (const auto& child : type.children) add(child.name), attributes(child.attributes);
    }
    return std::to_string(hash);
  }();
  return mark;
}

}  // namespace tk::workspace::detail
