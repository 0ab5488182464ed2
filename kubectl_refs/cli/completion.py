"""Shell completion, as kubectl asks plugins for it: `kubectl_complete-refs WORD... INCOMPLETE`.

The answer has a line `value<TAB>description` for each candidate, and a last line with cobra's number for how to go on.
It comes within half a second, or within KUBECTL_REFS_COMPLETION_TIMEOUT, and never mentions errors: nobody wants to see
one in the middle of a line.
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
from kubectl_refs.process.interrupt import exit_now
from kubectl_refs.process.streams import abandon_output

PREFIX = "kubectl_complete-"
LIMIT = 0.5
"""Seconds after which the answer has no candidates, unless VARIABLE says otherwise: some logins take longer."""
VARIABLE = "KUBECTL_REFS_COMPLETION_TIMEOUT"

_FILES, _NO_FILES, _NO_FILES_NO_SPACE = ":0", ":4", ":6"
_FILE_FLAGS = (
    *("-f", "--filename", "--kinds", "--baseline", "--write-baseline"),
    *("--kubeconfig", "--cache-dir", "--certificate-authority", "--client-certificate", "--client-key"),
)


def is_requested(argv0: str) -> bool:
    """Whether the program was started under the name by which kubectl asks for completion."""
    return os.path.basename(argv0).startswith(PREFIX)


def limit(environ: Mapping[str, str]) -> float:
    """The seconds in which to answer."""
    try:
        return float(environ[VARIABLE])
    except (KeyError, ValueError):
        return LIMIT


def main(words: Sequence[str], group: click.Group) -> int:
    """Print the candidates for the last word; returns the exit status, which is always success."""
    # Collecting would take a tenth of the time, and nothing lives long enough to be worth it.
    gc.disable()
    _silence_terminal()
    answering = threading.Lock()
    watchdog = threading.Timer(limit(os.environ), _give_up, (answering,))
    watchdog.daemon = True
    watchdog.start()
    found = candidates(group, words[:-1], words[-1] if words else "")
    # Only the first to hold the lock answers. Ending a plugin with this process must not make it go on.
    answering.acquire()
    watchdog.cancel()
    try:
        sys.stdout.write("".join(f"{line}\n" for line in found))
        sys.stdout.flush()
    except OSError:
        abandon_output()
    return OK


def candidates(group: click.Group, words: Sequence[str], incomplete: str) -> list[str]:
    """The lines of the answer; only the last one if nothing is known."""
    flag, equals, value = incomplete.partition("=")
    if equals and flag.startswith("-"):
        if not takes_value(flag, group):
            return [_NO_FILES]
        words, incomplete = [*words, flag], value
    if words and words[-1] in _FILE_FLAGS:
        return [_FILES]
    try:
        found = _completions(group, words, incomplete)
    except BaseException:
        # Any error counts (a plugin, a server, an unfinished command line): there is nobody to tell.
        return [_NO_FILES]
    return [*found, _NO_FILES_NO_SPACE if found and all(line.endswith("/") for line in found) else _NO_FILES]


def _completions(group: click.Group, words: Sequence[str], incomplete: str) -> list[str]:
    from click.shell_completion import ShellComplete

    class Kubectl(ShellComplete):
        """click's reading of a command line; kubectl brings the shell's side itself."""

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
    """Text made safe to show as one field of one line: names come from the cluster."""
    from kubectl_refs.core.text.escaping import safe

    return safe(" ".join(text.split()))


def _silence_terminal() -> None:
    """From now on nothing, not even a credential plugin, may write to the terminal or ask there."""
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 2)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115  it lives as long as the process


def _give_up(answering: threading.Lock) -> None:
    answering.acquire()
    os.write(1, f"{_NO_FILES}\n".encode())
    exit_now(OK)
