"""A reference as data: its judgement, and what helps. Data that many references share is made and written once."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.core.model.near_misses import Difference, NearMiss
from kubectl_refs.core.model.near_targets import NearTarget
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.references.cause import cause_key, cause_of
from kubectl_refs.render.data.fixes import fix_data, fix_key
from kubectl_refs.render.data.objects import LOCATION, grant_data, key_data, location_values, target_data
from kubectl_refs.render.data.streaming import Filled, Form, Repeats
from kubectl_refs.render.kubectl import Kubectl


def outcome_data(evaluated: EvaluatedReference) -> dict[str, Any]:
    """The outcome of a reference, for comparing it before and after a change."""
    return {
        "verdict": str(evaluated.verdict),
        "reason": evaluated.reason,
        "code": None if evaluated.code is None else str(evaluated.code),
        "cause": cause_of(evaluated),
        "grants": _matches(evaluated),
    }


def _matches(evaluated: EvaluatedReference) -> list[dict[str, Any]]:
    return [{**grant_data(match.grant), "from": match.from_, "to": match.to} for match in evaluated.grants]


def _form(source: Any) -> Form:
    """The form of a reference with a `source` (in a file or in none)."""
    return Form({"from": ..., "path": ...}, ..., ..., {"source": source, "fixes": ...})


_IN_FILE, _IN_NONE = _form(LOCATION), _form(None)


def reference_data(evaluated: EvaluatedReference, kubectl: Kubectl, repeats: Repeats) -> Filled:
    reference, fixes, source = evaluated.reference, evaluated.fixes, evaluated.source
    return Filled(
        _IN_NONE if source is None else _IN_FILE,
        (
            repeats.of(reference.referrer, key_data, reference.referrer),
            reference.path,
            repeats.of(_verdict_key(evaluated), _verdict_data, evaluated, repeats),
            repeats.of(_consequence_key(evaluated), _consequence_data, evaluated),
            *location_values(source),
            repeats.of(("fixes", id(fixes)), _fixes_data, fixes, kubectl, repeats),
        ),
    )


def _fixes_data(fixes: Sequence[Fix], kubectl: Kubectl, repeats: Repeats) -> list[Any]:
    return [repeats.of(fix_key(fix), fix_data, fix, kubectl) for fix in fixes]


def _consequence_key(evaluated: EvaluatedReference) -> Hashable:
    """What `_consequence_data` depends on."""
    judgement = evaluated.judgement
    asked_of = judgement.ask and evaluated.asked_namespace
    return evaluated.effect, judgement.ask, asked_of, evaluated.remedy.by_hand, judgement.reported


def _consequence_data(evaluated: EvaluatedReference) -> dict[str, Any]:
    return {
        "effect": evaluated.effect or None,
        "ask": evaluated.ask or None,
        "askIn": evaluated.asked_namespace if evaluated.ask else None,
        "firstStep": evaluated.by_hand or None,
        "reported": [
            {
                "verdict": str(each.verdict),
                "controllerName": each.by,
                "reason": each.reason,
                "message": each.message,
                "alone": each.alone,
            }
            for each in evaluated.reported
        ],
    }


def _verdict_key(evaluated: EvaluatedReference) -> Hashable:
    """What `_verdict_data` depends on."""
    reference = evaluated.found.reference
    return cause_key(evaluated), reference.port, reference.section_name, evaluated.remedy.notes


_CHECK = Form({"layer": ..., "outcome": ..., "message": ...})
_OBJECT = {"group": ..., "kind": ..., "namespace": ..., "name": ...}
_ASSUMPTION = Form({"object": _OBJECT, "what": ...})


def _verdict_data(evaluated: EvaluatedReference, repeats: Repeats) -> dict[str, Any]:
    reference = evaluated.reference
    return {
        "to": target_data(reference.to, reference.port, reference.section_name),
        "mechanism": str(evaluated.mechanism),
        "verdict": str(evaluated.verdict),
        "reason": evaluated.reason,
        "code": None if evaluated.code is None else str(evaluated.code),
        "cause": cause_of(evaluated),
        "because": evaluated.because,
        "checks": [Filled(_CHECK, (str(check.layer), str(check.outcome), check.message)) for check in evaluated.checks],
        "grants": _matches(evaluated),
        "grantsOmitted": evaluated.grants_omitted,
        "nearMisses": repeats.of(id(evaluated.near_misses), _near_misses, evaluated.near_misses),
        "nearMissesOmitted": evaluated.near_misses_omitted,
        "nearTargets": [near_target_data(near) for near in evaluated.near_targets],
        "notes": list(evaluated.notes),
        "assumptions": [Filled(_ASSUMPTION, (*each.object, each.what)) for each in evaluated.assumptions],
    }


def _near_misses(misses: Sequence[NearMiss]) -> list[Filled]:
    return [near_miss_data(miss) for miss in misses]


_NEAR_MISS = Form({"grant": {"namespace": ..., "name": ...}, "from": ..., "to": ..., "differences": ...})


def near_miss_data(miss: NearMiss) -> Filled:
    return Filled(_NEAR_MISS, (*miss.grant, miss.from_, miss.to, [difference_data(each) for each in miss.differences]))


def near_target_data(near: NearTarget) -> dict[str, Any]:
    """An object that a reference may mean; `needs` is empty if naming it is enough for the reference to work."""
    return {
        "object": target_data(near.object, near.port, near.section_name),
        "differences": [difference_data(each) for each in near.differences],
        "needs": list(near.needs),
        "assumed": near.assumed,
    }


_DIFFERENCE = Form({"path": ..., "wanted": ..., "found": ..., "hint": ..., "note": ...})


def difference_data(each: Difference) -> Filled:
    return Filled(_DIFFERENCE, (each.path, each.wanted, each.found, str(each.hint), each.note or None))
