#include "core/record/mirror.hpp"

#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/record.hpp"
#include "tools/record/definitions.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::record_tool {
namespace {

Result<Exit> run_mirror(const cli::Args& args) {
  if (args.has("ts") && args.has("schema"))
    return fail(Code::cli_usage, "--ts and --schema are two files", "say one of them");
  TK_TRY(auto s, Session::open_to_read());
  TK_TRY(auto def, definition_of(*s, args.get("WHAT")));
  bool schema = args.has("schema");
  TK_TRY(auto text, schema ? record::json_schema(*def) : record::typescript(*def));
  cli::print(args.json() ? json::pretty(Value::Map{{"type", def->type}, {"definition", def->hash},
                                                   {"format", schema ? "schema" : "ts"}, {"text", text}}) + "\n"
                         : text);
  return Exit::ok;
}

}  // namespace

cli::VerbSpec mirror_verb() {
  return {"mirror", "a definition as a TypeScript file or a JSON Schema", {{"WHAT", "a type, a file or a record"}},
          {{"ts", "", "TypeScript (the default)"}, {"schema", "", "JSON Schema, draft 7"}},
          {{"tk record mirror ticket --ts > src/ticket.ts", "types, can(), reduce() and validators; no import"},
           {"tk record mirror 0192f3 --schema", "of the definition that this record is pinned to"}},
          help::k_mirror, run_mirror, "{type: text, definition: text, format: 'ts'|'schema', text: text}", values};
}

}  // namespace tk::tools::record_tool
