"""The effects of a change as data, by a contract of its own that may grow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kubectl_refs.core.model.object_changes import ObjectChange
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.queries.differences.permissions import PermissionChange
from kubectl_refs.core.queries.differences.report import Diff, ReferenceChange
from kubectl_refs.render.data.fixes import fix_data
from kubectl_refs.render.data.objects import grant_data, key_data, permission_data, target_data, user_data
from kubectl_refs.render.data.references import outcome_data
from kubectl_refs.render.data.report import API_VERSION, gap_data, unknown_kind_data
from kubectl_refs.render.kubectl import Kubectl

KIND = "ReferenceDiff"


def to_data(diff: Diff, kubectl: Kubectl) -> dict[str, Any]:
    """The answer as plain mappings and lists. Fields may be added; existing ones keep their name and meaning."""
    return {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "objects": _objects(diff.objects),
        "changes": [_change(each, kubectl) for each in diff.changes],
        "unserved": [
            {"object": key_data(each.object), "because": each.because, "causedBy": _objects(each.caused_by)}
            for each in diff.losses
        ],
        "permissions": [permission_change_data(each) for each in diff.permissions],
        "unknownKinds": [unknown_kind_data(each) for each in diff.misspelt],
        "neverMatching": [
            {"grant": grant_data(each.grant), "path": each.path, "because": each.because} for each in diff.idle
        ],
        "gaps": [gap_data(gap) for gap in diff.gaps],
        "summary": {str(effect): count for effect, count in diff.summary.items()},
    }


def _objects(changes: Iterable[ObjectChange]) -> list[dict[str, Any]]:
    return [{"action": str(each.action), "actionKnown": each.known, "object": key_data(each.key)} for each in changes]


def _change(change: ReferenceChange, kubectl: Kubectl) -> dict[str, Any]:
    return {
        **change_head_data(change),
        "role": str(change.either.field.role),
        "before": _state(change.before),
        "after": _state(change.after),
        "causedBy": _objects(change.caused_by),
        "fixes": [fix_data(fix, kubectl) for fix in (change.after.fixes if change.after else ())],
    }


def change_head_data(change: ReferenceChange) -> dict[str, Any]:
    """What has changed for which reference, as `diff` and `watch` report it."""
    reference = change.either.reference
    return {
        "change": str(change.effect),
        "from": key_data(reference.referrer),
        "path": reference.path,
        "to": target_data(reference.to, reference.port, reference.section_name),
    }


def _state(evaluated: EvaluatedReference | None) -> dict[str, Any] | None:
    return None if evaluated is None else {"path": evaluated.reference.path, **outcome_data(evaluated)}


def permission_change_data(change: PermissionChange) -> dict[str, Any]:
    """Access that is given or taken away, as `diff` and `watch` report it."""
    return {
        "change": "adds" if change.gives else "removes",
        **permission_data(change.grant, change.pair),
        "to": change.pair.to.written,
        "permits": str(change.pair),
        "users": [user_data(user) for user in change.users],
        "usersKnown": change.known,
        "grantsKnown": change.alone,
    }
