#include "scan.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tk::review {
namespace {

using Known = std::pair<std::string_view, Language>;

constexpr std::array kExtensions{
    Known{"py", Language::python},
    Known{"pyw", Language::python},
    Known{"pyi", Language::python},
    Known{"js", Language::javascript},
    Known{"mjs", Language::javascript},
    Known{"cjs", Language::javascript},
    Known{"jsx", Language::javascript},
    Known{"ts", Language::javascript},
    Known{"tsx", Language::javascript},
    Known{"mts", Language::javascript},
    Known{"cts", Language::javascript},
    Known{"vue", Language::javascript},
    Known{"svelte", Language::javascript},
    Known{"php", Language::php},
    Known{"phtml", Language::php},
    Known{"php5", Language::php},
    Known{"php7", Language::php},
    Known{"inc", Language::php},
    Known{"c", Language::c},
    Known{"h", Language::c},
    Known{"cc", Language::c},
    Known{"cpp", Language::c},
    Known{"cxx", Language::c},
    Known{"c++", Language::c},
    Known{"hpp", Language::c},
    Known{"hh", Language::c},
    Known{"hxx", Language::c},
    Known{"ipp", Language::c},
    Known{"ino", Language::c},
    Known{"sh", Language::shell},
    Known{"bash", Language::shell},
    Known{"zsh", Language::shell},
    Known{"ksh", Language::shell},
    Known{"dash", Language::shell},
    Known{"bats", Language::shell},
    Known{"bash_completion", Language::shell},
    Known{"bash-completion", Language::shell},
    Known{"bash_aliases", Language::shell},
    Known{"bash_profile", Language::shell},
    Known{"bash_login", Language::shell},
    Known{"bash_logout", Language::shell},
    Known{"bashrc", Language::shell},
    Known{"zshrc", Language::shell},
    Known{"zshenv", Language::shell},
    Known{"zprofile", Language::shell},
    Known{"kshrc", Language::shell},
    Known{"mkshrc", Language::shell},
    Known{"profile", Language::shell},
};

constexpr std::array kInterpreters{
    Known{"python", Language::python},      Known{"pypy", Language::python},
    Known{"node", Language::javascript},    Known{"deno", Language::javascript},
    Known{"bun", Language::javascript},     Known{"tsx", Language::javascript},
    Known{"ts-node", Language::javascript}, Known{"php", Language::php},
    Known{"sh", Language::shell},           Known{"bash", Language::shell},
    Known{"dash", Language::shell},         Known{"zsh", Language::shell},
    Known{"ksh", Language::shell},          Known{"ash", Language::shell},
};

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

Language by_interpreter(std::string_view line) {
    // "#!/usr/bin/env -S python3 -u": the first word that names an interpreter decides.
    while (!line.empty()) {
        const auto space = line.find_first_of(" \t");
        std::string_view word = line.substr(0, space);
        line = space == std::string_view::npos ? std::string_view{} : line.substr(space + 1);
        if (const auto slash = word.rfind('/'); slash != std::string_view::npos) {
            word.remove_prefix(slash + 1);
        }
        while (!word.empty() && (word.back() == '.' || (word.back() >= '0' && word.back() <= '9')))
            word.remove_suffix(1);
        for (const auto& [name, language] : kInterpreters) {
            if (word == name) return language;
        }
    }
    return Language::unknown;
}

}  // namespace

Language language_of(std::string_view path, std::string_view text) {
    // What the text says of itself beats its name.
    if (text.substr(0, 2) == "#!") {
        const auto line =
            text.substr(2, std::min(text.find_first_of("\r\n"), std::size_t{200}) - 2);
        const Language told = by_interpreter(line);
        if (told != Language::unknown) return told;
    }
    if (text.substr(0, 5) == "<?php") return Language::php;
    const auto slash = path.find_last_of("/\\");
    const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
    const auto dot = name.rfind('.');
    const bool whole = dot == std::string_view::npos;
    const std::string extension = lower(whole ? name : name.substr(dot + 1));
    for (const auto& [known, language] : kExtensions) {
        // "bashrc" is a name of its own, "c" and "sh" are not; ".sh" has no name.
        const bool long_name = known.size() > 4 && language == Language::shell;
        if (extension == known && ((!whole && dot > 0) || long_name)) return language;
    }
    return Language::unknown;
}

}  // namespace tk::review
