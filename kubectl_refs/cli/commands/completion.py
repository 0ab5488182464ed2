"""`kubectl refs completion` on the command line: the scripts for the program run by its own name."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from kubectl_refs.cli.command import Command
from kubectl_refs.process.errors import OK, usage

_BASH = """\
_kubectl_refs() {
    local rest=$COMP_LINE word words=() n=-1 i line value
    # Bash ends words at = and : too; what the line does not part is one word.
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((n >= 0)) && [[ -n $rest && $rest != [[:space:]]* ]]; then
            words[n]+=$word
        else
            words[++n]=$word
        fi
        rest=${rest#*"$word"}
    done
    value=${words[n]}
    [[ $value == -*=* ]] && value=${value#*=}
    COMPREPLY=()
    while IFS= read -r line; do
        case "$line" in
            :0) compopt -o default ;;
            :6) compopt -o nospace ;;
            :*) ;;
            *)
                line=${line%%$'\\t'*}
                # Bash keeps what stands in front of the last colon.
                [[ $COMP_WORDBREAKS == *:* ]] && line=${line#"${value%"${value##*:}"}"}
                COMPREPLY+=("$line")
                ;;
        esac
    done < <(kubectl_complete-refs "${words[@]:1}" 2>/dev/null)
    return 0
}
complete -F _kubectl_refs kubectl-refs
"""

_ZSH = """\
#compdef kubectl-refs
_kubectl_refs() {
    local line files=0
    local -a values space
    while IFS= read -r line; do
        case "$line" in
            :0) files=1 ;;
            :6) space=(-S '') ;;
            :*) ;;
            *) values+=("${line%%$'\\t'*}") ;;
        esac
    done < <(kubectl_complete-refs "${(@Q)words[2,CURRENT]}" 2>/dev/null)
    # What completes the value of --flag=value is the value.
    compset -P '-*='
    (( files )) && _files
    compadd "${space[@]}" -a values
}
# As a file _kubectl-refs of fpath, this is run when the first word is completed.
if [[ ${funcstack[1]-} == _kubectl-refs ]]; then
    _kubectl_refs "$@"
else
    compdef _kubectl_refs kubectl-refs
fi
"""

_FISH = """\
function __kubectl_refs
    set -l word (commandline -ct)
    set -l words (commandline -opc)[2..] $word
    set -l flag (string match -r -- '^-.*?=' "$word")
    for line in (kubectl_complete-refs $words 2>/dev/null)
        switch $line
            case ':0'
                __fish_complete_path (string replace -r -- '^-.*?=' '' "$word") | string replace -r -- '^' "$flag"
            case ':*'
            case '*'
                echo "$flag$line"
        end
    end
end
complete -c kubectl-refs -f -a '(__kubectl_refs)'
"""

_SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def _shells(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    return [] if ctx.params.get("shells") else [shell for shell in _SCRIPTS if shell.startswith(incomplete)]


@click.command("completion", cls=Command)
@click.argument("shells", nargs=-1, metavar="SHELL", shell_complete=_shells)
@click.pass_context
def completion_command(ctx: click.Context, /, shells: Sequence[str]) -> int:
    """Print the completion script for kubectl-refs in bash, zsh or fish.

    When the program runs as a plugin, kubectl's own completion script calls kubectl_complete-refs instead. That
    program is installed beside kubectl-refs, or can be made as a link of that name to it.

    Examples:
      # In this bash, for the program run by its own name
      source <(kubectl-refs completion bash)

      # As a plugin, where kubectl_complete-refs is not there yet
      ln -s "$(command -v kubectl-refs)" ~/.local/bin/kubectl_complete-refs
    """
    see = f"See '{ctx.command_path} -h' for help and examples"
    if not shells:
        raise usage("Shell not specified.", see)
    if len(shells) > 1:
        raise usage("Too many arguments. Expected only the shell type.", see)
    if shells[0] not in _SCRIPTS:
        raise usage(f'Unsupported shell type "{shells[0]}".', see)
    sys.stdout.write(_SCRIPTS[shells[0]])
    return OK
