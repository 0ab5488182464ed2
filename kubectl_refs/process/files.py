"""Files that the user names, read within limits: a path may lead to a pipe that nobody writes to, or to /dev/zero."""

from __future__ import annotations

import os
from typing import BinaryIO

from kubectl_refs.process.errors import reason_of
from kubectl_refs.process.time_limit import TIMEOUT, TimeLimitError, within

MIB = 1024 * 1024
LARGEST = 64 * MIB
"""The most bytes of a settings file, such as a kubeconfig or a baseline."""

_PIECE = MIB


class UnreadableFileError(Exception):
    """Why a file could not be read, in Go's words: `open a.yaml: no such file or directory`.

    `missing` says that there is no such file.
    """

    def __init__(self, problem: str, *, missing: bool = False) -> None:
        super().__init__(problem)
        self.missing = missing


def read_file(path: str | os.PathLike[str], seconds: float | None = TIMEOUT, largest: int = LARGEST) -> bytes:
    """The content of a file, a pipe or a device; UnreadableFileError if it cannot be read.

    Its end must come within `seconds` of opening it, None for no limit, and after `largest` bytes at most.
    """

    def read() -> bytes:
        with open(path, "rb", buffering=0) as file:
            return read_stream(file, os.fspath(path), largest)

    try:
        return within(seconds, read)
    except TimeLimitError:
        raise UnreadableFileError(
            f"read {os.fspath(path)}: its end was not reached within {seconds:g} seconds (see --request-timeout)"
        ) from None
    except IsADirectoryError:
        raise UnreadableFileError(f"read {os.fspath(path)}: is a directory") from None
    except OSError as error:
        problem = f"open {os.fspath(path)}: {reason_of(error)}"
        raise UnreadableFileError(problem, missing=isinstance(error, FileNotFoundError)) from None


def read_stream(stream: BinaryIO, name: str, largest: int) -> bytes:
    """The rest of an open file; UnreadableFileError with its `name` if that is more than `largest` bytes.

    Other errors are the system's OSError.
    """
    pieces: list[bytes] = []
    size = 0
    while piece := stream.read(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > largest:
            raise UnreadableFileError(f"read {name}: it holds more than {largest // MIB} MiB")
    return b"".join(pieces)
