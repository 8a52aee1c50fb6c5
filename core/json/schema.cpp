// The one file that sees valijson; schemas are small and checked at step boundaries only.
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "core/base/text.hpp"
#include "core/json/json.hpp"

namespace tk::json {

Result<void> check_schema(std::string_view schema_text, std::string_view schema_name,
                          const Value& value) {
  try {
    auto document = nlohmann::json::parse(schema_text.begin(), schema_text.end());
    auto target = nlohmann::json::parse(compact(value));
    valijson::Schema schema;
    valijson::SchemaParser parser;
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(document), schema);
    valijson::Validator validator;
    valijson::ValidationResults results;
    if (validator.validate(schema, valijson::adapters::NlohmannJsonAdapter(target), &results))
      return {};
    valijson::ValidationResults::Error first;
    std::string place = "value";
    if (results.popError(first)) {
      place.clear();
      for (const auto& part : first.context) place += part == "<root>" ? "value" : part;
    }
    return fail(Code::json_schema, place + ": " + text::printable(first.description),
                "the schema is " + std::string(schema_name));
  } catch (const std::exception& e) {
    return fail_at(Code::json_schema, Where{std::string(schema_name), 0, 0},
                   "not a usable JSON Schema: " + text::printable(e.what()));
  }
}

}  // namespace tk::json
