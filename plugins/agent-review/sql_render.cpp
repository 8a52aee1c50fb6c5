// BuildReader, the half that writes out what the pieces of a build make.

#include "sql_builds.hpp"
#include "sql_shape.hpp"

#include <algorithm>

namespace tk::review {
namespace {

using u32 = std::uint32_t;
constexpr std::size_t kTextBytes = 16384;
constexpr std::size_t kInflows = 64;

}  // namespace

Build BuildReader::render(std::string_view before) {
    Build build;
    build.text = before;
    std::size_t argument = 0;
    for (const Piece& piece : pieces_) {
        if (piece.text)
            render_text(build, piece.first, argument);
        else
            add_value(build, piece.first, piece.last, argument);
    }
    return build;
}

// SQL that a name holds; when the name is what is formatted, its fields take the arguments.
void BuildReader::add_known(Build& build, std::string_view sql, u32 at, std::size_t& argument) {
    if (build.text.size() >= kTextBytes) return;
    for (u32 i = 0; i < sql.size();) {
        if (style_ == Style::percent && sql[i] == '%')
            render_percent(build, sql, at, i, argument);
        else if (style_ == Style::braces && (sql[i] == '{' || sql[i] == '}'))
            render_braces(build, sql, at, i, argument);
        else
            build.text += sql[i++];
    }
}

void BuildReader::add_value(Build& build, u32 first, u32 last, std::size_t& argument) {
    const u32 begin = part_.tokens[first].begin;
    const u32 end = part_.tokens[last - 1].end;
    const std::string_view sql =
        flow_.sql_of(part_.text.substr(begin, end - begin), part_.tokens[first].scope);
    if (!sql.empty()) {
        add_known(build, sql, begin, argument);
        return;
    }
    const Trust trust = flow_.trust(part_, first, last);
    if (build.text.size() < kTextBytes) build.text += trust == Trust::constant ? 'x' : kValueMark;
    if (trust != Trust::constant && build.inflows.size() < kInflows) {
        build.inflows.push_back({begin, end, begin, trust, build.text.size() - 1});
    }
}

void BuildReader::render_text(Build& build, u32 i, std::size_t& argument) {
    const Token& token = part_.tokens[i];
    u32 hole = token.first_hole;
    const u32 last_hole = hole + token.holes;
    const std::string_view body = part_.text.substr(0, token.body_end);
    for (u32 at = token.body_begin; at < token.body_end;) {
        if (build.text.size() >= kTextBytes && hole == last_hole) break;
        if (hole < last_hole && at >= part_.holes[hole].begin) {
            const Hole& here = part_.holes[hole++];
            at = std::max(at + 1, here.end);
            const std::string_view known = flow_.sql_of(
                part_.text.substr(here.expr_begin, here.expr_end - here.expr_begin), token.scope);
            if (!known.empty()) {
                if (build.text.size() < kTextBytes) build.text += known;
                continue;
            }
            const Trust trust = flow_.trust_of_hole(part_, here, token.scope);
            build.text += trust == Trust::constant ? 'x' : kValueMark;
            if (trust != Trust::constant && build.inflows.size() < kInflows) {
                build.inflows.push_back({here.expr_begin, here.expr_end, here.begin, trust,
                                         build.text.size() - 1});
            }
            continue;
        }
        const char c = body[at];
        if (c == '\\' && at + 1 < token.body_end) {
            const char next = body[at + 1];
            build.text += next == 'n' || next == 't' || next == 'r' || next == '\n' ? ' ' : next;
            at += 2;
        } else if (style_ == Style::percent && c == '%') {
            render_percent(build, body, token.begin, at, argument);
        } else if (style_ == Style::qt && c == '%' && at + 1 < token.body_end &&
                   body[at + 1] >= '1' && body[at + 1] <= '9') {
            add_argument(build, static_cast<std::size_t>(body[at + 1] - '1'), at);
            at += 2;
        } else if (style_ == Style::braces && (c == '{' || c == '}')) {
            render_braces(build, body, token.begin, at, argument);
        } else {
            build.text += c;
            ++at;
        }
    }
}

// The value a conversion puts in; without a matching argument it is as bad as the worst one.
void BuildReader::add_argument(Build& build, std::size_t index, u32 at) {
    if (build.inflows.size() >= kInflows) return;
    Trust trust = Trust::constant;
    Range range;
    if (index < arguments_.size()) {
        range = arguments_[index];
        // name=value in a call of format()
        if (part_.language == Language::python && part_.is(range.first + 1, "=")) range.first += 2;
        trust = flow_.trust(part_, range.first, range.last);
    } else {
        for (const Range& other : arguments_) {
            const Trust one = flow_.trust(part_, other.first, other.last);
            if (one >= trust) range = other;
            trust = std::max(trust, one);
        }
    }
    build.text += trust == Trust::constant ? 'x' : kValueMark;
    if (trust == Trust::constant || range.last <= range.first) return;
    build.inflows.push_back({part_.tokens[range.first].begin, part_.tokens[range.last - 1].end, at,
                             trust, build.text.size() - 1});
}

void BuildReader::render_percent(Build& build, std::string_view body, u32 base, u32& at,
                                 std::size_t& argument) {
    u32 i = at + 1;
    const auto in = [&](std::string_view set) {
        return i < body.size() && set.find(body[i]) != std::string_view::npos;
    };
    std::size_t index = argument;
    if (in("(")) {  // %(name)s
        const auto close = body.find(')', i);
        if (close == std::string_view::npos) {
            build.text += body[at++];
            return;
        }
        i = static_cast<u32>(close) + 1;
        index = arguments_.size();
        const std::string_view name = body.substr(at + 2, close - at - 2);
        for (std::size_t n = 0; n < arguments_.size(); ++n) {
            const u32 key = arguments_[n].first >= 2 ? arguments_[n].first - 2 : 0;
            if (part_.is_string(key) && part_.str(key).find(name) != std::string_view::npos)
                index = n;
        }
    }
    while (in("-+ #0123456789.*$'lhzjtLI")) {
        if (body[i] == '*') index = ++argument;
        if (body[i] == '$' && i == at + 2) index = static_cast<std::size_t>(body[i - 1] - '1');
        ++i;
    }
    const char kind = i < body.size() ? body[i] : '\0';
    if (kind == '%') {
        build.text += '%';
    } else if (kind == 's' || kind == 'r' || kind == 'S' || kind == 'a' || kind == 'c') {
        add_argument(build, index, std::max(base, at));
        ++argument;
    } else if (in("diuxXfFgGeEoqQwpbv")) {
        build.text += '0';  // a number, or sqlite3_mprintf's own quoting
        ++argument;
    } else {
        build.text += '%';
        ++at;
        return;
    }
    at = i + 1;
}

void BuildReader::render_braces(Build& build, std::string_view body, u32 base, u32& at,
                                std::size_t& argument) {
    const char c = body[at];
    if (at + 1 < body.size() && body[at + 1] == c) {
        build.text += c;
        at += 2;
        return;
    }
    const auto close = body.substr(at, 80).find('}');
    if (c == '}' || close == std::string_view::npos) {
        ++at;
        return;
    }
    std::string_view field = body.substr(at + 1, close - 1);
    const auto colon = field.find(':');
    const std::string_view format = colon == std::string_view::npos ? "" : field.substr(colon + 1);
    const std::string_view name = field.substr(0, std::min(colon, field.find_first_of("!.[")));
    const bool number = !format.empty() &&
                        std::string_view("dxXfeEgGo").find(format.back()) != std::string_view::npos;
    std::size_t index = argument;
    if (name.size() == 1 && name[0] >= '0' && name[0] <= '9') {
        index = static_cast<std::size_t>(name[0] - '0');
    } else if (!name.empty()) {
        index = arguments_.size();
        for (std::size_t n = 0; n < arguments_.size(); ++n) {
            const u32 first = arguments_[n].first;
            if (part_.str(first) == name && part_.is(first + 1, "=")) index = n;
        }
    } else {
        ++argument;
    }
    if (number)
        build.text += '0';
    else
        add_argument(build, index, std::max(base, at));
    at += static_cast<u32>(close) + 1;
}

}  // namespace tk::review
