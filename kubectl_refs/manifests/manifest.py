"""An object of a file, where it was read, and the objects in a file's documents."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from kubectl_refs.core.model.locations import STDIN, Location
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import mapping, text
from kubectl_refs.core.records import dataclass
from kubectl_refs.documents.reading import Document
from kubectl_refs.manifests.addresses import is_address
from kubectl_refs.process.errors import RefsError, usage

_TEMPLATE = re.compile(r"^# Source: (\S.*?)\s*$", re.MULTILINE)
"""The comment in which `helm template` names the template that a document comes from."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an object was read: the file as it was named or found, STDIN for standard input, and the number of the
    document in it, counted from 1. `within` is the field of the document that holds the object, empty for the document
    itself; `made_of` is the file that kustomize made it from. `namespace` is where a kustomization beside the file puts
    the object, if it names none."""

    file: str
    number: int
    document: Document
    within: str = ""
    made_of: Location | None = None
    namespace: str = ""

    def line(self, path: str = "") -> int:
        """The line in the file, counted from 1, of a field of the object, or of what would hold it (Document.line)."""
        return self.document.line(f"{self.within}.{path}" if self.within and path else self.within or path)

    def location(self, path: str = "") -> Location:
        """Where a field of the object stands. For an object made by kustomize this is the file it was made from; for
        helm's output on standard input, the template that it names."""
        if self.made_of is not None:
            return self.made_of
        template = _TEMPLATE.search(self.document.leading) if self.file == STDIN else None
        if template is not None:
            return Location(template[1])
        return Location(self.file, self.line(path), self.number, remote=is_address(self.file))


@dataclass(frozen=True, slots=True)
class Manifest:
    """One object of a file."""

    object: JSON
    origin: Origin


def manifests_of(
    file: str, documents: Sequence[Document], made: Callable[[JSON], Location] | None
) -> Iterator[Manifest]:
    """The objects in a file's documents, with lists unfolded."""
    for number, document in enumerate(documents, start=1):
        if document.value is not None:
            place = f'"{file}"' + (f" (document {number})" if len(documents) > 1 else "")
            for value, within in _objects(document.value, "", place):
                yield Manifest(value, Origin(file, number, document, within, made(value) if made else None))


def _objects(value: Any, within: str, place: str) -> Iterator[tuple[JSON, str]]:
    """The object in a document, or those in its list, each checked to have an identity, with the field of the document
    that holds it. `place` names the document in errors."""
    where = " ".join(filter(None, (place, within)))
    if not isinstance(value, dict):
        raise _undecodable(where, f"this is not an object: {_shortened(value)}")
    kind, api_version = text(value.get("kind")), text(value.get("apiVersion"))
    if not kind:
        raise _undecodable(where, f"Object 'Kind' is missing in {_excerpt(value)}")
    if not api_version:
        raise _undecodable(where, f"Object 'apiVersion' is missing in {_excerpt(value)}")
    if kind.endswith("List") and "items" in value:
        items = [] if value["items"] is None else value["items"]
        if not isinstance(items, list):
            raise _undecodable(where, f"items must be a list in {_excerpt(value)}")
        # The API server leaves out the kind of the items in its typed lists.
        typed = {"apiVersion": api_version, "kind": kind.removesuffix("List")} if kind != "List" else {}
        for index, item in enumerate(items):
            inner = ".".join(filter(None, (within, f"items[{index}]")))
            yield from _objects({**typed, **item} if isinstance(item, dict) else item, inner, place)
        return
    metadata = mapping(value.get("metadata"))
    for field in ("name", "namespace"):
        found = metadata.get(field)
        if found is not None and not isinstance(found, str):
            raise _undecodable(where, f"metadata.{field} must be a string, not {json.dumps(found)[:60]}")
    if not metadata.get("name"):
        raise _undecodable(where, f"metadata.name is missing in {_excerpt(value)}")
    yield value, within


def _undecodable(place: str, problem: str) -> RefsError:
    return usage(f"unable to decode {place}: {problem}")


def _excerpt(value: Any) -> str:
    return f"'{_shortened(value)}'"


def _shortened(value: Any) -> str:
    whole = json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return whole if len(whole) <= 160 else f"{whole[:160]}…"
