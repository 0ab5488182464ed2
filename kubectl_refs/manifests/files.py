"""What `-f` names, as objects: files, folders, patterns, standard input.

Paths, formats and error texts are kubectl's, so that what `kubectl apply` takes is taken here, and what it refuses
is refused in the same words. Only a key set twice, of which kubectl silently takes the last, is refused: an answer
about the half of a grant that its author did not mean would help nobody.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from glob import glob
from typing import Any, BinaryIO

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import mapping, text
from kubectl_refs.documents.decoding import decoded
from kubectl_refs.documents.errors import DocumentError
from kubectl_refs.documents.reading import Document, read_documents
from kubectl_refs.process.errors import RefsError, reason_of, usage
from kubectl_refs.process.files import MIB, UnreadableFileError, read_file, read_stream
from kubectl_refs.process.time_limit import TIMEOUT

EXTENSIONS = (".json", ".yaml", ".yml")
STDIN = "STDIN"
LARGEST = 512 * MIB
"""Bytes of one file, which may hold all objects of a large cluster."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an object was read: the file as it was named or found, STDIN for standard input, and which of its
    documents, counted from 1. `within` is the field of the document that holds the object, empty for the document itself.
    """

    file: str
    number: int
    document: Document
    within: str = ""

    def line(self, path: str = "") -> int:
        """The line in the file, counted from 1, of a field of the object, or of what would hold it (Document.line)."""
        return self.document.line(".".join(filter(None, (self.within, path))))


@dataclass(frozen=True, slots=True)
class Manifest:
    """One object of a file."""

    object: JSON
    origin: Origin


def read_objects(
    paths: Sequence[str], *, recursive: bool, stdin: BinaryIO | None, timeout: float | None = TIMEOUT
) -> list[Manifest]:
    """The objects in files, folders (with their subfolders where `recursive`), patterns, or `-` for `stdin`.

    Each has a kind, an apiVersion and a name. `timeout` is for each file, in seconds, None for none; standard input is
    waited for, as whoever types it needs time. Raises RefsError for what cannot be read or is no Kubernetes object.
    """
    if paths.count("-") > 1:
        raise usage("standard input cannot be used for multiple arguments")
    objects: list[Manifest] = []
    for path in paths:
        if path == "-":
            objects += _decode(STDIN, _standard_input(stdin))
        else:
            for file in _files(path, recursive):
                objects += _decode(file, _content(file, timeout))
    return objects


def _files(path: str, recursive: bool) -> list[str]:
    try:
        os.stat(path)
    except FileNotFoundError:
        matches = sorted(filter(os.path.exists, glob(path)))
        if not matches:
            raise usage(f'the path "{path}" does not exist') from None
        return [file for match in matches for file in _files(match, recursive)]
    except OSError as error:
        raise usage(f'the path "{path}" cannot be accessed: {reason_of(error)}') from None
    if not os.path.isdir(path):
        return [path]
    files = list(_files_below(path, recursive))
    if not files:
        raise usage(f"error reading [{path}]: recognized file extensions are [{' '.join(EXTENSIONS)}]")
    return files


def _files_below(folder: str, recursive: bool) -> Iterator[str]:
    """The manifests of a folder in kubectl's order: by name, a subfolder's files where the subfolder stands."""
    pending = [folder]
    while pending:
        path = pending.pop()
        if path == folder or (recursive and os.path.isdir(path) and not os.path.islink(path)):
            try:
                names = sorted(os.listdir(path), reverse=True)
            except OSError as error:
                raise usage(f'error reading "{path}": {reason_of(error)}') from None
            pending += [os.path.join(path, name) for name in names]
        elif path.endswith(EXTENSIONS) and not os.path.isdir(path):
            yield path


def _content(file: str, timeout: float | None) -> bytes:
    try:
        return read_file(file, timeout, LARGEST)
    except UnreadableFileError as error:
        raise usage(str(error)) from None


def _standard_input(stdin: BinaryIO | None) -> bytes:
    if stdin is None:
        raise usage("standard input is not open")
    try:
        return read_stream(stdin, STDIN, LARGEST)
    except UnreadableFileError as error:
        raise usage(str(error)) from None
    except OSError as error:
        raise usage(f"read {STDIN}: {reason_of(error)}") from None


def _decode(file: str, content: bytes) -> Iterator[Manifest]:
    """The objects in a file's text, lists unfolded."""
    try:
        documents = read_documents(decoded(content))
    except DocumentError as error:
        raise usage(f"error parsing {file}: {error}") from None
    for number, document in enumerate(documents, start=1):
        if document.value is not None:
            place = f'"{file}"' + (f" (document {number})" if len(documents) > 1 else "")
            for value, within in _objects(document.value, "", place):
                yield Manifest(value, Origin(file, number, document, within))


def _objects(value: Any, within: str, place: str) -> Iterator[tuple[JSON, str]]:
    """The object that a document is, or those in the list that it is, each checked to have an identity, with the field
    of the document that holds it. `place` names the document in errors."""
    where = " ".join(filter(None, (place, within)))
    if not isinstance(value, dict):
        raise _undecodable(where, f"an object is expected, not {_excerpt(value)}")
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
    whole = json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return f"'{whole}'" if len(whole) <= 160 else f"'{whole[:160]}…'"
