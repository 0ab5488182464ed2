"""Certificates and keys that a kubeconfig names by file, read into the fields that hold them themselves.

Each file is read once: what a pipe delivered is gone. The package of kubernetes takes no pipe at all.
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
    """The same with what its certificate files hold; the names of the files stay. `timeout` is for each, in seconds.

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
        # An empty field would stand for no certificate at all; a line without any is one that cannot be used.
        return base64.b64encode(read_file(path, timeout) or b"\n").decode()
    except UnreadableFileError as error:
        raise errors.usage(str(error)) from None
