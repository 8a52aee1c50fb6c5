// Large values live once, in content-addressed storage: a value whose JSON is longer than 2 KiB is
// kept in a record as {"$cas": digest, "bytes": n}, so that storage grows with what changes.
#pragma once

#include "core/base/value.hpp"
#include "core/store/cas.hpp"

namespace tk::wot {

Result<Value> shrink(const store::Cas& cas, const Value::Map& values);  // member by member
Result<Value::Map> expand(const store::Cas& cas, const Value& stored);

}  // namespace tk::wot
