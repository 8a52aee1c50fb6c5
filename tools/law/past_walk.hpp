// The counters of history-aware rules while the journal is walked: the same answers as record::Tally gave then,
// kept in memory.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/law/engine.hpp"
#include "core/record/tally.hpp"

namespace tk::tools::law_tool {

class Past : public tk::law::History {
 public:
  explicit Past(const tk::law::Index& index);
  bool needed() const { return !needs_.empty(); }
  void add(const record::Deed& deed);
  expr::Cell tell(const expr::Input& call, const tk::law::EntityView& actor, const tk::law::Ref& resource,
                  const tk::law::Facts& facts) override;

 private:
  struct Point {
    std::int64_t ts;
    double total;
  };
  std::set<record::Need> needs_;
  std::map<std::pair<record::Need, std::string>, std::vector<Point>> points_;  // sorted by time
};

}  // namespace tk::tools::law_tool
