"""The objects in what `-f` names: files, folders, patterns, standard input.

Paths, formats and error texts are kubectl's: what `kubectl apply` accepts is accepted here, and what it refuses is
refused in the same words. The exception is a key set twice, of which kubectl silently takes the last. It is refused
here: an answer about the half of a grant that its author did not mean would help nobody.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from glob import glob
from typing import BinaryIO

from kubectl_refs.core.model.locations import STDIN, Location
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.records import dataclass
from kubectl_refs.documents.decoding import decoded
from kubectl_refs.documents.errors import DocumentError
from kubectl_refs.documents.reading import read_documents
from kubectl_refs.manifests.addresses import is_address, read_address
from kubectl_refs.manifests.kustomize import build_kustomization, origin_of
from kubectl_refs.manifests.manifest import Manifest, manifests_of
from kubectl_refs.manifests.scanning import (
    A_TEMPLATE,
    KUSTOMIZATION,
    Skipped,
    is_kustomization,
    is_template,
    namespaces_of,
    non_objects,
    patches_of,
)
from kubectl_refs.process.errors import RefsError, reason_of, usage
from kubectl_refs.process.files import MIB, UnreadableFileError, read_file, read_stream

EXTENSIONS = (".json", ".yaml", ".yml")
LARGEST = 512 * MIB
"""The most bytes of one file, which may hold all objects of a large cluster."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was read: the objects, the kustomizations of scanned folders, the files there that were skipped, and the
    errors about files there that could not be read."""

    manifests: tuple[Manifest, ...]
    kustomizations: tuple[JSON, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    unread: tuple[RefsError, ...] = ()


def read_objects(
    paths: Sequence[str],
    *,
    recursive: bool,
    kustomize: str | None,
    stdin: BinaryIO | None,
    timeout: float | None,
) -> Found:
    """The objects in files, folders (with subfolders if `recursive`), patterns, at addresses, or in `stdin` for `-`;
    and those built from the kustomization in the folder `kustomize`.

    Each has a kind, an apiVersion and a name. `timeout` is for each file, in seconds, None for none; standard input has
    no limit, since typing takes time. In folders, files that hold no Kubernetes objects are skipped, and unreadable
    ones are left out (`unread`) if others hold objects. RefsError if something that was named itself cannot be read or
    is not a Kubernetes object.
    """
    if paths.count("-") > 1:
        raise usage("standard input cannot be used for multiple arguments")
    reader = _Reader()
    for path in paths:
        if path == "-":
            reader.add(STDIN, _standard_input(stdin), named=True)
        elif is_address(path):
            reader.add(path, _at_address(path, timeout), named=True)
        else:
            for file in _files(path, recursive):
                reader.add_file(file, timeout, named=file == path)
    if kustomize is not None:
        reader.add(
            kustomize, build_kustomization(kustomize, timeout), named=True, made=partial(origin_of, folder=kustomize)
        )
    return reader.found()


class _Reader:
    """Collects the objects of files."""

    def __init__(self) -> None:
        self._manifests: list[Manifest] = []
        self._kustomizations: list[JSON] = []
        self._skipped: list[Skipped] = []
        self._unread: list[RefsError] = []
        self._named: set[str] = set()
        self._patches: set[str] = set()

    def add_file(self, file: str, timeout: float | None, *, named: bool) -> None:
        """Add the objects in a file. A broken file in a folder does not stop those beside it from being read."""
        try:
            self.add(file, _content(file, timeout), named=named)
        except RefsError as error:
            if named:
                raise
            self._unread.append(error)

    def add(self, file: str, content: bytes, *, named: bool, made: Callable[[JSON], Location] | None = None) -> None:
        """Add the objects in a file's text, with lists unfolded; `named` tells a file on the command line from one in a
        folder, and `made` returns the file that an object was made from."""
        try:
            documents = read_documents(decoded(content))
        except DocumentError as error:
            if named or not is_template(content):
                raise usage(f"error parsing {file}: {error}") from None
            self._skipped.append(Skipped(file, A_TEMPLATE))
            return
        values = [document.value for document in documents if document.value is not None]
        if named:
            self._named.add(os.path.normpath(file))
        elif what := non_objects(file, values):
            self._skipped.append(Skipped(file, what))
            if is_kustomization(file, values):
                self._kustomizations += (
                    KUSTOMIZATION | each | {"metadata": {"name": file}} for each in values if isinstance(each, dict)
                )
                self._patches.update(patches_of(file, values))
            return
        self._manifests += list(manifests_of(file, documents, made))

    def found(self) -> Found:
        """What was read, without the files that kustomizations use as patches; RefsError if that is nothing because
        files could not be read."""
        if self._unread and not self._manifests:
            raise self._unread[0]
        patches = self._patches - self._named
        files = dict.fromkeys(each.origin.file for each in self._manifests)
        patching = {file for file in files if os.path.normpath(file) in patches}
        namespaces = namespaces_of(self._kustomizations)
        return Found(
            tuple(
                _with_kustomized_namespace(each, namespaces)
                for each in self._manifests
                if each.origin.file not in patching
            ),
            tuple(self._kustomizations),
            (*self._skipped, *(Skipped(file, "a patch of a kustomization") for file in files if file in patching)),
            tuple(self._unread),
        )


def _with_kustomized_namespace(manifest: Manifest, namespaces: Mapping[str, str]) -> Manifest:
    """A manifest with the namespace into which kustomizations put its file."""
    if not namespaces:
        return manifest
    namespace = namespaces.get(os.path.normpath(manifest.origin.file), "")
    return replace(manifest, origin=replace(manifest.origin, namespace=namespace)) if namespace else manifest


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
    """The manifests of a folder in kubectl's order: by name, with a subfolder's files in the subfolder's place."""
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


def _at_address(url: str, timeout: float | None) -> bytes:
    try:
        return read_address(url, timeout, LARGEST)
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
