// The functions of the library, one C++ function each; library.cpp says what CEL calls them and what they take.
// They check the kinds of what they get, because what is dyn to the checker may be anything.
#pragma once

#include <cstdint>

namespace tk::expr {

class Cell;
class Machine;

namespace native {

#define TK_NATIVE(name) Cell name(Machine& machine, const Cell* arguments, std::uint32_t count)
// standard.cpp
TK_NATIVE(size);
TK_NATIVE(type_of);
TK_NATIVE(same);
TK_NATIVE(to_bool);
TK_NATIVE(to_int);
TK_NATIVE(to_uint);
TK_NATIVE(to_double);
TK_NATIVE(to_string);
TK_NATIVE(to_bytes);
TK_NATIVE(to_timestamp);
TK_NATIVE(to_duration);
TK_NATIVE(matches);
TK_NATIVE(optional_of);
TK_NATIVE(optional_of_non_zero);
TK_NATIVE(optional_none);
TK_NATIVE(has_value);
TK_NATIVE(value);
TK_NATIVE(or_else);
TK_NATIVE(or_value);
// time.cpp
TK_NATIVE(full_year);
TK_NATIVE(month);
TK_NATIVE(day_of_month);
TK_NATIVE(date);
TK_NATIVE(day_of_week);
TK_NATIVE(day_of_year);
TK_NATIVE(hours);
TK_NATIVE(minutes);
TK_NATIVE(seconds);
TK_NATIVE(milliseconds);
// strings.cpp
TK_NATIVE(char_at);
TK_NATIVE(index_of);
TK_NATIVE(last_index_of);
TK_NATIVE(lower_ascii);
TK_NATIVE(upper_ascii);
TK_NATIVE(replace);
TK_NATIVE(split);
TK_NATIVE(join);
TK_NATIVE(substring);
TK_NATIVE(trim);
TK_NATIVE(reverse);
TK_NATIVE(quote);
TK_NATIVE(base64_encode);
TK_NATIVE(base64_decode);
// format.cpp
TK_NATIVE(format);
// maths.cpp
TK_NATIVE(greatest);
TK_NATIVE(least);
TK_NATIVE(ceil);
TK_NATIVE(floor);
TK_NATIVE(round);
TK_NATIVE(trunc);
TK_NATIVE(sqrt);
TK_NATIVE(abs);
TK_NATIVE(sign);
TK_NATIVE(is_nan);
TK_NATIVE(is_inf);
TK_NATIVE(is_finite);
TK_NATIVE(bit_and);
TK_NATIVE(bit_or);
TK_NATIVE(bit_xor);
TK_NATIVE(bit_not);
TK_NATIVE(shift_left);
TK_NATIVE(shift_right);
#undef TK_NATIVE

}  // namespace native
}  // namespace tk::expr
