#include "core/record/walk.hpp"

#include <algorithm>
#include <map>

#include "core/base/text.hpp"
#include "core/record/made_up.hpp"

namespace tk::record {
namespace {

constexpr std::size_t kShapes = 64;  // kept of each leaf, to go on from

class Walker {
 public:
  Walker(const Definition& d, std::uint64_t seed) : d_(d), machine_(d), dice_(seed), made_up_(d, dice_) {
    for (const auto& t : d.transitions)
      for (const auto& from : t.from)
        out_.edges.push_back({from, t.event, t.internal() ? "=" : t.to, t.where, false, {}});
  }

  Walk run(std::int64_t most) {
    while (out_.steps < most && out_.taken() < out_.edges.size()) {
      ++out_.steps;
      if (shapes_.empty() || dice_.one_in(12)) begin();
      else step();
    }
    return std::move(out_);
  }

 private:
  void begin() {
    auto moment = made_up_.moment();
    auto made = machine_.create(made_up_.members(d_.fields), moment);
    if (made && machine_.broken(*made, moment).empty()) keep(std::move(*made));
  }

  void keep(Shape shape) {
    auto& list = shapes_[shape.state];
    if (list.size() < kShapes) list.push_back(std::move(shape));
    else list[dice_.below(kShapes)] = std::move(shape);
  }

  // An edge that is not taken yet, from a leaf that has been seen; else any.
  void step() {
    auto at = shapes_.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(dice_.below(shapes_.size())));
    auto events = d_.events_from(at->first);
    if (events.empty()) return;
    std::vector<std::string> wanted;
    for (const auto& e : events)
      if (waits(e, at->first)) wanted.push_back(e);
    const auto& from = wanted.empty() || dice_.one_in(4) ? events : wanted;
    put(at->second[dice_.below(at->second.size())], from[dice_.below(from.size())]);
  }

  bool waits(const std::string& event, const std::string& leaf) {
    for (const auto* t : d_.candidates(event, leaf))
      for (const auto& from : t->from)
        if (auto* e = edge(*t, from); holds(leaf, from) && !e->taken) return true;
    return false;
  }

  bool holds(const std::string& leaf, const std::string& state) const {
    auto line = d_.line(leaf);
    return std::any_of(line.begin(), line.end(), [&](const State* s) { return s->name == state; });
  }

  Walk::Edge* edge(const Transition& t, const std::string& from) {
    std::size_t n = 0;
    for (const auto& other : d_.transitions)
      for (const auto& f : other.from) {
        if (&other == &t && f == from) return &out_.edges[n];
        ++n;
      }
    return nullptr;
  }

  void put(const Shape before, const std::string& event) {
    auto all = d_.candidates(event, before.state);
    auto input = made_up_.members(all.front()->input);
    auto moment = made_up_.moment();
    auto choice = machine_.choose(all, before, input, moment);
    auto why = text::join(choice.unmet, "; ");
    if (choice.transition) {
      auto after = machine_.take(*choice.transition, before, input, moment);
      auto broken = after ? machine_.broken(*after, moment) : std::vector<std::string>{after.error().message};
      if (broken.empty()) {
        for (const auto& from : choice.transition->from)
          if (holds(before.state, from)) edge(*choice.transition, from)->taken = true;
        return keep(std::move(*after));
      }
      why = text::join(broken, "; ");
    }
    for (const auto* t : all)
      for (const auto& from : t->from)
        if (holds(before.state, from)) edge(*t, from)->why = why;
  }

  const Definition& d_;
  Machine machine_;
  Dice dice_;
  MadeUp made_up_;
  Walk out_;
  std::map<std::string, std::vector<Shape>> shapes_;
};

}  // namespace

std::size_t Walk::taken() const {
  return static_cast<std::size_t>(std::count_if(edges.begin(), edges.end(), [](const Edge& e) { return e.taken; }));
}

Walk walk(const Definition& definition, std::uint64_t seed, std::int64_t most_steps) {
  return Walker(definition, seed).run(most_steps);
}

}  // namespace tk::record
