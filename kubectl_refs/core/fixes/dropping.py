"""Dropping a failing parentRef from a route that has another parent: often what its owner wants."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.fixes.json_patch import json_pointer
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import ROUTES
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.references import EvaluatedReference


def without_parent(
    failing: EvaluatedReference, references: Sequence[EvaluatedReference], others: Sequence[Fix]
) -> tuple[Fix, ...]:
    """The change that drops a parentRef from a route, offered after the `others`, which keep it; nothing if no other
    parent of the route works. Without `others` it is an edit, not a patch: only the route's owner knows what to do."""
    reference = failing.reference
    rest = [each for each in references if each.is_parent and each is not failing]
    # Others that fail may be dropped by a change like this one.
    works = sum(each.verdict is Verdict.ALLOWED for each in rest)
    # A slip in the reference should be corrected: nobody meant to drop that parentRef.
    slip = any(fix.object == reference.referrer and fix.confidence is not Confidence.GUESS for fix in others)
    if not failing.verdict.fails or not works or slip or reference.referrer.group_kind not in ROUTES:
        return ()
    kept = "its allowed parentRef stays" if works == 1 else f"its {works} allowed parentRefs stay"
    title = f"drop {reference.path} from {reference.referrer}; {kept}"
    if not others:
        return (Fix("edit", reference.referrer, title, Confidence.GUESS),)
    pointer = json_pointer(reference.path)
    identity = {"name": reference.to.name, "sectionName": reference.section_name, "port": reference.port}
    # The API server takes a test for null as a test for absence.
    tests: list[JSON] = [
        {"op": "test", "path": f"{pointer}/{name}", "value": value} for name, value in identity.items()
    ]
    return (
        Fix(
            "patch",
            reference.referrer,
            title,
            Confidence.GUESS,
            patch=(*tests, {"op": "remove", "path": pointer}),
        ),
    )
