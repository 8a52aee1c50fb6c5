// What can be known about a value from the file it stands in: is it constant, made harmless, or
// does it come from a request?
//
// Contract: learn() is called with every part of the file before trust() is asked; the text
// outlives the object. The cost of one question is bounded by a constant.

#pragma once

#include "source_tokens.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tk::review {

// Ordered: what is built of several values is as bad as the worst of them.
enum class Trust : std::uint8_t { constant, guarded, unknown, environment, argument, request };

struct Binding {
    Trust trust = Trust::constant;
    bool numeric = false;  // declared with a type that holds no text
    std::string sql;       // the beginning of the SQL text it holds
    // What the running pass has gathered; it counts from the end of the pass on.
    Trust next = Trust::constant;
    bool next_numeric = false;
    std::uint32_t pass = 0;
};

// Stands for the scope in which what functions return is kept.
constexpr std::uint32_t kReturned = kNone - 1;

class ValueFlow {
public:
    explicit ValueFlow(Language language) : language_(language) {}

    // Gives the tokens their scopes and takes in what the part assigns. Scopes of a part that
    // stands inside another are all `scope`.
    void learn(TokenStream& part, std::uint32_t scope, bool nested);

    Trust trust(const TokenStream& part, std::uint32_t first, std::uint32_t last,
                int depth = 0) const;
    Trust trust_of_hole(const TokenStream& part, const Hole& hole, std::uint32_t scope,
                        int depth = 0) const;

    // The SQL text that a name holds; empty when none is known.
    std::string_view sql_of(std::string_view name, std::uint32_t scope) const;

private:
    struct Key {
        std::string_view name;
        std::uint32_t scope;
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const {
            return std::hash<std::string_view>{}(key.name) ^ (key.scope * 0x9E3779B97F4A7C15ULL);
        }
    };

    void mark_scopes(TokenStream& part);
    void mark_python_scopes(TokenStream& part);
    std::string_view function_name(const TokenStream& part, std::uint32_t paren) const;
    std::uint32_t body_of(const TokenStream& part, std::uint32_t paren) const;
    void bind(std::string_view name, std::uint32_t scope, Trust trust, std::string_view sql = {},
              bool numeric = false);
    const Binding* look_up(std::string_view name, std::uint32_t scope) const;

    void learn_shell(const TokenStream& part, std::uint32_t i);
    void learn_word(const TokenStream& part, std::uint32_t i);
    void learn_assignment(const TokenStream& part, std::uint32_t equals);
    void learn_target(const TokenStream& part, std::uint32_t last, Trust trust,
                      std::string_view sql);
    Trust trust_of_source(const TokenStream& part, std::uint32_t paren) const;
    void learn_parameters(const TokenStream& part, std::uint32_t paren);
    void learn_test(const TokenStream& part, std::uint32_t i);
    void learn_pattern_test(const TokenStream& part, std::uint32_t i);
    void learn_prefix_test(const TokenStream& part, std::uint32_t i);
    void learn_pattern(const TokenStream& part, std::uint32_t last, std::uint32_t first,
                       std::uint32_t end);
    void hold(const TokenStream& part, std::uint32_t first, std::uint32_t end);
    bool is_strict(const TokenStream& part, std::uint32_t i, bool whole) const;
    void learn_loop(const TokenStream& part, std::uint32_t i);
    void learn_c(const TokenStream& part, std::uint32_t i);
    void learn_pass(const TokenStream& part);
    void learn_return(const TokenStream& part, std::uint32_t i);
    void learn_shell_test(const TokenStream& part, std::uint32_t i);
    void learn_shell_case(const TokenStream& part, std::uint32_t i);
    void learn_shell_function(const TokenStream& part, std::uint32_t brace);
    std::string sql_text(const TokenStream& part, std::uint32_t first, std::uint32_t last) const;

    // What a choice, a test or a function yields; nothing when the expression is none of them.
    std::optional<Trust> trust_of_choice(const TokenStream& part, std::uint32_t first,
                                         std::uint32_t last, int depth) const;
    std::optional<Trust> trust_of_sum(const TokenStream& part, std::uint32_t first,
                                      std::uint32_t last, int depth) const;
    Trust trust_of_operand(const TokenStream& part, std::uint32_t first, std::uint32_t last,
                           int depth) const;
    Trust trust_of_string(const TokenStream& part, std::uint32_t i, int depth) const;
    Trust trust_of_elements(const TokenStream& part, std::uint32_t first, std::uint32_t last,
                            int depth) const;
    Trust trust_of_name(const TokenStream& part, std::uint32_t first, std::uint32_t last,
                        std::uint32_t& next, int depth) const;
    Trust trust_of_function(const TokenStream& part, std::uint32_t first, std::uint32_t last,
                            int depth) const;
    Trust trust_of_call(const TokenStream& part, std::uint32_t path_first, std::uint32_t callee,
                        Trust receiver, int depth) const;
    Trust trust_of_shell(const TokenStream& part, std::uint32_t first, std::uint32_t last,
                         int depth) const;
    Trust trust_of_shell_hole(std::string_view hole, std::uint32_t scope) const;
    Trust trust_of_path(std::string_view path, std::string_view head, std::string_view last,
                        std::uint32_t scope) const;
    Trust trust_of_mapped(const TokenStream& part, std::uint32_t first, std::uint32_t last,
                          int depth) const;

    Language language_;
    // Tokens that may still be judged; deep nests of assignments would otherwise cost too much.
    mutable std::uint64_t budget_ = 100000;
    std::vector<std::uint32_t> parents_{0};
    std::vector<std::string_view> functions_{{}};  // the name of each scope's function
    std::unordered_map<Key, Binding, KeyHash> bindings_;
    std::vector<Binding*> touched_;  // in the running pass
    std::uint32_t pass_ = 0;
    std::unordered_map<std::string_view, bool> patterns_;  // strict ones; true when anchored
};

// The index behind the expression that begins at `first`: at a separator, an unmatched closer, or
// after `most` tokens.
std::uint32_t expression_end(const TokenStream& part, std::uint32_t first, std::uint32_t most);

// The index behind one operand: prefixes, a name, literal or bracket, and its postfixes.
std::uint32_t operand_end(const TokenStream& part, std::uint32_t first);

// The first of these tokens outside of brackets, or `last`.
std::uint32_t find_text(const TokenStream& part, std::uint32_t first, std::uint32_t last,
                        std::initializer_list<std::string_view> list);

// Names of functions that build, guard or only show a text.
bool is_numeric_call(std::string_view name);
bool is_guard_call(std::string_view path, std::string_view name);
bool is_show_call(std::string_view name);
bool is_request_source(Language language, std::string_view path);
bool is_all_caps(std::string_view name);
bool is_number_type(std::string_view name);

// A pattern that lets nothing through but letters, digits and the signs of a name or a number;
// unless `whole`, it must be anchored at both ends. With or without delimiters.
bool is_strict_pattern(std::string_view pattern, bool whole);

// "[^a-z_]+": to take out what it matches leaves a name or a number.
bool is_strict_complement(std::string_view pattern);

// What the expression of a value is: `name`, `owner->name`, `name(...)`, or something else.
enum class NameKind { other, variable, property, call };
NameKind name_kind(std::string_view value);

// "$this->table", "self.primary_key", "getTableName()": the name of a name.
bool speaks_of_names(std::string_view value);

// The text of a string literal with kValueMark for its interpolations, at most `most` bytes.
std::string plain_text(const TokenStream& part, std::uint32_t i, std::size_t most);

}  // namespace tk::review
