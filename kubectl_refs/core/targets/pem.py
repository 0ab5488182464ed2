"""PEM blocks of a text, as the Go programs that read certificates see them (Go's encoding/pem)."""

from __future__ import annotations

import base64
from collections.abc import Iterator

_BEGIN, _END, _DASHES = "-----BEGIN ", "-----END ", "-----"


def pem_blocks(content: str) -> Iterator[tuple[str, bytes | None]]:
    """The label and the bytes of each block; the bytes are None where they are not base64.

    Every marker is a line of its own. A block whose last line has another label than its first is no block. Each line
    is read once, so the work grows with the size of the text alone.
    """
    label: str | None = None
    body: list[str] = []
    for each in content.split("\n"):
        line = each.rstrip(" \t\r")
        if line.startswith(_BEGIN) and line.endswith(_DASHES):
            label, body = line[len(_BEGIN) : -len(_DASHES)], []
        elif label is None:
            continue
        elif line.startswith(_END):
            if line.endswith(_DASHES) and line[len(_END) : -len(_DASHES)] == label:
                yield label, _decoded("".join(body))
            label = None
        elif body or ":" not in line:
            # A line with a colon before the first other line is a header, such as `Proc-Type: 4,ENCRYPTED`.
            body.append(line)


def _decoded(body: str) -> bytes | None:
    try:
        return base64.b64decode(body.replace(" ", "").replace("\t", ""), validate=True)
    except ValueError:
        return None
