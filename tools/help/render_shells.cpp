// Completion scripts. What is static (commands, verbs, flags, choices) stands in the script, so no
// process is started for it; what only the workspace knows comes from `tk __complete`. A script is an
// engine and a table for each command; a third party's table can be added beside it. In a table a word
// is wanted as: @ ask tk, f a file, d a folder, =a,b one of these, n nothing that one could know.
// Names and choices are plain words (manifest.cpp sees to it); texts stand in quotes and are only shown.
#include "core/cli/help.hpp"
#include "tools/help/installed.hpp"

namespace tk::tools::help_tool {
namespace {

// In single quotes; inside of them fish, unlike the others, reads \\ and \'.
std::string quoted(std::string_view text, bool fish = false) {
  std::string out = "'";
  for (char c : text) {
    if (fish && (c == '\'' || c == '\\')) out += std::string("\\") + c;
    else out += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return out + "'";
}

std::string identifier(std::string name) {
  for (auto& c : name)
    if (c == '-') c = '_';
  return name;
}

std::string joined(const std::vector<std::string>& words, const char* between = " ") {
  std::string out;
  for (const auto& w : words) out += (&w == &words.front() ? "" : between) + w;
  return out;
}

// What the shells have in common: one verb as words for a table.
struct Row {
  std::string verb;
  std::vector<std::string> flags, helps;  // "-q", "--quiet"; the help of each
  std::vector<std::pair<std::string, std::string>> values;  // a flag and what it wants
  std::vector<std::string> positions;
};

std::string wanted(const std::string& kind, const std::vector<std::string>& choices, bool dynamic) {
  if (!choices.empty()) return "=" + joined(choices, ",");
  return kind == "FILE" ? "f" : kind == "DIR" ? "d" : dynamic ? "@" : "n";
}

Row row_of(const cli::VerbSpec& v, bool dynamic) {
  Row row{v.name, {}, {}, {}, {}};
  for (const auto& o : v.options) {
    std::vector<std::string> forms;
    if (o.brief) forms.push_back("-" + std::string(1, o.brief));
    forms.push_back("--" + o.name);
    for (auto& form : forms) {
      if (!o.value.empty()) row.values.emplace_back(form, wanted(o.value, o.choices, dynamic));
      row.flags.push_back(std::move(form));
      row.helps.push_back(o.help);
    }
  }
  for (const auto& p : v.positionals)
    row.positions.push_back(wanted(p.name, p.choices, dynamic) + (p.many ? "+" : ""));
  return row;
}

// Where no verb stands yet, and there is none without a name.
constexpr const char* kBareHelp = "this text";

// ---- bash

std::string bash_table(const cli::CommandSpec& c, bool dynamic) {
  std::vector<std::string> verbs;
  std::string cases;
  for (const auto& v : c.verbs) {
    if (!v.name.empty()) verbs.push_back(v.name);
    auto row = row_of(v, dynamic);
    std::vector<std::string> values;
    for (const auto& [flag, want] : row.values) values.push_back(flag + ":" + want);
    cases += "    " + quoted(v.name) + ") flags=" + quoted(joined(row.flags)) + " values=" + quoted(joined(values)) +
             " words=" + quoted(joined(row.positions)) + " ;;\n";
  }
  return "_tk_table_" + identifier(c.name) + "() {\n  verbs=" + quoted(joined(verbs)) + "\n  case $1 in\n" + cases +
         "    *) flags='-h --help' values='' words='' ;;\n  esac\n}\n";
}

constexpr const char* kBash = R"sh(
_tk_ask() {  # the answer of tk itself, for the words before the cursor
  local value what
  while IFS=$'\t' read -r value what; do
    case $value in
      :files) _tk_want f ;;
      :dirs) _tk_want d ;;
      *) found+=("$value") ;;
    esac
  done < <(tk "${there[@]}" __complete -- "${w[@]:1}" 2>/dev/null </dev/null)
}

_tk_among() {  # the words given that begin as the one under the cursor
  local one
  for one in "$@"; do [[ $one == "$cur"* ]] && found+=("$one"); done
}

_tk_want() {  # $2: what stands before the value in the same word
  local prefix=$2 one all
  case $1 in
    @) _tk_ask ;;
    f | d)
      compopt -o filenames 2>/dev/null  # bash quotes them then
      files=1
      [[ $1 == d ]] && all=-d || all=-f
      while IFS= read -r one; do found+=("$prefix$one"); done < <(compgen $all -- "${cur#"$prefix"}")
      ;;
    =*)
      IFS=, read -ra all <<<"${1#=}"
      _tk_among "${all[@]/#/$prefix}"
      ;;
  esac
}

_tk_value_of() {  # what the flag $1 wants
  local pair
  for pair in $values; do
    [[ ${pair%%:*} == "$1" ]] && { want=${pair#*:}; return 0; }
  done
  return 1
}

_tk_names() {  # commands of others on PATH; a builtin knows them
  local one
  while IFS= read -r one; do
    one=${one##*/tk-}
    [[ $one == *[!A-Za-z0-9_-]* ]] || _tk_among "${one#tk-}"
  done < <(compgen -c tk-; compgen -f ~/.local/libexec/tk/tk-)
}

_tk_in_command() {  # w, cur: the words; finds what may stand under the cursor
  local verbs flags values words want= verb= position=0 only= word all n=${#w[@]} at=2
  "_tk_table_${w[1]//-/_}" ''
  if ((n == 3)); then
    _tk_among $verbs
  else
    for word in $verbs; do [[ $word == "${w[2]}" ]] && { verb=$word; at=3; }; done
    "_tk_table_${w[1]//-/_}" "$verb"
  fi
  for ((; at < n - 1; ++at)); do
    word=${w[at]}
    if [[ $want ]]; then want=
    elif [[ ! $only && $word == -- ]]; then only=1
    elif [[ ! $only && $word == -*=* ]]; then :
    elif [[ ! $only && $word == -?* ]]; then _tk_value_of "$word"
    else ((++position)); fi
  done
  if [[ $want ]]; then _tk_want "$want"
  elif [[ ! $only && $cur == --*=* ]]; then _tk_value_of "${cur%%=*}" && _tk_want "$want" "${cur%%=*}="
  elif [[ ! $only && $cur == -* ]]; then _tk_among $flags
  else
    all=($words)
    ((position >= ${#all[@]} && ${#all[@]})) && [[ ${all[-1]} == *+ ]] && position=$((${#all[@]} - 1))
    want=${all[position]}
    [[ $want ]] && _tk_want "${want%+}"
  fi
}

_tk() {
  # The words as typed up to the cursor: bash splits them at : = and @, we do not.
  local IFS=$' \t\n' rest=${COMP_LINE:0:COMP_POINT} w=() there=() found=() i part cur breaks= files=
  for ((i = 0; i <= COMP_CWORD; ++i)); do
    part=${COMP_WORDS[i]}
    local apart=$rest
    rest=${rest#"${rest%%[![:space:]]*}"}
    [[ $rest == "$part"* ]] || part=$rest
    if [[ $i -gt 0 && $apart == "$rest" ]]; then w[-1]+=$part; else w+=("$part"); fi
    rest=${rest#"$part"}
  done
  # Without the quotes of the shell: tk is asked for what they stand for.
  local quote=
  [[ ${w[-1]} == [\'\"]* ]] && quote=${w[-1]:0:1}
  for i in "${!w[@]}"; do part=${w[i]//\\/}; part=${part//\"/}; w[i]=${part//\'/}; done
  while [[ ${w[1]} == -C && ${#w[@]} -gt 3 ]]; do
    there+=(-C "${w[2]/#\~\//"$HOME"/}")
    w=("${w[0]}" "${w[@]:3}")
  done
  cur=${w[-1]}
  if [[ ${#w[@]} == 3 && ${w[1]} == -C ]]; then _tk_want d
  elif [[ ${#w[@]} == 2 && $cur == -* ]]; then _tk_among -C -h --help --version
  elif [[ ${#w[@]} == 2 ]]; then _tk_among $_tk_commands; _tk_names
  elif [[ ${w[1]} != *[!A-Za-z0-9_-]* ]] && declare -F "_tk_table_${w[1]//-/_}" >/dev/null; then _tk_in_command
  else _tk_ask; fi
  # bash wants only what stands behind the last of its own word breaks, and takes it as it is.
  for i in : = @; do [[ ! $quote && $COMP_WORDBREAKS == *"$i"* ]] && breaks+=$i; done
  local cut=
  [[ $breaks && $cur == *["$breaks"]* ]] && cut=${cur%"${cur##*["$breaks"]}"}
  COMPREPLY=()
  for part in "${found[@]}"; do
    part=${part#"$cut"}
    [[ $quote || $files ]] || printf -v part %q "$part"
    COMPREPLY+=("$part")
  done
}
complete -F _tk tk
)sh";

// ---- zsh

std::string zsh_words(const std::vector<std::string>& words) {  // an unquoted =word is a path there
  std::string out;
  for (const auto& w : words) out += " " + quoted(w);
  return out;
}

std::string zsh_table(const cli::CommandSpec& c, bool dynamic) {
  std::string verbs, cases;
  for (const auto& v : c.verbs) {
    if (!v.name.empty()) verbs += " " + quoted(v.name + ":" + v.summary);
    auto row = row_of(v, dynamic);
    std::string flags, values;
    for (std::size_t i = 0; i < row.flags.size(); ++i) flags += " " + quoted(row.flags[i] + ":" + row.helps[i]);
    for (const auto& [flag, want] : row.values) values += " " + flag + " " + quoted(want);
    cases += "    " + quoted(v.name) + ")\n      flags=(" + flags + ")\n      values=(" + values +
             ")\n      wanted=(" + zsh_words(row.positions) + ") ;;\n";
  }
  return "_tk_table_" + identifier(c.name) + "() {\n  verbs=(" + verbs + ")\n  case $1 in\n" + cases +
         "    *) flags=(" + quoted("-h:" + std::string(kBareHelp)) + " " + quoted("--help:" + std::string(kBareHelp)) +
         ") values=() wanted=() ;;\n  esac\n}\n";
}

constexpr const char* kZsh = R"sh(
_tk_add() {  # value:what …
  local -a names shown
  local one what
  for one in "$@"; do
    what=${one#*:}
    names+=("${one%%:*}")
    shown+=("${one%%:*}${what:+  -- $what}")
  done
  (( $#names )) && compadd -l -d shown -a names
}

_tk_ask() {
  local -a names shown
  local value what
  while IFS=$'\t' read -r value what; do
    case $value in
      :files) _tk_want f ;;
      :dirs) _tk_want d ;;
      *) names+=("$value"); shown+=("$value${what:+  -- $what}") ;;
    esac
  done < <(tk "${(@)there}" __complete -- "${(@)w[2,-1]}" 2>/dev/null </dev/null)
  (( $#names )) && compadd -l -d shown -a names
}

_tk_want() {
  [[ $1 != @ && $cur == --*=* ]] && compset -P '*='
  case $1 in
    @) _tk_ask ;;
    f) _files ;;
    d) _files -/ ;;
    '='*) local -a all; all=(${(s:,:)1#=}); compadd -a all ;;
  esac
}

_tk_others() {  # commands of others on PATH: zsh's own table has them
  local -a others
  others=(${${(M)${(k)commands}:#tk-*}#tk-} ~/.local/libexec/tk/tk-*(N-*:t:s/tk-//))
  others=(${(u)${(M)others:#[A-Za-z0-9_-]##}})
  _tk_add "${(@)others/%/:}"
}

_tk() {
  setopt localoptions extendedglob
  local -a w there verbs flags wanted
  local -A values
  w=("${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}")
  while [[ $w[2] == -C && $#w -gt 3 ]]; do
    there+=(-C "${w[3]/#\~\//$HOME/}")
    w=("$w[1]" "${(@)w[4,-1]}")
  done
  local cur=$w[-1] n=$#w table=_tk_table_${w[2]//-/_} verb= want= only= one
  if (( n == 3 )) && [[ $w[2] == -C ]]; then _files -/; return; fi
  if (( n == 2 )) && [[ $cur == -* ]]; then
    _tk_add '-C:work there' '-h:this text' '--help:this text' '--version:which tk this is'
    return
  fi
  if (( n == 2 )); then
    _tk_add "${_tk_commands[@]}"
    _tk_others
    return
  fi
  [[ $w[2] == [A-Za-z0-9_-]## ]] && (( $+functions[$table] )) || { _tk_ask; return }
  $table ''
  local at=3
  if (( n == 3 )); then
    _tk_add "${verbs[@]}"
  else
    for one in "${verbs[@]}"; do [[ ${one%%:*} == $w[3] ]] && { verb=$w[3]; at=4 }; done
    $table "$verb"
  fi
  local position=1
  for (( ; at < n; ++at )); do
    one=$w[at]
    if [[ -n $want ]]; then want=
    elif [[ -z $only && $one == -- ]]; then only=1
    elif [[ -z $only && $one == -*=* ]]; then :
    elif [[ -z $only && $one == -?* ]]; then want=${values[$one]}
    else (( ++position )); fi
  done
  if [[ -n $want ]]; then _tk_want "$want"
  elif [[ -z $only && $cur == --*=* ]]; then _tk_want "${values[${cur%%=*}]}"
  elif [[ -z $only && $cur == -* ]]; then _tk_add "${flags[@]}"
  else
    (( position > $#wanted && $#wanted )) && [[ $wanted[-1] == *+ ]] && position=$#wanted
    (( position <= $#wanted )) && _tk_want "${wanted[position]%+}"
  fi
}
# Loaded on the first TAB, this file is the body of _tk itself.
if [[ $funcstack[1] == _tk ]]; then _tk "$@"
elif (( $+functions[compdef] )); then compdef _tk tk; fi
)sh";

// ---- fish

std::string fish_table(const cli::CommandSpec& c, bool dynamic) {
  std::string verbs, cases;
  for (const auto& v : c.verbs) {
    if (!v.name.empty()) verbs += " " + quoted(v.name + ":" + v.summary, true);
    auto row = row_of(v, dynamic);
    std::string flags, values;
    for (std::size_t i = 0; i < row.flags.size(); ++i) flags += " " + quoted(row.flags[i] + ":" + row.helps[i], true);
    for (const auto& [flag, want] : row.values) values += " " + flag + ":" + want;
    cases += "        case " + quoted(v.name) + "\n            set -g __tk_flags" + flags +
             "\n            set -g __tk_values" + values + "\n            set -g __tk_wanted " + joined(row.positions) + "\n";
  }
  return "function __tk_table_" + identifier(c.name) + "\n    set -g __tk_verbs" + verbs + "\n    switch \"$argv[1]\"\n" +
         cases + "        case '*'\n            set -g __tk_flags '-h:" + kBareHelp + "' '--help:" + kBareHelp +
         "'\n            set -g __tk_values\n            set -g __tk_wanted\n    end\nend\n";
}

constexpr const char* kFish = R"sh(
function __tk_show  # value:what as fish wants it
    set -q argv[1]; and string replace : \t -- $argv
end
function __tk_names  # commands of others, without starting a process
    for folder in $PATH ~/.local/libexec/tk
        for path in $folder/tk-*
            set -l name (string replace -r '.*/tk-' '' -- $path)
            test -x $path; and not test -d $path; and string match -r '^[A-Za-z0-9_-]+$' -- $name
        end
    end
end
function __tk_ask  # the answer of tk itself; $argv: the words
    for line in (tk $__tk_there __complete -- $argv 2>/dev/null </dev/null)
        switch $line
            case :files
                __tk_want f $argv
            case :dirs
                __tk_want d $argv
            case '*'
                printf '%s\n' $line
        end
    end
end
function __tk_want  # $argv: what is wanted, and the words
    set -l cur $argv[-1]
    set -l prefix (string match -r -- '^--[^=]*=' $cur)
    set -l word (string replace -r -- '^--[^=]*=' '' $cur)
    switch $argv[1]
        case @
            __tk_ask $argv[2..-1]
        case f
            __fish_complete_path $word | string replace -r -- '^' "$prefix"
        case d
            __fish_complete_directories $word '' | string replace -r -- '^' "$prefix"
        case '=*'
            printf "$prefix%s\n" (string split , -- (string sub -s 2 -- $argv[1]))
    end
end
function __tk_value_of  # what the flag wants
    for pair in $__tk_values
        string match -q -- "$argv:*" $pair; and string replace -r '^[^:]*:' '' -- $pair
    end
end
function __tk_complete
    set -l w (commandline -opc)[2..-1] (commandline -ct)
    set -g __tk_there
    while test (count $w) -gt 2; and test "$w[1]" = -C
        set -a __tk_there -C (string replace -r '^~(?=/|$)' $HOME -- $w[2])
        set -e w[1..2]
    end
    set -l cur (string replace -ra '[\\\\\'"]' '' -- $w[-1])
    set w[-1] $cur
    set -l n (count $w)
    if test $n = 2; and test "$w[1]" = -C
        __fish_complete_directories $cur ''
        return
    end
    if test $n -le 1
        switch "$cur"
            case '-*'
                __tk_show '-C:work there' '-h:this text' '--help:this text' '--version:which tk this is'
            case '*'
                __tk_show $__tk_commands
                __tk_names
        end
        return
    end
    set -l table __tk_table_(string replace -a -- - _ $w[1])
    if not functions -q $table
        __tk_ask $w
        return
    end
    $table ''
    set -l at 2
    if test $n = 2
        __tk_show $__tk_verbs
    else
        set -l verb ''
        if set -q __tk_verbs[1]; and contains -- $w[2] (string replace -r ':.*' '' -- $__tk_verbs)
            set verb $w[2]
            set at 3
        end
        $table $verb
    end
    set -l want
    set -l only
    set -l position 1
    while test $at -lt $n
        set -l word $w[$at]
        if test -n "$want"
            set want
        else if test -z "$only"; and test "$word" = --
            set only 1
        else if test -z "$only"; and string match -q -- '-*=*' $word
        else if test -z "$only"; and string match -q -- '-?*' $word
            set want (__tk_value_of $word)
        else
            set position (math $position + 1)
        end
        set at (math $at + 1)
    end
    if test -n "$want"
        __tk_want $want $w
    else if test -z "$only"; and string match -q -- '--*=*' $cur
        set want (__tk_value_of (string replace -r '=.*' '' -- $cur))
        test -n "$want"; and __tk_want $want $w
    else if test -z "$only"; and string match -q -- '-*' $cur
        __tk_show $__tk_flags
    else
        set -l last (count $__tk_wanted)
        if test $position -gt $last; and string match -q -- '*+' "$__tk_wanted[-1]"
            set position $last
        end
        test $position -le $last; and __tk_want (string replace -r '\+$' '' -- $__tk_wanted[$position]) $w
    end
end
complete -c tk -e
complete -c tk -f -a '(__tk_complete)'
)sh";

std::string table(const std::string& shell, const cli::Manifest& m) {
  if (shell == "bash") return bash_table(m.command, m.dynamic);
  if (shell == "zsh") return zsh_table(m.command, m.dynamic);
  return fish_table(m.command, m.dynamic);
}

}  // namespace

std::string render_shell(const std::string& shell, const std::vector<cli::Manifest>& commands, bool whole) {
  std::string out, names;
  for (const auto& m : commands) {
    out += table(shell, m);
    const auto& c = m.command;
    names += " " + (shell == "bash" ? c.name : quoted(c.name + ":" + c.summary, shell == "fish"));
  }
  auto by = "# Completion of tk in " + shell + ", generated by `tk help --render " + shell + "`; do not edit.\n";
  if (!whole) return by + out;
  if (shell == "bash") return by + "_tk_commands=" + quoted(names.substr(1)) + "\n" + out + kBash;
  if (shell == "zsh") return "#compdef tk\n" + by + "_tk_commands=(" + names.substr(1) + ")\n" + out + kZsh;
  return by + "set -g __tk_commands" + names + "\n" + out + kFish;
}

}  // namespace tk::tools::help_tool
