"""What a scanned folder holds beside manifests: kustomizations and their patches, values and templates of charts, and
any other YAML or JSON. A file that is named itself is never left out."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import at, entries, mapping, text
from kubectl_refs.core.records import dataclass

KUSTOMIZE_GROUP = "kustomize.config.k8s.io"
KUSTOMIZATION = {"apiVersion": f"{KUSTOMIZE_GROUP}/v1beta1", "kind": "Kustomization"}
"""What kustomize assumes about a file that does not name its apiVersion and kind."""
_KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file of a scanned folder that holds no Kubernetes objects; `what` says what it is instead."""

    file: str
    what: str

    @property
    def advice(self) -> str:
        """How to get the objects that are made of the file; empty if none are."""
        return _ADVICE.get(self.what, "")


A_KUSTOMIZATION, A_TEMPLATE = "a kustomization", "a template"
_ADVICE = {
    A_KUSTOMIZATION: "to build it, pass its folder with -k",
    A_TEMPLATE: "to render it, pipe the output of helm template to -f -",
}


def is_template(content: bytes) -> bool:
    """Whether a text that is not YAML may be a template for it: a chart's templates hold `{{ … }}`."""
    return b"{{" in content


def non_objects(file: str, documents: Sequence[Any]) -> str | None:
    """What a file without any Kubernetes object is; None if it holds some, or nothing at all."""
    if not documents or any(map(_is_object, documents)):
        return None
    if is_kustomization(file, documents):
        return A_KUSTOMIZATION
    if any(isinstance(each, list) and any(map(_is_object, each)) for each in documents):
        return "an array, which kubectl does not take"
    return "no Kubernetes objects"


def _is_object(document: Any) -> bool:
    if not isinstance(document, dict) or _group(document) == KUSTOMIZE_GROUP:
        return False
    kind = text(document.get("kind"))
    listed = kind is not None and kind.endswith("List") and "items" in document
    return bool(kind and text(document.get("apiVersion")) and (listed or text(at(document, "metadata", "name"))))


def _group(document: JSON) -> str:
    return (text(document.get("apiVersion")) or "").partition("/")[0]


def is_kustomization(file: str, documents: Sequence[Any]) -> bool:
    """Whether a file is one that kustomize reads; its kind may be left out."""
    named = os.path.basename(file) in _KUSTOMIZATIONS
    return named or any(isinstance(each, dict) and _group(each) == KUSTOMIZE_GROUP for each in documents)


def patches_of(file: str, kustomizations: Iterable[Any]) -> Iterator[str]:
    """The files that kustomizations in a file use as patches of objects, and so are not objects themselves."""
    folder = os.path.dirname(file)
    for document in map(mapping, kustomizations):
        named = [at(each, "path") for field in ("patches", "patchesJson6902") for each in entries(document.get(field))]
        for path in (*named, *entries(document.get("patchesStrategicMerge"))):
            if isinstance(path, str) and path and "\n" not in path:
                yield os.path.normpath(os.path.join(folder, path))


def namespaces_of(kustomizations: Iterable[JSON]) -> Mapping[str, str]:
    """The namespace that the outermost kustomizations put each file's objects into, by the file's path. A file is left
    out if they put it into several, or into none. Each kustomization has its file as its name."""
    files = ((os.path.split(os.path.normpath(each["metadata"]["name"])), each) for each in kustomizations)
    folders = {folder: each for (folder, name), each in files if name in _KUSTOMIZATIONS}
    within = {folder: list(_resources(folder, each)) for folder, each in folders.items()}
    inner = {path for paths in within.values() for path in paths}
    found: dict[str, set[str | None]] = defaultdict(set)
    for outermost in folders.keys() - inner:
        _put(outermost, None, folders, within, found, set())
    return {file: namespace for file, (namespace, *more) in found.items() if namespace and not more}


def _put(
    folder: str,
    namespace: str | None,
    folders: Mapping[str, JSON],
    within: Mapping[str, Sequence[str]],
    found: Mapping[str, set[str | None]],
    above: set[str],
) -> None:
    # The outermost kustomization is built last, so its namespace wins.
    namespace = namespace or text(folders[folder].get("namespace"))
    for path in within[folder]:
        if path not in folders:
            found[path].add(namespace)
        elif path not in above:
            _put(path, namespace, folders, within, found, {*above, folder})


def _resources(folder: str, kustomization: JSON) -> Iterator[str]:
    for field in ("resources", "bases", "components"):
        for path in entries(kustomization.get(field)):
            if isinstance(path, str) and path:
                yield os.path.normpath(os.path.join(folder, path))
