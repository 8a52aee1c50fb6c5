#include "core/base/text.hpp"
#include "core/wot/detail/driver.hpp"

namespace tk::wot::detail {

// The box of a step's program, by the law of now, and what the journal says of it.
Result<Value> Driver::box_for(agent::Task& task, const record::Actor& actor) {
  const auto& t = *task.agent_template;
  if (t.backend == "noop") return Value();
  auto profile = t.box.empty() ? env_.workspace.config("agent.box").value_or(std::string(box::kOfSteps)) : t.box;
  auto agent = actor;
  agent.on_behalf_of.clear();
  // What every step has comes with its right to be one; any other profile law grants.
  TK_TRY(auto who, law::parse_ref(agent.ref));
  if (profile != box::kOfSteps) TK_CHECK(env_.store.ask(agent, "box.run", {"box", who.context, profile}));
  TK_TRY(auto boxed, agent::box_of({env_.workspace, env_.index, env_.gate, env_.store}, agent, profile, agent::own_of(task)));
  auto said = boxed.journaled();
  if (!boxed.profile.missing.empty()) {
    // A lower minimum was declared: what there is stands in the row.
    if (!layers_.contains(profile)) {
      auto may = boxed.profile.missing;
      may.erase(std::string(box::kWhole));
      bool lacks = false;
      auto here = box::layers_here(may, &lacks);
      if (!here && !lacks) return fail(here.error());  // what goes wrong for another reason says nothing about the machine
      Layers found;
      if (!here) found.none = describe(here.error());
      for (const auto& layer : here.value_or(std::vector<box::Layer>()))
        if (layer.state == "missing") found.lacks.push_back(layer.name);
      if (here && !found.lacks.empty()) note("boxes of profile " + profile + " have no " + text::join(found.lacks, ", ") + " here");
      layers_.emplace(profile, std::move(found));
    }
    const auto& here = layers_.at(profile);
    if (!here.none.empty() && boxed.profile.missing.contains(std::string(box::kWhole))) {
      // Under the caller's uid, so it is the caller's to say too.
      TK_CHECK(env_.store.ask(env_.actor, "box.weaken", {"box", who.context, profile}));
      note(task.ref + " runs without a box, as profile " + profile + " lets it: " + here.none);
      return Value(Value::Map{{"profile", profile}, {"without", here.none}});
    }
    auto map = *said.as_map();
    map.insert_or_assign("missing", Value::List(here.lacks.begin(), here.lacks.end()));
    said = std::move(map);
  }
  boxed.agent.on_behalf_of = actor.on_behalf_of;
  auto row = [this, id = task.record, actor] {
    record::Change out;
    out.id = id;
    out.actor = actor;
    out.trace = trace::child(env_.trace);
    return out;
  };
  if (boxed.box.proxy)
    task.hosts = std::make_shared<agent::Hosts>(env_.gate, env_.store, agent, row, [this] { return env_.refresh_law ? env_.refresh_law() : Result<void>(); },
                       [this](const std::string& line) { note(line); });
  task.turn = &law_and_journal_;
  task.boxed = std::move(boxed);
  return said;
}

}  // namespace tk::wot::detail
