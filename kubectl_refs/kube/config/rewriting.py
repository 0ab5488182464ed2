"""Writes a user's new tokens into the kubeconfig file in place of the old ones.

kubectl rewrites the whole file and loses its comments; here only the tokens change. As in client-go, a file
`<name>.lock` keeps others from writing at the same time (tools/clientcmd/config.go, ModifyConfig).
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kubectl_refs.process import errors

_TRIES, _PAUSE = 20, 0.1
"""How often to try for a lock that another program holds, and the seconds between two tries."""
_IRREPLACEABLE = (errno.EBUSY, errno.EPERM, errno.EACCES)
"""The errors of replacing a file that is a mount of its own, or somebody else's, and may still be writable."""


def check(path: Path) -> None:
    """RefsError if the file cannot be written now; checked before asking for tokens that must not be lost."""
    try:
        with _locked(path), open(path, "r+b") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise OSError(errno.EINVAL, "not a regular file")
    except OSError as error:
        raise _failed(error, path) from None


def keep(path: Path, user: str, tokens: Mapping[str, str]) -> None:
    """Write fields of a user's auth-provider into the file that defines the user; RefsError if that fails."""
    try:
        with _locked(path):
            with open(path, encoding="utf-8", newline="") as file:
                content = file.read()
            _write(os.path.realpath(path), with_tokens(content, user, tokens))
    except (OSError, ValueError) as error:
        raise _failed(error, path) from None


def with_tokens(content: str, user: str, tokens: Mapping[str, str]) -> str:
    """A kubeconfig's text with new tokens in a user's auth-provider; ValueError if it has no such user."""
    import yaml

    users = _below(yaml.compose(content, yaml.SafeLoader), "users")
    entries = users.value if isinstance(users, yaml.SequenceNode) else ()
    entry = next((each for each in entries if getattr(_below(each, "name"), "value", None) == user), None)
    fields = _below(entry, "user", "auth-provider", "config")
    if not isinstance(fields, yaml.MappingNode) or not fields.value:
        raise ValueError(f'user "{user}" has no auth-provider any more')
    changes = []
    for key, token in tokens.items():
        node, first = _below(fields, key), fields.value[0][0].start_mark
        if node is None:
            after = ", " if fields.flow_style else "\n" + " " * first.column
            changes.append((first.index, first.index, f"{json.dumps(key)}: {json.dumps(token)}{after}"))
        else:
            start, end = node.start_mark.index, node.end_mark.index
            old = content[start:end]
            # An empty value is located at its colon, and a block of text ends where the next field begins.
            written = ("" if old else " ") + json.dumps(token) + old[len(old.rstrip()) :]
            changes.append((start, end, written))
    for start, end, written in sorted(changes, reverse=True):
        content = content[:start] + written + content[end:]
    return content


def _below(node: Any, *path: str) -> Any:
    """The node that keys lead to; None if there is none."""
    import yaml

    for key in path:
        pairs = node.value if isinstance(node, yaml.MappingNode) else ()
        node = next((value for name, value in pairs if name.value == key), None)
    return node


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    lock = f"{path}.lock"
    for tries_left in range(_TRIES - 1, -1, -1):
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL, 0o600))
            break
        except FileExistsError:
            if not tries_left:
                raise
            time.sleep(_PAUSE)
    try:
        yield
    finally:
        os.unlink(lock)


def _write(path: str, content: str) -> None:
    """Replace a whole file, keeping its permissions and owner."""
    try:
        handle, beside = tempfile.mkstemp(prefix=".kubeconfig-", dir=os.path.dirname(path))
        try:
            with open(handle, "w", encoding="utf-8", newline="") as file:
                file.write(content)
            shutil.copymode(path, beside)
            if hasattr(os, "chown"):
                os.chown(beside, os.stat(path).st_uid, os.stat(path).st_gid)
            os.replace(beside, path)
        except BaseException:
            os.unlink(beside)
            raise
    except OSError as error:
        if error.errno not in _IRREPLACEABLE:
            raise
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(content)


def _failed(error: OSError | ValueError, path: Path) -> errors.RefsError:
    if isinstance(error, OSError):
        problem = f"open {error.filename or path}: {errors.reason_of(error)}"
    else:
        problem = f"{path}: {error}"
    return errors.unreachable(f"could not persist new tokens: {problem}")
