// The completion of fish; what a table holds: render_shells.cpp.
#include "tools/help/shell_table.hpp"

namespace tk::tools::help_tool {

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

const char* const kFish = R"sh(
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

}  // namespace tk::tools::help_tool
