// What is sealed (core/record/pii.hpp), for somebody to read: in clear for who may `subject.export`, "(erased)" where
// its key was destroyed, else the beginning of the mark. Law is asked without a row, as for every question.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "tools/session/session.hpp"

namespace tk::tools {

class Unsealing {
 public:
  // Every mark inside of `value` that was sealed for the record or entity `type` with that id. `name`: the field or
  // attribute that the value stands in.
  Result<void> open_in(Value& value, const std::string& name, const std::string& type, const std::string& id);

 private:
  Result<std::string> show(const std::string& mark, const std::string& place, const record::Sealed& sealed);
  bool may(const std::string& subject);

  bool tried_ = false;
  std::unique_ptr<Session> session_;  // made for the first mark; none for who is nobody
  std::map<std::string, bool> may_;
};

}  // namespace tk::tools
