"""kubectl commands to copy: quoted for a POSIX shell, aimed at the cluster that was asked."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.text.yaml import to_yaml
from kubectl_refs.core.view.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Kubectl:
    """How kubectl is called: the kinds it can name, and the flags (`--context …`) that aim it at the cluster asked."""

    catalog: Catalog
    flags: tuple[str, ...] = ()

    def line(self, *words: str) -> str:
        return " ".join(("kubectl", *map(_word, (*words, *self.flags))))

    def create(self, manifest: JSON) -> str:
        """Create an object from standard input: unlike apply, it cannot overwrite one of the same name."""
        return f"{self.line('create', '-f', '-')} <<'EOF'\n{to_yaml(manifest)}EOF"

    def patch(self, key: ObjectKey, operations: Sequence[JSON]) -> str:
        body = ",\n ".join(json.dumps(operation) for operation in operations)
        place = ("-n", key.namespace) if key.namespace else ()
        words = ("patch", self.catalog.word(key.group_kind), key.name, *place, "--type=json", "-p")
        patch = shlex.quote(f"[\n {body}\n]")
        return " ".join(("kubectl", *map(_word, words), patch, *map(_word, self.flags)))


def _word(text: str) -> str:
    """A word quoted for the shell, on one line: what cannot be seen in it is spelled out, as bash, zsh and ksh read it.

    No name on a server holds any such character, but one in a manifest may.
    """
    if text.isprintable():
        return shlex.quote(text)
    escaped = "".join(char if char.isprintable() else _escape(char) for char in re.sub(r"[\\']", r"\\\g<0>", text))
    return f"$'{escaped}'"


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
