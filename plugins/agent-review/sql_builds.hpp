// Texts that a program puts together: concatenations, formats, interpolations and joins.
//
// Contract: read_build looks at each token of the build once; a string it took is marked so that
// no other build begins with it.

#pragma once

#include "value_flow.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tk::review {

// A value that flows into the text.
struct Inflow {
    std::uint32_t begin = 0, end = 0;  // the expression
    std::uint32_t at = 0;              // where to point
    Trust trust = Trust::constant;
    std::size_t mark = static_cast<std::size_t>(-1);  // of its kValueMark in the build's text
};

struct Build {
    std::string text;  // with kValueMark for each value that is not constant
    std::vector<Inflow> inflows;
    std::uint32_t head = kNone;   // the first string
    std::uint32_t first = kNone;  // the first token of the whole expression
    std::uint32_t last = kNone;   // behind its last token
};

class BuildReader {
public:
    BuildReader(const TokenStream& part, const ValueFlow& flow)
        : part_(part), flow_(flow), taken_(part.tokens.size(), false) {}

    bool taken(std::uint32_t i) const { return taken_[i]; }

    // The build whose first operand is at `first`; `before` is text that is known to precede it.
    Build read(std::uint32_t first, std::string_view before);

    // Values given to a function that puts its arguments together.
    Build read_arguments(std::uint32_t first, std::uint32_t last, std::string_view before);

    std::uint32_t name_with_sql(std::uint32_t first) const;

private:
    enum class Style { none, percent, braces, qt };
    struct Piece {
        std::uint32_t first = 0, last = 0;
        bool text = false;
    };
    struct Range {
        std::uint32_t first = 0, last = 0;
    };

    std::uint32_t take_operand(std::uint32_t i);
    std::uint32_t take_postfixes(std::uint32_t i);
    std::uint32_t climb(std::uint32_t i, std::uint32_t& first);
    void take_format(std::uint32_t i, std::uint32_t end);
    void find_formatter(std::uint32_t head, std::uint32_t end);
    void take_list(std::uint32_t first, std::uint32_t& end);
    bool joins(std::uint32_t i) const;
    std::vector<Range> arguments(std::uint32_t first, std::uint32_t last) const;

    Build render(std::string_view before);
    void render_text(Build& build, std::uint32_t i, std::size_t& argument);
    void render_percent(Build& build, std::string_view body, std::uint32_t base, std::uint32_t& at,
                        std::size_t& argument);
    void render_braces(Build& build, std::string_view body, std::uint32_t base, std::uint32_t& at,
                       std::size_t& argument);
    void add_argument(Build& build, std::size_t index, std::uint32_t at);
    void add_value(Build& build, std::uint32_t first, std::uint32_t last, std::size_t& argument);
    void add_known(Build& build, std::string_view sql, std::uint32_t at, std::size_t& argument);

    const TokenStream& part_;
    const ValueFlow& flow_;
    std::vector<bool> taken_;
    std::vector<Piece> pieces_;
    std::vector<Range> arguments_;
    Style style_ = Style::none;
};

}  // namespace tk::review
