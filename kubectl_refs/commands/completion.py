"""`kubectl refs completion` on the command line: the scripts for the program run by its own name."""

from __future__ import annotations

import sys

import click

from kubectl_refs.errors import OK

_BASH = """\
_kubectl_refs() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        case "$line" in
            :0) compopt -o default ;;
            :*) ;;
            *) COMPREPLY+=("${line%%$'\\t'*}") ;;
        esac
    done < <(kubectl_complete-refs "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == */ ]] && compopt -o nospace
    return 0
}
complete -F _kubectl_refs kubectl-refs
"""

_ZSH = """\
#compdef kubectl-refs
_kubectl_refs() {
    local line files=0
    local -a values
    while IFS= read -r line; do
        case "$line" in
            :0) files=1 ;;
            :*) ;;
            *) values+=("${line%%$'\\t'*}") ;;
        esac
    done < <(kubectl_complete-refs "${(@)words[2,CURRENT]}" 2>/dev/null)
    (( files )) && _files
    compadd -a values
}
compdef _kubectl_refs kubectl-refs
"""

_FISH = """\
function __kubectl_refs
    set -l words (commandline -opc)[2..] (commandline -ct)
    kubectl_complete-refs $words 2>/dev/null | string match -v ':*'
end
complete -c kubectl-refs -f -a '(__kubectl_refs)'
complete -c kubectl-refs -s f -l filename -r -F
"""

_SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


@click.command("completion")
@click.argument("shell", type=click.Choice(list(_SCRIPTS)))
def completion_command(shell: str) -> int:
    """Print the script that completes kubectl-refs in a shell.

    As a plugin the program is completed by kubectl's own script, which asks the program kubectl_complete-refs; it
    is installed beside kubectl-refs, or is a link of that name to it.

    \b
    Examples:
      # In this bash, for the program run by its own name
      source <(kubectl-refs completion bash)
    \b
      # As a plugin, where kubectl_complete-refs is not there yet
      ln -s "$(command -v kubectl-refs)" ~/.local/bin/kubectl_complete-refs
    """
    sys.stdout.write(_SCRIPTS[shell])
    return OK
