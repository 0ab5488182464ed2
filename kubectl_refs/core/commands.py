"""kubectl commands to copy: quoted for a POSIX shell, aimed at the cluster that was asked."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kubectl_refs.core.catalog import Catalog
from kubectl_refs.core.model import JSON, ObjectKey


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


def json_pointer(path: str) -> str:
    """The JSON Pointer of an exact field path: `spec.from[0].kind` is `/spec/from/0/kind`."""
    return "/" + path.replace("[", "/").replace("]", "").replace(".", "/")


def to_yaml(value: Any, indent: int = 0) -> str:
    """A manifest of mappings, lists and plain values as block YAML in the order given, strings quoted as needed.

    PyYAML is not imported for it: it costs start-up time, and the manifests are small and our own.
    """
    pad = "  " * indent
    lines = []
    for name, item in value.items():
        key = _scalar(name)
        if item and isinstance(item, dict):
            lines.append(f"{pad}{key}:\n{to_yaml(item, indent + 1)}")
        elif item and isinstance(item, (list, tuple)):
            lines.append(f"{pad}{key}:\n" + "".join(_item(entry, indent) for entry in item))
        else:
            lines.append(f"{pad}{key}: {_scalar(item)}\n")
    return "".join(lines)


def _item(entry: Any, indent: int) -> str:
    pad = "  " * indent
    if not entry or not isinstance(entry, dict):
        return f"{pad}- {_scalar(entry)}\n"
    body = to_yaml(entry, indent + 1)
    return f"{pad}- {body[len(pad) + 2 :]}"


_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
"""What JSON writes as it is and YAML reads as a line break, or not at all."""
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n", "~"})


def _scalar(value: Any) -> str:
    """JSON's spelling is YAML's too, an empty mapping's and list's included; words that need no quotes go without."""
    if (
        isinstance(value, str)
        and value
        and value.lower() not in _WORDS
        and value[0].isalpha()
        and all(char.isalnum() or char in "-./" for char in value)
        and value.isascii()
    ):
        return value
    return _UNPRINTABLE.sub(lambda char: f"\\u{ord(char[0]):04x}", json.dumps(value, ensure_ascii=False))
