// Is a text SQL, or prose that only uses its words?
//
// Contract: the text is what a program would build, with kValueMark where a value stands. Looks at
// no more than the first kShapePieces words and signs of each of the first statements.

#pragma once

#include <cstddef>
#include <string_view>

namespace tk::review {

constexpr char kValueMark = '\x01';

// Begins like a statement: "SELECT ... FROM", "UPDATE t SET", "DROP TABLE".
bool is_sql(std::string_view text);

// Carries on a statement with a value in it: " WHERE id = '\1'", " ORDER BY \1".
bool continues_sql(std::string_view text);

// A condition for a list of conditions: "name = '\1'".
bool is_condition(std::string_view text);

// What the value whose mark stands at `mark` is in the statement: the name of a table, a bare
// column of a comparison or an order, or anything else.
enum class SqlPlace { value, column, table };
SqlPlace place_in_sql(std::string_view text, std::size_t mark);

// Cheap: may the text begin a statement? For texts that are completed elsewhere.
bool may_begin_sql(std::string_view text);

}  // namespace tk::review
