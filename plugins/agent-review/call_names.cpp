// What is known about a function or a name by how it is called, and what ValueFlow makes of a
// call.

#include "secret_values.hpp"
#include "value_flow.hpp"

#include <algorithm>
#include <iterator>

namespace tk::review {
namespace {

using u32 = std::uint32_t;
constexpr u32 kTokens = 256;
constexpr int kDepth = 24;

bool one_of(std::string_view word, std::initializer_list<std::string_view> list) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

template <std::size_t N>
bool listed(const std::string_view (&list)[N], std::string_view word) {
    return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

bool ends_any(std::string_view text, std::initializer_list<std::string_view> tails) {
    return std::any_of(tails.begin(), tails.end(),
                       [&](std::string_view tail) { return text.ends_with(tail); });
}

// Their results are numbers, dates, or digits in another writing.
constexpr std::string_view kNumeric[] = {
    "int", "float", "len", "bool", "abs", "round", "ord", "hash", "Number", "parseInt",
    "parseFloat", "BigInt", "Boolean", "intval", "floatval", "doubleval", "boolval", "count",
    "sizeof", "strlen", "time", "microtime", "mktime", "atoi", "atol", "atoll", "atof", "strtol",
    "strtoul", "strtoll", "strtoull", "strtod", "stoi", "stol", "stoul", "stoll", "stoull",
    "stod", "to_string", "toInt", "toUInt", "toLongLong", "toDouble", "Decimal", "now", "getTime",
    "randint", "uuid4", "uuid1", "randomUUID", "random", "floor", "ceil", "trunc", "toFixed",
    "toISOString", "isoformat", "md5", "sha1", "crc32", "hexdigest", "size", "length",
    "toordinal", "timestamp", "total", "number", "Timestamp", "today", "utcnow", "UUID", "getpid",
    "rand", "mt_rand", "random_int", "unix_timestamp", "currentTimeMillis", "arg_int", "absint",
    "valueOfInt", "sum", "date", "gmdate", "fromisoformat", "strftime", "bin2hex", "hexlify",
    "dechex", "hex", "digest", "b64encode", "base64_encode", "isnan", "bit_length", "monotonic",
    "uniqid", "hrtime", "filemtime", "array_sum", "toLong", "toUInt64", "toInt64", "toHex",
    "lround", "lrint", "toULongLong", "timegm", "indexOf", "rowCount", "valueOf",
};

// They hand the text on as it is, or change it without making it harmless.
constexpr std::string_view kTransparent[] = {
    "str", "String", "strval", "trim", "strip", "lstrip", "rstrip", "ltrim", "rtrim", "lower",
    "upper", "toLowerCase", "toUpperCase", "toString", "list", "tuple", "set", "sorted", "keys",
    "values", "items", "concat", "slice", "substr", "substring", "c_str", "data", "encode",
    "decode", "string", "string_view", "QString", "std_string", "strtolower", "strtoupper",
    "array_keys", "array_values", "array_merge", "reversed", "format", "arg", "text", "Array",
    "array", "dict", "freeze", "ucfirst", "title", "join", "implode", "sprintf", "get", "pop",
    "filter", "sort", "reverse", "frozenset", "enumerate", "zip", "toStdString", "toUtf8",
    "qPrintable", "QStringLiteral", "QLatin1String", "repr", "dedent", "copy", "Map", "Set",
    "array_filter", "array_unique", "array_reverse",
};

constexpr std::string_view kShow[] = {
    "print", "println", "printf", "puts", "log", "debug", "info", "warn", "fatal", "critical",
    "trace", "verbose", "syslog", "perror", "die", "alert", "confirm", "toast", "notify", "flash",
    "panic", "assert", "qdebug", "qwarning", "qcritical", "qinfo", "cout", "cerr", "clog",
    "log_info", "log_debug", "log_warn", "error_log", "trigger_error", "t", "gettext", "_", "__",
    "var_dump", "print_r", "describe", "it", "expect", "assertequal", "assertequals",
    "assert_equal", "spdlog", "secho", "echo", "textcontent", "log_message", "audit", "message",
    "addmessage", "abort", "elog", "ereport", "log_error", "log_warning", "log_msg", "logf",
    "assert_called_with", "tobe", "toequal",
};

constexpr std::string_view kJsRequest[] = {
    "req.query", "req.body", "req.params", "req.param", "req.headers", "req.cookies", "req.url",
    "req.get", "request.query", "request.body", "request.params", "request.headers",
    "request.cookies", "request.url", "request.json", "request.nextUrl", "req.json",
    "req.nextUrl", "ctx.query", "ctx.params", "ctx.request", "ctx.req", "process.argv",
    "searchParams", "url.searchParams", "location.search", "location.hash", "c.req",
    "event.queryStringParameters", "event.body", "event.pathParameters", "this.request", "prompt",
};

}  // namespace

bool is_numeric_call(std::string_view name) {
    return listed(kNumeric, name);
}

bool is_guard_call(std::string_view path, std::string_view name) {
    const std::string whole = lower_ascii(path.substr(0, 120));
    const std::string last = lower_ascii(name.substr(0, 80));
    for (const auto other : {"html", "shell", "shlex", "url", "xml", "uri", "regex", "regexp",
                             "re.", "json", "js", "css", "pipes"}) {
        const bool own_word = std::string_view(other) != "re." || whole.starts_with("re.");
        if (own_word && std::string_view(other) != "js" && whole.find(other) != std::string::npos) {
            return false;
        }
    }
    if (whole.find("unescape") != std::string::npos) return false;
    if (whole.find("escape") != std::string::npos || last.find("quote") != std::string::npos) {
        return true;
    }
    return one_of(last, {"esc_sql",      "esc",  "identifier",      "literal",     "sanitize_sql",
                         "sql_safe",     "adapt",           "mogrify",     "quotedstring",
                         "ident",        "prepare",         "bindparam",   "placeholder",
                         "placeholders", "sqlstring",       "dbesc",       "to_sql_literal",
                         "ensure_int",   "quoteidentifier", "formatvalue", "sanitize_sql_orderby",
                         "table_name",   "tablename",       "prefixtable", "prefix_table",
                         "array2list"});
}

bool is_show_call(std::string_view name) {
    const std::string last = lower_ascii(name.substr(0, 80));
    return ends_any(last, {"error", "exception", "warning"}) || listed(kShow, last);
}

bool is_request_source(Language language, std::string_view path) {
    const auto starts = [&](std::string_view head) {
        if (!path.starts_with(head)) return false;
        if (path.size() == head.size()) return true;
        const char next = path[head.size()];
        return !is_word_byte(next);
    };
    const auto any = [&](std::initializer_list<std::string_view> heads) {
        return std::any_of(heads.begin(), heads.end(), starts);
    };
    switch (language) {
        case Language::python:
            return any({"request", "self.request", "flask.request", "sys.argv", "input",
                        "raw_input", "environ.QUERY_STRING", "web.input", "cherrypy.request",
                        "bottle.request", "argv", "event.queryStringParameters"});
        case Language::javascript:
            return std::any_of(std::begin(kJsRequest), std::end(kJsRequest), starts);
        case Language::php:
            return any({"$_GET", "$_POST", "$_REQUEST", "$_COOKIE", "$_SERVER", "$_FILES", "$argv",
                        "$request", "$this->request", "filter_input", "Input"});
        case Language::c:
            return any({"argv"});
        case Language::shell:
        case Language::unknown:
            break;
    }
    return false;
}

bool is_number_type(std::string_view name) {
    return one_of(name,
                  {"int",      "long",      "short",    "unsigned", "float",   "double",  "bool",
                   "size_t",   "ssize_t",   "int8_t",   "int16_t",  "int32_t", "int64_t", "uint8_t",
                   "uint16_t", "uint32_t",  "uint64_t", "number",   "boolean", "bigint",  "time_t",
                   "off_t",    "uintptr_t", "qint64",   "quint64",  "uint",    "ulong",   "pid_t",
                   "UUID",     "date",      "datetime", "Decimal",  "Date"});
}

bool is_all_caps(std::string_view name) {
    bool letters = false;
    for (const char c : name) {
        if (c >= 'a' && c <= 'z') return false;
        if (c >= 'A' && c <= 'Z')
            letters = true;
        else if (!(c >= '0' && c <= '9') && c != '_')
            return false;
    }
    return letters && name.size() >= 2;
}

namespace {

// filter_var($x, FILTER_VALIDATE_INT)
bool validates_number(const TokenStream& part, u32 open) {
    for (u32 i = open + 1; i < std::min(part.tokens[open].match, open + 40); ++i) {
        if (one_of(part.str(i), {"FILTER_VALIDATE_INT", "FILTER_VALIDATE_FLOAT",
                                 "FILTER_VALIDATE_BOOLEAN", "FILTER_VALIDATE_BOOL",
                                 "FILTER_SANITIZE_NUMBER_INT"})) {
            return true;
        }
    }
    return false;
}

// replace(/[^a-z]/g, ""): only what the pattern spares remains.
bool strips(const TokenStream& part, u32 first) {
    std::string_view pattern = part.str(first);
    if (part.is_string(first)) {
        const Token& token = part.tokens[first];
        pattern = part.text.substr(token.body_begin, token.body_end - token.body_begin);
    } else if (part.kind(first) != TokenKind::number ||
               !(part.str(first + 1).find('g') != std::string_view::npos)) {
        return false;
    }
    const Token& with = part.tokens[std::min(first + 2, part.size() - 1)];
    const bool empty = part.is_string(first + 2) && with.body_end <= with.body_begin + 1;
    const bool flagged = part.is_string(first + 3);
    return (empty || flagged) && is_strict_complement(pattern);
}

}  // namespace

// The elements that a mapping function makes.
Trust ValueFlow::trust_of_mapped(const TokenStream& part, u32 first, u32 last, int depth) const {
    const u32 comma = find_text(part, first, last, {","});
    if (comma == first + 1) {
        std::string_view name = part.str(first);
        if (part.is_string(first)) {
            const Token& token = part.tokens[first];
            name = part.text.substr(token.body_begin, token.body_end - token.body_begin);
        }
        if (is_numeric_call(name) || is_guard_call(name, name)) return Trust::guarded;
        if (comma < last && listed(kTransparent, name)) {
            return trust(part, comma + 1, last, depth + 1);
        }
        if (comma < last) return std::max(Trust::unknown, trust(part, comma + 1, last, depth + 1));
    }
    // array_map([$db, "quote"], $values)
    const u32 pair = part.str(first) == "array" ? first + 1 : first;
    const u32 close = pair < last ? part.tokens[pair].match : kNone;
    if (language_ == Language::php && close != kNone && close > pair && close + 1 == comma &&
        part.is_string(close - 1)) {
        const Token& token = part.tokens[close - 1];
        const auto name = part.text.substr(token.body_begin, token.body_end - token.body_begin);
        if (is_numeric_call(name) || is_guard_call(name, name)) return Trust::guarded;
    }
    // Array.from({length: n}, () => "?") has its function last.
    if (part.is(first, "{") && comma < last) first = comma + 1;
    const bool function = part.str(first) == "lambda" || part.str(first) == "function" ||
                          part.str(first) == "fn" || find_text(part, first, last, {"=>"}) < last;
    if (!function) {
        const std::string_view path = part.text.substr(
            part.tokens[first].begin, part.tokens[last - 1].end - part.tokens[first].begin);
        return is_guard_call(path, part.str(last - 1)) ? Trust::guarded : Trust::unknown;
    }
    const u32 arrow = find_text(part, first, last, {"=>"});
    if (arrow < last) {
        const u32 end = expression_end(part, arrow + 1, kTokens);
        return trust_of_function(part, arrow + 1, std::min(end, last), depth + 1);
    }
    const u32 end = part.str(first) == "lambda" ? find_text(part, first, last, {","}) : last;
    return trust_of_function(part, first, end, depth + 1);
}

Trust ValueFlow::trust_of_call(const TokenStream& part, u32 path_first, u32 callee, Trust receiver,
                               int depth) const {
    const u32 open = callee + 1;
    const u32 first = open + 1;
    const u32 last = part.tokens[open].match;
    const std::string_view name = part.str(callee);
    const std::string_view path = part.text.substr(
        part.tokens[path_first].begin, part.tokens[callee].end - part.tokens[path_first].begin);
    if (language_ == Language::php && name.starts_with("filter_") && validates_number(part, open)) {
        return Trust::guarded;
    }
    if (is_request_source(language_, path)) return Trust::request;
    if (depth > kDepth || last == kNone || last - first > kTokens) return Trust::unknown;
    if (name == "getenv") {
        const bool query = path == name && part.is_string(first) &&
                           (part.str(first).find("QUERY_STRING") != std::string_view::npos ||
                            part.str(first).substr(1).starts_with("HTTP_"));
        return query ? Trust::request : Trust::environment;
    }
    if (is_numeric_call(name) || is_guard_call(path, name)) return Trust::guarded;
    if (receiver == Trust::unknown && one_of(part.str(path_first), {"Object", "Array", "String",
                                                                    "Math", "std", "Number"})) {
        receiver = Trust::constant;
    }
    if (part.str(path_first) == "Math") return Trust::guarded;
    const bool own = path == name || one_of(part.str(path_first), {"self", "this", "$this", "cls",
                                                                   "static", "parent"}) ||
                     part.is(callee - 1, "::");
    const Binding* result = own ? look_up(name, kReturned) : nullptr;
    if (result != nullptr && result->trust <= Trust::guarded) return result->trust;
    if (name == "match" && language_ == Language::php && part.is(last + 1, "{") &&
        part.tokens[last + 1].match != kNone) {
        return trust_of_elements(part, last + 2, part.tokens[last + 1].match, depth + 1);
    }
    if (one_of(name, {"map", "array_map", "from"}) && first < last) {
        return trust_of_mapped(part, first, last, depth + 1);
    }
    if (one_of(name, {"fill", "str_repeat", "repeat", "padEnd", "padStart"})) {
        const u32 comma = find_text(part, first, last, {","});
        const Trust filled = trust(part, first, comma, depth + 1);
        return name == "repeat" || name[0] == 'p' ? receiver : filled;
    }
    if (name == "array_fill" || name == "array_pad") {
        const u32 one = find_text(part, first, last, {","});
        const u32 two = one < last ? find_text(part, one + 1, last, {","}) : last;
        return two < last ? trust(part, two + 1, last, depth + 1) : Trust::unknown;
    }
    if (one_of(name, {"range", "Array"})) return Trust::guarded;
    const Trust arguments = trust_of_elements(part, first, last, depth + 1);
    if (one_of(name, {"replace", "replaceAll", "str_replace", "preg_replace", "sub"})) {
        // Doubling the quotes is an escape.
        const std::string_view inside = part.text.substr(
            part.tokens[open].begin, part.tokens[last].end - part.tokens[open].begin);
        if (inside.find("''") != std::string_view::npos) return Trust::guarded;
        if (strips(part, first)) return Trust::guarded;
        return std::max(receiver, arguments);
    }
    if (one_of(name, {"max", "min", "clamp"})) return arguments;
    if (name == "filter" && path != name) return receiver;
    if (name == "array_intersect") {
        // What is in both lists is in the constant one.
        const u32 comma = find_text(part, first, last, {","});
        const Trust right = trust(part, std::min(comma + 1, last), last, depth + 1);
        return std::min(trust(part, first, comma, depth + 1), right);
    }
    // Buffer.toString("hex")
    if (one_of(name, {"toString", "encode"}) && part.is_string(first) && last == first + 1 &&
        one_of(part.str(first), {"\"hex\"", "'hex'", "\"base64\"", "'base64'"})) {
        return Trust::guarded;
    }
    if (one_of(name, {"get", "at", "find", "value", "fetch"}) && path != name) {
        // The key that is looked up does not come out.
        const u32 comma = find_text(part, first, last, {","});
        return std::max(receiver,
                        comma < last ? trust(part, comma + 1, last, depth + 1) : Trust::constant);
    }
    const bool handed_on = listed(kTransparent, name) && (open > path_first + 1 || first < last);
    if (handed_on) return std::max(receiver, arguments);
    return std::max({Trust::unknown, receiver, arguments});
}


// The name in [first, end) has passed a test that lets only harmless values through.
void ValueFlow::hold(const TokenStream& part, u32 first, u32 end) {
    if (part.is(first, "(") && part.is_word(first + 1) && part.is(first + 2, ")")) first += 3;
    if (one_of(part.str(first), {"String", "str"}) && part.is(first + 1, "(")) {
        first += 2;
        --end;
    }
    if (first >= end || end - first > 9 || end > part.size()) return;
    for (u32 i = first; i < end; ++i) {
        const bool joint = one_of(part.str(i), {".", "->", "::", "?."});
        if ((i - first) % 2 == 0 ? !part.is_word(i) : !joint) return;
    }
    const u32 begin = part.tokens[first].begin;
    const auto path = part.text.substr(begin, part.tokens[end - 1].end - begin);
    bind(path, part.tokens[first].scope, Trust::guarded, {}, true);
}

// A name that is held against a constant list is one of its members from there on, and one whose
// type or form is tested has it: `if x not in ("a", "b")`, `ALLOWED.includes(x)`, `is_int($x)`.
void ValueFlow::learn_test(const TokenStream& part, u32 i) {
    const std::string_view s = part.str(i);
    if (language_ == Language::python && s == "in" && i > 1) {
        const u32 name = part.str(i - 1) == "not" ? i - 2 : i - 1;
        u32 first = name;
        while (first > 1 && part.is(first - 1, ".") && part.is_word(first - 2)) first -= 2;
        const bool tested =
            first > 0 && one_of(part.str(first - 1), {"if", "elif", "and", "assert", "or", "not"});
        const u32 end = operand_end(part, i + 1);
        if (tested && end > i + 1 && trust(part, i + 1, end) == Trust::constant) {
            hold(part, first, name + 1);
        }
        return;
    }
    const u32 close = part.is(i + 1, "(") ? part.tokens[i + 1].match : kNone;
    if (close == kNone || close < i || close == i + 2) return learn_prefix_test(part, i);
    const u32 first = i + 2;
    const u32 comma = std::min(expression_end(part, first, kTokens), close);
    if (language_ == Language::php && one_of(s, {"in_array", "array_key_exists"})) {
        if (trust(part, comma + 1, operand_end(part, comma + 1)) == Trust::constant) {
            hold(part, first, comma);
        }
    } else if (language_ == Language::php && s == "isset" && part.is(first + 1, "[")) {
        if (trust(part, first, first + 1) == Trust::constant) hold(part, first + 2, close - 1);
    } else if (one_of(s, {"is_int", "is_numeric", "is_integer", "ctype_digit", "ctype_alnum",
                          "ctype_alpha", "ctype_xdigit", "isInteger", "isSafeInteger", "isFinite",
                          "isNaN"})) {
        hold(part, first, close);
    } else if ((s == "settype" && part.is_string(comma + 1) &&
                part.str(comma + 1).find("string") == std::string_view::npos) ||
               (s == "isinstance" && is_number_type(part.str(comma + 1)))) {
        hold(part, first, comma);
    } else if (one_of(s, {"includes", "has", "hasOwn", "hasOwnProperty", "indexOf", "contains",
                          "count"}) &&
               i > 1) {
        if (s == "hasOwn") {
            if (trust(part, first, comma) == Trust::constant) hold(part, comma + 1, close);
            return;
        }
        if (!one_of(part.str(i - 1), {".", "->"})) return;
        const u32 match = part.tokens[i - 2].match;
        const u32 from = match != kNone && match < i ? match : i - 2;
        if (trust(part, from, i - 1) == Trust::constant) hold(part, first, close);
    } else {
        learn_pattern_test(part, i);
    }
}

// "x.isdigit()".
void ValueFlow::learn_prefix_test(const TokenStream& part, u32 i) {
    if (language_ != Language::python || i < 2 || !part.is(i - 1, ".")) return;
    if (!one_of(part.str(i), {"isdigit", "isdecimal", "isnumeric", "isalnum", "isalpha",
                              "isidentifier"})) {
        return;
    }
    u32 first = i - 2;
    while (first > 1 && part.is(first - 1, ".") && part.is_word(first - 2)) first -= 2;
    hold(part, first, i - 1);
}

// A literal pattern, or a name that holds one.
bool ValueFlow::is_strict(const TokenStream& part, u32 i, bool whole) const {
    if (part.is_string(i)) {
        const Token& token = part.tokens[i];
        const auto body = part.text.substr(token.body_begin, token.body_end - token.body_begin);
        return is_strict_pattern(body, whole);
    }
    if (part.kind(i) == TokenKind::number) return is_strict_pattern(part.str(i), whole);
    const auto known = patterns_.find(part.str(i));
    return known != patterns_.end() && (known->second || whole);
}

// "NAME = re.compile(...)", "const NAME = /.../".
void ValueFlow::learn_pattern(const TokenStream& part, u32 last, u32 first, u32 end) {
    if (!part.is_word(last)) return;
    for (u32 i = first; i < std::min(end, first + 6); ++i) {
        const bool literal = part.is_string(i) || part.str(i).starts_with("/");
        if (!literal || !is_strict(part, i, true)) continue;
        patterns_[part.str(last)] = is_strict(part, i, false);
        return;
    }
}

// /^[a-z]+$/.test(x), re.fullmatch("[a-z]+", x), NAME.match(x), preg_match("/^\\d+$/", $x).
void ValueFlow::learn_pattern_test(const TokenStream& part, u32 i) {
    const std::string_view s = part.str(i);
    if (!one_of(s, {"test", "match", "fullmatch", "preg_match", "regex_match", "exec"})) return;
    const u32 close = part.tokens[i + 1].match;
    const u32 first = i + 2;
    const u32 comma = std::min(expression_end(part, first, kTokens), close);
    const bool whole = s == "fullmatch" || s == "regex_match";
    if (s == "regex_match") {
        if (is_strict(part, comma + 1, whole)) hold(part, first, comma);
    } else if (s == "preg_match" || (i > 1 && part.str(i - 2) == "re")) {
        u32 pattern = first;
        while (part.is(pattern + 1, "::") && pattern + 2 < comma) pattern += 2;
        const u32 end = std::min(expression_end(part, comma + 1, kTokens), close);
        if (is_strict(part, pattern, whole)) hold(part, comma + 1, end);
    } else if (i > 1 && part.is(i - 1, ".")) {
        const bool behind = s == "match" && language_ == Language::javascript;
        u32 owner = i - 2;
        if (!behind && is_strict(part, owner, whole)) return hold(part, first, comma);
        if (!behind || !is_strict(part, first, whole)) return;
        while (owner > 1 && part.is(owner - 1, ".") && part.is_word(owner - 2)) owner -= 2;
        hold(part, owner, i - 1);
    }
}

}  // namespace tk::review
