"""`kubectl refs diff`: what manifests or deletions would break, fix, add and remove."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kubectl_refs.app.input.change import change
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.app.output import Output
from kubectl_refs.core.queries.diff import diff
from kubectl_refs.core.queries.differences.report import Diff
from kubectl_refs.core.records import dataclass
from kubectl_refs.process.errors import FOUND, OK, UNKNOWN
from kubectl_refs.process.garbage_collection import without_garbage_collection
from kubectl_refs.process.progress import Progress
from kubectl_refs.render.data.diff import to_data
from kubectl_refs.render.diff import render_text
from kubectl_refs.render.diff_markdown import render_markdown
from kubectl_refs.render.formats import Shapes
from kubectl_refs.render.kubectl import Kubectl


@dataclass(frozen=True, slots=True)
class ChangeArguments:
    """The change apart from the manifests, as the user wrote it: `base` are files with the state before, `deleted` are
    TYPE/NAME[.NAMESPACE]."""

    base: Sequence[str] = ()
    deleted: Sequence[str] = ()


def show_diff(inputs: Inputs, arguments: ChangeArguments, output: Output, *, exit_zero: bool) -> int:
    """Show on standard output what a change does; returns the exit status: 1 if something becomes worse, 3 if that
    cannot be told."""
    with Progress() as progress, without_garbage_collection():
        found = change(inputs, arguments.base, arguments.deleted, progress)
        found_diff = diff(found.states, found.objects, found.namespaces)
        found_diff = replace(found_diff, gaps=tuple(dict.fromkeys((*found.gaps, *found_diff.gaps))))
    flags = () if arguments.base else inputs.flags
    kubectl = Kubectl(found.states.after.catalog, flags)
    output.write(
        Shapes(
            text=lambda style: render_text(found_diff, style, kubectl),
            data=lambda: to_data(found_diff, kubectl),
            markdown=lambda: render_markdown(found_diff, kubectl),
        )
    )
    return OK if exit_zero else _status(found_diff)


def _status(told: Diff) -> int:
    if told.worse:
        return FOUND
    return UNKNOWN if told.unknown else OK
