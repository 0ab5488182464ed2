"""Objects as manifests that kubectl takes as they are."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.text.escaping import safe
from kubectl_refs.core.text.wrapping import wrapped
from kubectl_refs.core.text.yaml import to_yaml
from kubectl_refs.render.data.report import render_json


@dataclass(frozen=True, slots=True)
class CommentedManifest:
    """An object to write, and comments for its reader, which JSON output leaves out."""

    object: JSON
    comments: tuple[str, ...] = ()


def json_list(manifests: Sequence[CommentedManifest]) -> str:
    """The objects as one JSON List, like that of kubectl without items if there are none."""
    return render_json(
        {"apiVersion": "v1", "kind": "List", "metadata": {}, "items": [each.object for each in manifests]}
    )


def yaml_stream(manifests: Sequence[CommentedManifest]) -> str:
    """The objects as one stream of YAML documents, each below its comments; empty if there are none."""
    return "---\n".join(
        "".join(f"# {line}\n" for comment in each.comments for line in _lines(comment)) + to_yaml(each.object)
        for each in manifests
    )


def _lines(comment: str) -> list[str]:
    """A comment wrapped into lines; those of a list item are indented below its text."""
    return wrapped(safe(comment), _COLUMNS, "  " if comment.startswith("- ") else "")


_COLUMNS = 78
"""The width that `# ` leaves on a line, on a terminal and in a file alike."""
