// What is known about a function or a name by how it is called.

#include "secret_values.hpp"
#include "value_flow.hpp"

#include <algorithm>

namespace tk::review {
namespace {

bool listed(std::string_view word, std::initializer_list<std::string_view> list) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

bool ends_any(std::string_view text, std::initializer_list<std::string_view> tails) {
    return std::any_of(tails.begin(), tails.end(),
                       [&](std::string_view tail) { return text.ends_with(tail); });
}

}  // namespace

bool is_numeric_call(std::string_view name) {
    return listed(name, {"int",
                         "float",
                         "len",
                         "bool",
                         "abs",
                         "round",
                         "ord",
                         "hash",
                         "Number",
                         "parseInt",
                         "parseFloat",
                         "BigInt",
                         "Boolean",
                         "intval",
                         "floatval",
                         "doubleval",
                         "boolval",
                         "count",
                         "sizeof",
                         "strlen",
                         "time",
                         "microtime",
                         "mktime",
                         "atoi",
                         "atol",
                         "atoll",
                         "atof",
                         "strtol",
                         "strtoul",
                         "strtoll",
                         "strtoull",
                         "strtod",
                         "stoi",
                         "stol",
                         "stoul",
                         "stoll",
                         "stoull",
                         "stod",
                         "to_string",
                         "toInt",
                         "toUInt",
                         "toLongLong",
                         "toDouble",
                         "Decimal",
                         "now",
                         "getTime",
                         "randint",
                         "uuid4",
                         "uuid1",
                         "randomUUID",
                         "random",
                         "floor",
                         "ceil",
                         "trunc",
                         "toFixed",
                         "toISOString",
                         "isoformat",
                         "md5",
                         "sha1",
                         "crc32",
                         "hexdigest",
                         "size",
                         "length",
                         "toordinal",
                         "timestamp",
                         "total",
                         "number",
                         "Timestamp",
                         "today",
                         "utcnow",
                         "UUID",
                         "getpid",
                         "rand",
                         "mt_rand",
                         "random_int",
                         "unix_timestamp",
                         "currentTimeMillis",
                         "arg_int",
                         "absint",
                         "valueOfInt",
                         "sum"});
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
    return listed(last, {"esc_sql",      "identifier",      "literal",     "sanitize_sql",
                         "sql_safe",     "adapt",           "mogrify",     "quotedstring",
                         "ident",        "prepare",         "bindparam",   "placeholder",
                         "placeholders", "sqlstring",       "dbesc",       "to_sql_literal",
                         "ensure_int",   "quoteidentifier", "formatvalue", "sanitize_sql_orderby"});
}

bool is_show_call(std::string_view name) {
    const std::string last = lower_ascii(name.substr(0, 80));
    return ends_any(last, {"error", "exception", "warning"}) || listed(last, {"print",
                                                                              "println",
                                                                              "printf",
                                                                              "puts",
                                                                              "log",
                                                                              "debug",
                                                                              "info",
                                                                              "warn",
                                                                              "fatal",
                                                                              "critical",
                                                                              "trace",
                                                                              "verbose",
                                                                              "syslog",
                                                                              "perror",
                                                                              "die",
                                                                              "alert",
                                                                              "confirm",
                                                                              "toast",
                                                                              "notify",
                                                                              "flash",
                                                                              "panic",
                                                                              "assert",
                                                                              "qdebug",
                                                                              "qwarning",
                                                                              "qcritical",
                                                                              "qinfo",
                                                                              "cout",
                                                                              "cerr",
                                                                              "clog",
                                                                              "log_info",
                                                                              "log_debug",
                                                                              "log_warn",
                                                                              "error_log",
                                                                              "trigger_error",
                                                                              "t",
                                                                              "gettext",
                                                                              "_",
                                                                              "__",
                                                                              "var_dump",
                                                                              "print_r",
                                                                              "describe",
                                                                              "it",
                                                                              "expect",
                                                                              "assertequal",
                                                                              "assertequals",
                                                                              "assert_equal",
                                                                              "spdlog",
                                                                              "secho",
                                                                              "echo",
                                                                              "textcontent",
                                                                              "log_message",
                                                                              "audit",
                                                                              "message",
                                                                              "addmessage",
                                                                              "abort",
                                                                              "elog",
                                                                              "ereport",
                                                                              "log_error",
                                                                              "log_warning",
                                                                              "log_msg",
                                                                              "logf",
                                                                              "assert_called_with",
                                                                              "tobe",
                                                                              "toequal"});
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
            return any({"req.query",
                        "req.body",
                        "req.params",
                        "req.param",
                        "req.headers",
                        "req.cookies",
                        "req.url",
                        "req.get",
                        "request.query",
                        "request.body",
                        "request.params",
                        "request.headers",
                        "request.cookies",
                        "request.url",
                        "request.json",
                        "request.nextUrl",
                        "req.json",
                        "req.nextUrl",
                        "ctx.query",
                        "ctx.params",
                        "ctx.request",
                        "ctx.req",
                        "process.argv",
                        "searchParams",
                        "url.searchParams",
                        "location.search",
                        "location.hash",
                        "c.req",
                        "event.queryStringParameters",
                        "event.body",
                        "event.pathParameters",
                        "this.request",
                        "prompt"});
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
    return listed(name,
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

}  // namespace tk::review
