// Completion scripts. What is static (commands, verbs, flags, choices) stands in the script, so no
// process is started for it; what only the workspace knows comes from `tk __complete`. A script is an
// engine and a table for each command; a third party's table can be added beside it. In a table a word
// is wanted as: @ ask tk, f a file, d a folder, =a,b one of these.
#include "core/cli/help.hpp"
#include "tools/help/installed.hpp"

namespace tk::tools::help_tool {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

std::string identifier(std::string name) {
  for (auto& c : name)
    if (c == '-') c = '_';
  return name;
}

std::string wanted(const std::string& kind, const std::vector<std::string>& choices) {
  if (!choices.empty()) {
    std::string out = "=";
    for (const auto& c : choices) out += (&c == &choices.front() ? "" : ",") + c;
    return out;
  }
  return kind == "FILE" ? "f" : kind == "DIR" ? "d" : "@";
}

template <class Each>
void each_flag(const cli::Option& o, const Each& each) {
  if (o.brief) each("-" + std::string(1, o.brief));
  each("--" + o.name);
}

std::string positions(const cli::VerbSpec& v) {
  std::string out;
  for (const auto& p : v.positionals)
    out += (out.empty() ? "" : " ") + wanted(p.name, p.choices) + (p.many ? "+" : "");
  return out;
}

// ---- bash

std::string bash_table(const cli::CommandSpec& c) {
  std::string verbs, cases;
  for (const auto& v : c.verbs) {
    if (!v.name.empty()) verbs += (verbs.empty() ? "" : " ") + v.name;
    std::string flags, values;
    for (const auto& o : v.options) {
      flags += (flags.empty() ? "--" : " --") + o.name;
      if (!o.value.empty())
        each_flag(o, [&](const std::string& f) { values += " " + f + ":" + wanted(o.value, o.choices); });
    }
    cases += "    " + quoted(v.name) + ") flags=" + quoted(flags) + " values=" + quoted(values.empty() ? "" : values.substr(1)) +
             " words=" + quoted(positions(v)) + " ;;\n";
  }
  return "_tk_table_" + identifier(c.name) + "() {\n  verbs=" + quoted(verbs) + "\n  case $1 in\n" + cases +
         "    *) flags='' values='' words='' ;;\n  esac\n}\n";
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
  done < <(tk __complete -- "${w[@]:1}" 2>/dev/null)
}

_tk_want() {
  local prefix=
  [[ $2 ]] && prefix=$2
  case $1 in
    @) _tk_ask ;;
    f) compopt -o filenames 2>/dev/null; found+=($(compgen -P "$prefix" -f -- "${cur#"$prefix"}")) ;;
    d) compopt -o filenames 2>/dev/null; found+=($(compgen -P "$prefix" -d -- "${cur#"$prefix"}")) ;;
    =*) found+=($(compgen -P "$prefix" -W "${1//[=,]/ }" -- "${cur#"$prefix"}")) ;;
  esac
}

_tk_value_of() {  # what the flag $1 wants
  local pair
  for pair in $values; do
    [[ ${pair%%:*} == "$1" ]] && { want=${pair#*:}; return 0; }
  done
  return 1
}

_tk() {
  # The words as typed: bash splits them at : and =, we do not.
  local line=${COMP_LINE:0:COMP_POINT} i w=() cur
  local rest=$line
  for ((i = 0; i <= COMP_CWORD; ++i)); do
    local part=${COMP_WORDS[i]}
    if [[ $i -gt 0 && $rest != [[:space:]]* && ${#w[@]} -gt 0 ]]; then w[-1]+=$part; else w+=("$part"); fi
    rest=${rest#"${rest%%[![:space:]]*}"}
    rest=${rest#"$part"}
  done
  [[ $line == *[[:space:]] && ${w[-1]} ]] && w+=('')
  local found=() verbs flags values words want
  while [[ ${w[1]} == -C && ${#w[@]} -gt 3 ]]; do w=("${w[0]}" "${w[@]:3}"); done
  cur=${w[-1]}
  local n=${#w[@]} at=2 verb= command=${w[1]}
  if ((n == 2)); then
    local others
    others=$(compgen -c tk- | sed 's/^tk-//')
    found=($(compgen -W "$_tk_commands $others" -- "$cur"))
  elif ! declare -F "_tk_table_${command//-/_}" >/dev/null; then
    _tk_ask
  else
    "_tk_table_${command//-/_}" ''
    if ((n == 3)); then
      found=($(compgen -W "$verbs" -- "$cur"))
    else
      for i in $verbs; do [[ $i == "${w[2]}" ]] && { verb=$i; at=3; }; done
      "_tk_table_${command//-/_}" "$verb"
    fi
    local position=0 only=
    want=
    for ((; at < n - 1; ++at)); do
      local word=${w[at]}
      if [[ $want ]]; then want=
      elif [[ ! $only && $word == -- ]]; then only=1
      elif [[ ! $only && $word == -*=* ]]; then :
      elif [[ ! $only && $word == -?* ]]; then _tk_value_of "$word" || want=
      else position=$((position + 1)); fi
    done
    if [[ $want ]]; then _tk_want "$want"
    elif [[ ! $only && $cur == --*=* ]]; then
      _tk_value_of "${cur%%=*}" && { [[ $want == @ ]] && _tk_ask || _tk_want "$want" "${cur%%=*}="; }
    elif [[ ! $only && $cur == -* ]]; then found+=($(compgen -W "$flags" -- "$cur"))
    else
      local all=($words)
      ((position >= ${#all[@]} && ${#all[@]})) && [[ ${all[-1]} == *+ ]] && position=$((${#all[@]} - 1))
      want=${all[position]}
      [[ $want ]] && _tk_want "${want%+}"
    fi
  fi
  # bash wants only what stands behind the last of its own word breaks.
  local cut=
  [[ $cur == *[:=]* ]] && cut=${cur%"${cur##*[:=]}"}
  COMPREPLY=()
  for i in "${found[@]}"; do COMPREPLY+=("${i#"$cut"}"); done
}
complete -F _tk tk
)sh";

// ---- zsh

std::string zsh_table(const cli::CommandSpec& c) {
  std::string verbs, cases;
  for (const auto& v : c.verbs) {
    if (!v.name.empty()) verbs += " " + quoted(v.name + ":" + v.summary);
    std::string flags, values;
    for (const auto& o : v.options) {
      flags += " " + quoted("--" + o.name + ":" + o.help);
      if (!o.value.empty())
        each_flag(o, [&](const std::string& f) { values += " " + f + " " + quoted(wanted(o.value, o.choices)); });
    }
    cases += "    " + quoted(v.name) + ")\n      flags=(" + flags + ")\n      values=(" + values +
             ")\n      wanted=(" + positions(v) + ") ;;\n";
  }
  return "_tk_table_" + identifier(c.name) + "() {\n  verbs=(" + verbs + ")\n  case $1 in\n" + cases +
         "    *) flags=() values=() wanted=() ;;\n  esac\n}\n";
}

constexpr const char* kZsh = R"sh(
_tk_add() {  # value:what …
  local -a names shown
  local one
  for one in "$@"; do
    names+=("${one%%:*}")
    shown+=("${one%%:*}  -- ${one#*:}")
  done
  (( $#names )) && compadd -l -d shown -a names
}

_tk_ask() {
  local -a names shown
  local value what
  while IFS=$'\t' read -r value what; do
    case $value in
      :files) _files ;;
      :dirs) _files -/ ;;
      *) names+=("$value"); shown+=("$value${what:+  -- $what}") ;;
    esac
  done < <(tk __complete -- "${(@)w[2,-1]}" 2>/dev/null)
  (( $#names )) && compadd -l -d shown -a names
}

_tk_want() {
  case $1 in
    @) _tk_ask ;;
    f) _files ;;
    d) _files -/ ;;
    =*) local -a all; all=(${(s:,:)1#=}); compadd -a all ;;
  esac
}

_tk() {
  local -a w verbs flags wanted
  local -A values
  w=("${(@)words[1,CURRENT]}")
  while [[ $w[2] == -C && $#w -gt 3 ]]; do w=("$w[1]" "${(@)w[4,-1]}"); done
  local cur=$w[-1] n=$#w command=$w[2] table=_tk_table_${w[2]//-/_} verb= want= only= one
  if (( n == 2 )); then
    local -a others
    others=(${(u)${(M)${(k)commands}:#tk-*}#tk-})
    _tk_add "${_tk_commands[@]}" "${(@)others/%/:}"
    return
  fi
  (( $+functions[$table] )) || { _tk_ask; return }
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
  elif [[ -z $only && $cur == --*=* ]]; then
    want=${values[${cur%%=*}]}
    if [[ $want == @ ]]; then _tk_ask; elif [[ -n $want ]]; then compset -P '*='; _tk_want "$want"; fi
  elif [[ -z $only && $cur == -* ]]; then _tk_add "${flags[@]}"
  else
    (( position > $#wanted && $#wanted )) && [[ $wanted[-1] == *+ ]] && position=$#wanted
    (( position <= $#wanted )) && _tk_want "${wanted[position]%+}"
  fi
}
(( $+functions[compdef] )) && compdef _tk tk
)sh";

// ---- fish

std::string fish_condition(const cli::CommandSpec& c, const cli::VerbSpec& v) {
  if (!v.name.empty()) return "__tk_in " + c.name + " " + v.name;
  std::string out = "__tk_in " + c.name;
  for (const auto& other : c.verbs)
    if (!other.name.empty()) out += "; and not __tk_in " + c.name + " " + other.name;
  return out;
}

std::string fish_value(const std::string& want) {
  if (want == "f") return " -r -F";
  if (want == "d") return " -x -a '(__fish_complete_directories)'";
  if (want == "@") return " -x -a '(__tk_ask)'";
  std::string out;
  for (char c : want.substr(1)) out += c == ',' ? ' ' : c;
  return " -x -a " + quoted(out);
}

std::string fish_table(const cli::CommandSpec& c) {
  std::string out;
  for (const auto& v : c.verbs) {
    if (!v.name.empty())
      out += "complete -c tk -n '__tk_at " + c.name + "' -a " + v.name + " -d " + quoted(v.summary) + "\n";
    auto at = "complete -c tk -n " + quoted(fish_condition(c, v));
    for (const auto& o : v.options)
      out += at + (o.brief ? " -s " + std::string(1, o.brief) : "") + " -l " + o.name +
             (o.value.empty() ? "" : fish_value(wanted(o.value, o.choices))) + " -d " + quoted(o.help) + "\n";
    bool files = false, asks = false;
    for (const auto& p : v.positionals) {
      auto want = wanted(p.name, p.choices);
      files = files || want == "f" || want == "d";
      asks = asks || (want != "f" && want != "d");
    }
    if (files) out += at + " -F\n";
    if (asks) out += at + " -a '(__tk_ask)'\n";
  }
  return out;
}

constexpr const char* kFish = R"sh(
function __tk_words  # the words before the cursor, without -C DIR
    set -l w (commandline -opc)
    while test (count $w) -gt 2; and test "$w[2]" = -C
        set -e w[2..3]
    end
    string join \n -- $w[2..-1]
end
function __tk_in  # the command (and verb) given stand there
    set -l w (__tk_words)
    test (count $w) -ge (count $argv); and test "$w[1..$(count $argv)]" = "$argv"
end
function __tk_at  # exactly these words stand before the cursor
    set -l w (__tk_words)
    test "$w" = "$argv"
end
function __tk_other  # a command that is not tk's own, or none yet
    set -l w (__tk_words)
    test (count $w) -gt 0; and not contains -- $w[1] $__tk_commands; and not contains -- $w[1] $__tk_others
end
function __tk_ask
    tk __complete -- (__tk_words) (commandline -ct) 2>/dev/null | string match -v ':*'
end
function __tk_names  # others' commands, without starting a process
    for folder in $PATH ~/.local/libexec/tk
        for path in $folder/tk-*
            string replace -r '.*/tk-' '' -- $path | string match -v '*.json'
        end
    end
end
complete -c tk -f
complete -c tk -n '__tk_at' -a '(__tk_names)'
complete -c tk -n '__tk_at' -s C -x -a '(__fish_complete_directories)' -d 'work there'
complete -c tk -n __tk_other -a '(__tk_ask)'
)sh";

}  // namespace

std::string render_shell(const std::string& shell, const std::vector<cli::CommandSpec>& commands, bool whole) {
  std::string out, names;
  for (const auto& c : commands) {
    if (shell == "bash") out += bash_table(c);
    else if (shell == "zsh") out += zsh_table(c);
    else out += fish_table(c);
    names += " " + (shell == "zsh" ? quoted(c.name + ":" + c.summary) : c.name);
  }
  auto by = "# Completion of tk in " + shell + ", generated by `tk help --render " + shell + "`; do not edit.\n";
  if (!whole) return by + out + (shell == "fish" ? "set -ga __tk_others" + names + "\n" : "");
  if (shell == "bash") return by + "_tk_commands=" + quoted(names.substr(1)) + "\n" + out + kBash;
  if (shell == "zsh") return "#compdef tk\n" + by + "_tk_commands=(" + names.substr(1) + ")\n" + out + kZsh;
  std::string own;
  for (const auto& c : commands)
    own += "complete -c tk -n '__tk_at' -a " + c.name + " -d " + quoted(c.summary) + "\n";
  return by + "set -g __tk_commands" + names + kFish + own + out;
}

}  // namespace tk::tools::help_tool
