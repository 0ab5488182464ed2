"""Shell completion, as kubectl asks plugins for it: `kubectl_complete-refs WORD... INCOMPLETE`.

The answer is a line `value<TAB>description` per candidate and a last one with cobra's number for how to go on. It is
there within half a second, or the time that KUBECTL_REFS_COMPLETION_TIMEOUT gives, and says nothing of what went wrong:
nobody wants an error in the middle of a line.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Mapping, Sequence

import click

from kubectl_refs.cli.pflag import takes_value
from kubectl_refs.process.errors import OK
from kubectl_refs.process.interrupt import leave
from kubectl_refs.process.streams import abandon_output

PREFIX = "kubectl_complete-"
LIMIT = 0.5
"""Seconds after which what is not known is left out, unless VARIABLE says otherwise: some logins take longer."""
VARIABLE = "KUBECTL_REFS_COMPLETION_TIMEOUT"

_FILES, _NO_FILES, _NO_FILES_NO_SPACE = ":0", ":4", ":6"
_FILE_FLAGS = (
    *("-f", "--filename", "--kinds", "--baseline", "--write-baseline"),
    *("--kubeconfig", "--cache-dir", "--certificate-authority", "--client-certificate", "--client-key"),
)


def asked(argv0: str) -> bool:
    """Whether the program was started by the name under which kubectl asks for completion."""
    return os.path.basename(argv0).startswith(PREFIX)


def limit(environ: Mapping[str, str]) -> float:
    """The seconds there are."""
    try:
        return float(environ[VARIABLE])
    except (KeyError, ValueError):
        return LIMIT


def main(words: Sequence[str], group: click.Group) -> int:
    """Print the candidates for the last word; returns the exit status, which is always that of success."""
    # A tenth of the time goes into it otherwise, and nothing lives long enough to be collected.
    gc.disable()
    _hush()
    answering = threading.Lock()
    watchdog = threading.Timer(limit(os.environ), _give_up, (answering,))
    watchdog.daemon = True
    watchdog.start()
    found = candidates(group, words[:-1], words[-1] if words else "")
    # Whoever is first answers. A plugin that is ended with this process must not make it go on.
    answering.acquire()
    watchdog.cancel()
    try:
        sys.stdout.write("".join(f"{line}\n" for line in found))
        sys.stdout.flush()
    except OSError:
        abandon_output()
    return OK


def candidates(group: click.Group, words: Sequence[str], incomplete: str) -> list[str]:
    """The lines that answer; only the last one where nothing is known."""
    flag, equals, value = incomplete.partition("=")
    if equals and flag.startswith("-"):
        if not takes_value(flag, group):
            return [_NO_FILES]
        words, incomplete = [*words, flag], value
    if words and words[-1] in _FILE_FLAGS:
        return [_FILES]
    try:
        found = _found(group, words, incomplete)
    except BaseException:
        # Whatever it is, there is nobody to tell: a plugin, a server, an unfinished command line.
        return [_NO_FILES]
    return [*found, _NO_FILES_NO_SPACE if found and all(line.endswith("/") for line in found) else _NO_FILES]


def _found(group: click.Group, words: Sequence[str], incomplete: str) -> list[str]:
    from click.shell_completion import ShellComplete

    class Kubectl(ShellComplete):
        """click's way through a command line; kubectl brings the shell's side itself."""

        name = "kubectl"
        source_template = ""

    items = Kubectl(group, {}, "kubectl refs", "").get_completions(list(words), incomplete)
    lines = {
        item.value: f"{item.value}\t{_plain(item.help)}" if item.help else item.value
        for item in items
        if item.type == "plain" and item.value.startswith(incomplete)
    }
    return [line for value, line in lines.items() if value == _plain(value)]


def _plain(text: str) -> str:
    """Text that is one field of one line, and shows what it is: names come from the cluster."""
    from kubectl_refs.core.text.escaping import safe

    return safe(" ".join(text.split()))


def _hush() -> None:
    """Nothing that runs from here on, a credential plugin either, may speak or ask at the terminal."""
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 2)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115  it lives as long as the process


def _give_up(answering: threading.Lock) -> None:
    answering.acquire()
    os.write(1, f"{_NO_FILES}\n".encode())
    leave(OK)
