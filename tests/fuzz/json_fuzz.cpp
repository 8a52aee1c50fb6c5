// JSON of any bytes. What is read is written and read again as an equal value, number kinds included;
// the canonical form (RFC 8785: 1.0 is written as 1) does not change by that.
#include "core/base/text.hpp"
#include "core/json/json.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace tk;

TK_FUZZ(json) {
  auto value = json::parse(bytes, "f.json");
  if (!value) {
    TK_PROMISE(!value.error().message.empty());
    return;
  }
  // No byte below a blank but white space may stand anywhere in a JSON text.
  for (char c : bytes)
    TK_PROMISE(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t' || c == '\r');
  auto compact = json::compact(*value);
  TK_PROMISE(text::invalid_utf8(compact) == std::string::npos);
  auto again = json::parse(compact);
  TK_PROMISE(again && *again == *value);
  TK_PROMISE(json::compact(*again) == compact);
  auto pretty = json::parse(json::pretty(*value));
  TK_PROMISE(pretty && *pretty == *value);
  // The digest of what is stored is taken over its canonical form: it must survive being read back.
  auto canonical = json::canonical(*value);
  TK_PROMISE(json::canonical(*again) == canonical);
  TK_PROMISE(json::parse(canonical).has_value());
}
