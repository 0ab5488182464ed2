"""Certificates and keys that a kubeconfig names by file, read into the fields for inline data.

Each file is read only once, since a pipe delivers its content once. The kubernetes package cannot read pipes at all.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import replace

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.kube.config.kubeconfig import Selected, string
from kubectl_refs.process import errors
from kubectl_refs.process.files import UnreadableFileError, read_file


def with_contents(selected: Selected, timeout: float | None) -> Selected:
    """The selection with the content of its certificate files; the file names stay. `timeout` is for each, in seconds.

    RefsError for a file that cannot be read.
    """
    return replace(
        selected,
        cluster=_with_data(selected.cluster, ("certificate-authority",), timeout),
        user=_with_data(selected.user, ("client-certificate", "client-key"), timeout),
    )


def _with_data(entry: JSON, keys: Iterable[str], timeout: float | None) -> JSON:
    return {**entry, **{f"{key}-data": _content(path, timeout) for key in keys if (path := string(entry, key))}}


def _content(path: str, timeout: float | None) -> str:
    try:
        # An empty field would mean no certificate at all; an empty line means one that cannot be used.
        return base64.b64encode(read_file(path, timeout) or b"\n").decode()
    except UnreadableFileError as error:
        raise errors.usage(str(error)) from None
