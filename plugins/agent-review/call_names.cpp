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
    "qPrintable", "QStringLiteral", "QLatin1String", "repr", "dedent", "copy",
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
    return one_of(last, {"esc_sql",      "identifier",      "literal",     "sanitize_sql",
                         "sql_safe",     "adapt",           "mogrify",     "quotedstring",
                         "ident",        "prepare",         "bindparam",   "placeholder",
                         "placeholders", "sqlstring",       "dbesc",       "to_sql_literal",
                         "ensure_int",   "quoteidentifier", "formatvalue", "sanitize_sql_orderby"});
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
        if (comma < last) return std::max(Trust::unknown, trust(part, comma + 1, last, depth + 1));
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
    if (is_request_source(language_, path)) return Trust::request;
    if (depth > kDepth || last == kNone || last - first > kTokens) return Trust::unknown;
    if (name == "getenv") {
        const bool query = path == name && part.is_string(first) &&
                           part.str(first).find("QUERY_STRING") != std::string_view::npos;
        return query ? Trust::request : Trust::unknown;
    }
    if (is_numeric_call(name) || is_guard_call(path, name)) return Trust::guarded;
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
    if (one_of(name, {"replace", "replaceAll", "str_replace"})) {
        // Doubling the quotes is an escape.
        const std::string_view inside = part.text.substr(
            part.tokens[open].begin, part.tokens[last].end - part.tokens[open].begin);
        if (inside.find("''") != std::string_view::npos) return Trust::guarded;
        return std::max(receiver, arguments);
    }
    if (name == "get" && language_ == Language::python) {
        const u32 comma = find_text(part, first, last, {","});
        return std::max(receiver,
                        comma < last ? trust(part, comma + 1, last, depth + 1) : Trust::constant);
    }
    const bool handed_on = listed(kTransparent, name) && (open > path_first + 1 || first < last);
    if (handed_on) return std::max(receiver, arguments);
    return std::max({Trust::unknown, receiver, arguments});
}

}  // namespace tk::review
