"""What `-k` names: a kustomization, built by the kubectl on the PATH, since that kubectl would apply it."""

from __future__ import annotations

import os

from kubectl_refs.core.model.locations import Location
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import at, mapping, text
from kubectl_refs.documents.errors import DocumentError
from kubectl_refs.documents.reading import read_documents
from kubectl_refs.process.children import output_of
from kubectl_refs.process.errors import RefsError, reason_of, usage
from kubectl_refs.process.time_limit import TimeLimitError


def build_kustomization(folder: str, timeout: float | None) -> bytes:
    """The manifests that a kustomization makes, as YAML. kubectl's messages go to standard error.

    `timeout` is in seconds, None for none. RefsError if there is no kubectl, or if it fails.
    """
    try:
        status, output = output_of(["kubectl", "kustomize", "--", folder], os.environ, timeout, interactive=False)
    except TimeLimitError:
        raise usage(f'kustomization "{folder}" was not built within {timeout:g}s (--request-timeout)') from None
    except FileNotFoundError:
        raise usage("-k needs kubectl on the PATH, which builds kustomizations") from None
    except (OSError, ValueError) as error:
        raise usage(f"kubectl could not be run: {reason_of(error) if isinstance(error, OSError) else error}") from None
    if status != 0:
        # kubectl has said why, in a line that begins with `error:`.
        raise RefsError(f'The kustomization "{folder}" could not be built.')
    return output


_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""The file names that kustomize looks for in a folder, in its order."""
_ORIGIN = "config.kubernetes.io/origin"


def origin_of(obj: JSON, folder: str) -> Location:
    """The file that an object of a built kustomization comes from, if kustomize tells it (`originAnnotations`), else
    the kustomization itself. There is no line, since kustomize writes its own YAML."""
    own = next(filter(os.path.isfile, (os.path.join(folder, name) for name in _NAMES)), None)
    if own is None:
        return Location(folder, remote=True)
    told = _mapping_in(text(at(obj, "metadata", "annotations", _ORIGIN)) or "")
    path, repository = text(told.get("path")), text(told.get("repo"))
    if path and repository:
        return Location(f"{repository.removesuffix('/')}//{path}", remote=True)
    file = os.path.normpath(os.path.join(folder, path)) if path else own
    return Location(file if os.path.isfile(file) else own)


def _mapping_in(annotation: str) -> JSON:
    """The mapping in an annotation; empty for anything else, as anybody may have written it."""
    try:
        return mapping(next((each.value for each in read_documents(annotation)), None))
    except DocumentError:
        return {}
