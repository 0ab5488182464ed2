"""Fixes in namespaces that are being deleted: nothing can be created there, and no change lasts."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.model.fixes import Fix, alternatives
from kubectl_refs.core.model.kinds import home_of
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.view.existence import is_terminating
from kubectl_refs.core.view.view import View


def lasting_fixes(view: View, reference: Reference, fixes: Sequence[Fix]) -> tuple[tuple[Fix, ...], tuple[str, ...]]:
    """The fixes of a reference without those in a namespace that is being deleted, and a note for each such namespace
    on why they are not offered. A fix is kept or dropped together with those that follow it."""
    if not fixes:
        return (), ()
    own = reference.referrer.namespace
    if is_terminating(view, own):
        return (), (f"namespace {own} is being deleted: no change is offered for what is in it",)
    ending = {home for fix in fixes if is_terminating(view, home := home_of(fix.object))}
    if not ending:
        return tuple(fixes), ()
    kept: list[Fix] = []
    gone: dict[str, None] = {}
    for steps in alternatives(fixes):
        places = [home for fix in steps if (home := home_of(fix.object)) in ending]
        if places:
            gone.update(dict.fromkeys(places))
        else:
            kept += steps
    notes = {name: f"namespace {name} is being deleted: no change is offered there" for name in gone}
    if not kept and reference.to.namespace in gone:
        notes[reference.to.namespace] += (
            "; reference something that stays, or create the namespace again once it is gone"
        )
    return tuple(kept), tuple(notes.values())
