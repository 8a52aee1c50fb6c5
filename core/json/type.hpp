// Types of fields, workflow edges and templates (FORMATS.md, Types): text, int, number, bool, json,
// bytes, list<T>, or the path of a JSON Schema file.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/base/value.hpp"

namespace tk::json {

struct Type {
  enum class Kind { text, integer, number, boolean, json, bytes, list, schema } kind = Kind::json;
  std::shared_ptr<const Type> item;  // of a list
  std::string schema_path;           // as written
  std::string schema_text;

  std::string str() const;
};

// Schema paths are read from `root` (the workspace); they may not leave it.
Result<Type> parse_type(std::string_view text, const std::string& root);
// Whether a value fits; the error says what it is instead.
Result<void> check(const Type& type, const Value& value, std::string_view name);
// Whether what gives `from` may feed what takes `to`: equal, int into number, json on either side.
bool feeds(const Type& from, const Type& to);
// A word from the command line as a value of the type.
Result<Value> read_word(const Type& type, std::string_view word, std::string_view name);

}  // namespace tk::json
