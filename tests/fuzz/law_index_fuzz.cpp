// A law index of any bytes: it is refused, or every question to it ends without reading outside of
// it. Magic and size are put right in most inputs, so that damage reaches the tables.
#include <algorithm>
#include <cstring>
#include <memory>

#include "core/law/detail/layout.hpp"
#include "core/law/explain.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace tk;

namespace {

bool inside(std::string_view bytes, std::string_view part) {
  return part.empty() || (part.data() >= bytes.data() &&
                          part.data() + part.size() <= bytes.data() + bytes.size());
}

void ask(std::string_view bytes) {
  auto index = law::Index::open(bytes);
  if (!index) return;
  TK_PROMISE(inside(bytes, index->commit()) && inside(bytes, index->policy_hash()));
  for (auto a : index->actions()) TK_PROMISE(inside(bytes, a));
  for (const auto& f : index->files()) TK_PROMISE(inside(bytes, f.path));
  static_cast<void>(index->check_action("run.strat"));
  static_cast<void>(index->find({"user", "", "alice"}));
  auto entities = index->entities("");
  std::size_t asked = 0;
  for (const auto& e : entities) {
    TK_PROMISE(inside(bytes, e.type) && inside(bytes, e.context) && inside(bytes, e.name));
    TK_PROMISE(inside(bytes, e.id) && inside(bytes, e.state) && inside(bytes, e.file));
    if (++asked > 3) break;  // each may walk through every table: speed is inputs
    static_cast<void>(
        index->find({std::string(e.type), std::string(e.context), std::string(e.name)}));
    for (auto [key, value] : index->attributes(e))
      TK_PROMISE(inside(bytes, key) && inside(bytes, value));
    law::Engine engine(*index);
    Value::Map context{{"mfa", true}};
    law::Facts facts;
    facts.context = &context;
    auto action = engine.action("cast.answer").value_or(0);
    auto d = law::explain(engine, e, action, engine.target(law::Ref{"cast", "acme.web", "code-review/gate"}), facts, true);
    TK_PROMISE(!d.reason.empty());
    for (const auto& hit : d.determining) {
      TK_PROMISE(inside(bytes, hit.id) && inside(bytes, hit.grant) && inside(bytes, hit.via));
      for (auto role : hit.inheritance) TK_PROMISE(inside(bytes, role));
    }
  }
}

}  // namespace

TK_FUZZ(law_index) {
  // A block of exactly these bytes, aligned as a mapping is: one byte too far is seen.
  std::unique_ptr<char[]> block(new char[bytes.size() + !bytes.size()]);
  std::memcpy(block.get(), bytes.data(), bytes.size());
  if (bytes.size() < sizeof(law::detail::Header) || bytes.back() == '!')
    return ask({block.get(), bytes.size()});
  auto& header = *reinterpret_cast<law::detail::Header*>(block.get());
  std::memcpy(header.magic, law::detail::kMagic, sizeof header.magic);
  header.size = bytes.size();
  ask({block.get(), bytes.size()});
}
