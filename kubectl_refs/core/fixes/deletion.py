"""What is being deleted: nothing can be created in such a namespace, and a change of such an object does not last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.core.model.kinds import NAMESPACE
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.values import at
from kubectl_refs.core.view.view import View


def is_being_deleted(obj: JSON | None) -> bool:
    return bool(at(obj, "metadata", "deletionTimestamp")) or at(obj, "status", "phase") == "Terminating"


def lasting(view: View, reference: Reference, fixes: Sequence[Fix]) -> tuple[tuple[Fix, ...], tuple[str, ...]]:
    """The fixes of a reference that change nothing which is being deleted, and why the others are not offered, a sentence
    for each namespace. A fix goes with those that follow it."""
    if not fixes:
        return (), ()
    own = reference.referrer.namespace
    if _is_terminating(view, own):
        return (), (f"namespace {own} is being deleted: no change is offered for what is in it",)
    kept: list[Fix] = []
    gone: dict[str, None] = {}
    for steps in _alternatives(fixes):
        ending = [name for name in dict.fromkeys(map(_namespace, steps)) if _is_terminating(view, name)]
        if ending:
            gone.update(dict.fromkeys(ending))
        else:
            kept += steps
    return tuple(kept), tuple(f"namespace {name} is being deleted: no change is offered there" for name in gone)


def _alternatives(fixes: Sequence[Fix]) -> Iterator[list[Fix]]:
    steps: list[Fix] = []
    for fix in fixes:
        if steps and not fix.follows:
            yield steps
            steps = []
        steps.append(fix)
    yield steps


def _namespace(fix: Fix) -> str:
    return fix.object.name if fix.object.group_kind == NAMESPACE else fix.object.namespace


def _is_terminating(view: View, name: str) -> bool:
    if not name:
        return False
    key = ObjectKey(NAMESPACE.group, NAMESPACE.kind, "", name)
    effect = f"whether namespace {name} is being deleted is not known"
    return is_being_deleted(view.without_gaps(lambda apart: apart.get(key, effect=effect, metadata_only=True).object))
