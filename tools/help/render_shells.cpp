// Completion scripts. What is static (commands, verbs, flags, choices) stands in the script, so no
// process is started for it; what only the workspace knows comes from `tk __complete`. A script is an
// engine and a table for each command; a third party's table can be added beside it. In a table a word
// is wanted as: @ ask tk, f a file, d a folder, =a,b one of these, n nothing that one could know.
// Names and choices are plain words (manifest.cpp sees to it); texts stand in quotes and are only shown.
#include "core/cli/help.hpp"
#include "tools/help/installed.hpp"
#include "tools/help/shell_table.hpp"

namespace tk::tools::help_tool {
namespace {

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
