// tk law can --batch: a question a line, an answer a line, in order. Names are looked up once; a context that was
// seen before is not parsed again.
#include <unistd.h>

#include <unordered_map>

#include "core/base/clock.hpp"
#include "core/cli/output.hpp"
#include "core/json/fields.hpp"
#include "core/json/json.hpp"
#include "tools/law/asked.hpp"
#include "tools/law/verbs.hpp"

namespace tk::tools::law_tool {
namespace {

using namespace tk::law;

constexpr std::size_t kMaxLine = 1 << 20, kMaxKept = 100'000;

// std::unordered_map that is asked with a string_view.
struct Hash : std::hash<std::string_view> {
  using is_transparent = void;
};
template <class T>
using Kept = std::unordered_map<std::string, T, Hash, std::equal_to<>>;

class Batch {
 public:
  explicit Batch(const Law& law) : law_(law), engine_(law.index()) {}

  // Appends the answer to `out`; false when the line is no question.
  bool answer(std::string_view line, std::string& out) {
    auto good = decide(line);
    if (!good) {
      out += R"({"allow":false,"answer":"deny","rules":[],"error":)" + json::quote(good.error().message) + "}\n";
      return false;
    }
    out += verdict_.allowed() ? R"({"allow":true,"answer":")" : R"({"allow":false,"answer":")";
    out += to_string(verdict_.answer);
    out += R"(","rules":[)";
    for (std::size_t i = 0; i < verdict_.rules.size(); ++i) {
      out += i ? ",\"" : "\"";  // an id has no character that needs quoting
      out += rule_ids_[verdict_.rules[i]];
      out += '"';
    }
    out += ']';
    if (verdict_.error) out += R"(,"error":)" + json::quote(verdict_.failure);
    out += "}\n";
    return true;
  }

  // Whether a rule asks for history; then it has been told so.
  bool read_rules() {
    bool asks = false;
    for (std::uint32_t i = 0; i < law_.index().rule_count(); ++i) {
      rule_ids_.push_back(law_.index().rule(i).id);
      const auto* condition = asks ? nullptr : engine_.condition(i);
      if (!condition) continue;
      for (const auto& input : condition->inputs())
        if (input.call && input.name != "label" && !asks) asks = true, (void)law_.memory->tell(input, {}, {}, {});
    }
    return asks;
  }

 private:
  template <class T, class Make>
  static Result<const T*> kept(Kept<T>& in, std::string_view key, Make make) {
    if (auto it = in.find(key); it != in.end()) return &it->second;
    TK_TRY(auto made, make());
    if (in.size() >= kMaxKept) in.clear();
    return &in.emplace(std::string(key), std::move(made)).first->second;
  }

  Result<void> decide(std::string_view line) {
    json::Fields fields(line);
    const EntityView* actor = nullptr;
    const Target* resource = nullptr;
    const Value::Map* context = nullptr;
    const std::uint32_t* action = nullptr;
    for (;;) {
      TK_TRY(auto more, fields.next());
      if (!more) break;
      auto name = fields.name();
      if (name == "context") {
        TK_TRY(context, context_of(fields.raw()));
        continue;
      }
      bool known = name == "actor" || name == "action" || name == "resource";
      if (!known) return fail(Code::cli_usage, "a question has actor, action, resource and context, not " + std::string(name));
      char first = name[1];
      TK_TRY(auto text, fields.text());
      if (first == 'e') {
        TK_TRY(resource, kept(resources_, text, [&]() -> Result<Target> {
                 TK_TRY(auto ref, parse_ref(text));
                 return engine_.target(ref);
               }));
      } else if (name.size() == 5) {
        TK_TRY(actor, kept(actors_, text, [&] { return actor_of(law_, std::string(text)); }));
      } else {
        TK_TRY(action, kept(actions_, text, [&]() -> Result<std::uint32_t> {
                 TK_CHECK(law_.index().check_action(text));
                 return *engine_.action(text);
               }));
      }
    }
    if (!actor || !action || !resource)
      return fail(Code::cli_usage, std::string("a question without ") + (!actor ? "actor" : !action ? "action" : "resource"));
    Facts facts;
    facts.context = context;
    facts.now_ns = now_;
    facts.history = law_.memory.get();
    if (context && context->contains("time")) {
      TK_TRY(facts.now_ns, time_of(*context));
    }
    engine_.decide(*actor, *action, *resource, facts, Detail::all, verdict_);
    return {};
  }

  Result<const Value::Map*> context_of(std::string_view raw) {
    TK_TRY(auto value, kept(contexts_, raw, [&]() -> Result<Value> {
             TK_TRY(auto parsed, json::parse(raw));
             if (!parsed.as_map()) return fail(Code::cli_usage, "`context` must be an object");
             return parsed;
           }));
    return value->as_map();
  }

  const Law& law_;
  Engine engine_;
  Verdict verdict_;
  Kept<EntityView> actors_;
  Kept<Target> resources_;
  Kept<std::uint32_t> actions_;
  Kept<Value> contexts_;
  std::vector<std::string_view> rule_ids_;
  std::int64_t now_ = clock::now_ns();
};

}  // namespace

Result<Exit> run_batch() {
  TK_TRY(auto law, Law::open());
  Batch batch(law);
  // Before anything is read of stdin.
  if (batch.read_rules()) TK_CHECK(law.memory->settle());
  std::string in, out;
  std::size_t bad = 0;
  for (bool end = false; !end;) {
    auto kept = in.size();
    in.resize(kept + (1 << 18));
    auto n = ::read(0, in.data() + kept, 1 << 18);
    if (n < 0 && errno == EINTR) n = 0, in.resize(kept);
    else if (n < 0) return fail(Code::os_io, "stdin cannot be read");
    else end = n == 0, in.resize(kept + static_cast<std::size_t>(n));
    std::string_view left = in;
    for (auto line_end = left.find('\n'); line_end != left.npos || (end && !left.empty()); line_end = left.find('\n')) {
      auto line = left.substr(0, line_end);
      left.remove_prefix(line_end == left.npos ? left.size() : line_end + 1);
      if (!line.empty() && !batch.answer(line, out)) ++bad;
    }
    if (left.size() > kMaxLine) return fail(Code::cli_usage, "a question is longer than 1 MiB");
    in.erase(0, in.size() - left.size());
    cli::print(out);
    out.clear();
    TK_CHECK(cli::flush());  // whoever waits for the answer of what was written gets it
  }
  if (bad) cli::note(std::to_string(bad) + " lines were no questions: each has its error in its place");
  return bad ? Exit::usage : Exit::ok;
}

}  // namespace tk::tools::law_tool
