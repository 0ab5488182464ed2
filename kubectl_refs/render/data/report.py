"""The report as data, by the contract that programs rely on: JSON, YAML, and JMESPath queries over it."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

from kubectl_refs.core.grants.grant import Pair
from kubectl_refs.core.model.conditions import Condition
from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.core.model.locations import Location
from kubectl_refs.core.model.near_misses import Difference, GrantName, NearMiss
from kubectl_refs.core.model.near_targets import NearTarget
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.report import Gap, Report
from kubectl_refs.core.model.serving import Serving
from kubectl_refs.core.references.cause import cause_of
from kubectl_refs.process.errors import usage
from kubectl_refs.render.data.streaming import Filled, Form, Repeats, indented, whole
from kubectl_refs.render.kubectl import Kubectl

API_VERSION = "refs/v1alpha1"
KIND = "ReferenceReport"
HEAD = {"apiVersion": API_VERSION, "kind": KIND}


def to_data(report: Report, kubectl: Kubectl) -> dict[str, Any]:
    """The report as plain mappings and lists. Fields may be added; what is here keeps its name and meaning."""
    data: dict[str, Any] = whole(streamed(report, kubectl))
    return data


def streamed(report: Report, kubectl: Kubectl) -> dict[str, Any]:
    """The same, its long lists as iterators: those of a report on thousands of objects need not be there at once."""
    repeats, objects = Repeats(), Repeats()
    return {
        **HEAD,
        "references": (reference_data(evaluated, kubectl, repeats) for evaluated in report.references),
        "conditions": conditions_data(report.conditions, objects),
        "serving": serving_data(report.serving, kubectl, objects),
        "unknownFields": [
            {
                "object": key_data(each.object),
                "path": each.path,
                "meant": each.meant,
                "source": location_data(each.source),
            }
            for each in report.misspelt
        ],
        "gaps": [gap_data(gap) for gap in report.gaps],
        "summary": summary_data(report),
    }


def summary_data(report: Report) -> dict[str, Any]:
    return {
        **{str(verdict): count for verdict, count in report.summary.items()},
        "assumed": report.assumed,
        "reportedFalse": len(report.reported_failures),
    }


def render_json(data: Any) -> str:
    """Indented as kubectl indents, in ASCII: no control or direction character of a cluster string stays bare."""
    return indented(data) + "\n"


def query(data: Mapping[str, Any], expression: str, flag: str = "--query") -> Any:
    """What a JMESPath expression finds in the report; a wrong expression is a usage error of the flag that has it."""
    # Imported here: start-up time.
    import jmespath

    try:
        found = jmespath.search(expression, data)
        json.dumps(found)
    except jmespath.exceptions.JMESPathError as error:
        first = str(error).splitlines()[0].rstrip(":")
        raise usage(f'invalid {flag} "{expression}": {first}') from None
    except TypeError:
        # `&name` is a value only within JMESPath: an expression to call a function with.
        raise usage(f'invalid {flag} "{expression}": it finds an expression, not a value') from None
    return found


def key_data(key: ObjectKey) -> dict[str, Any]:
    return {"group": key.group, "kind": key.kind, "namespace": key.namespace, "name": key.name}


def target_data(to: ObjectKey, port: int | None, section_name: str | None) -> dict[str, Any]:
    """An object that is referenced, with the part of it where one is named."""
    part = {"port": port, "sectionName": section_name}
    return {**key_data(to), **{name: value for name, value in part.items() if value is not None}}


def grant_data(grant: GrantName) -> dict[str, Any]:
    return {"namespace": grant.namespace, "name": grant.name}


def permission_data(grant: GrantName, pair: Pair) -> dict[str, Any]:
    """What a grant permits; a name of null stands for every object of the kind."""
    from_, to = pair.from_, pair.to
    return {
        "grant": grant_data(grant),
        "from": {"group": from_.group, "kind": from_.kind, "namespace": from_.namespace},
        "to": {"group": to.group, "kind": to.kind, "name": to.name},
    }


def outcome_data(evaluated: EvaluatedReference) -> dict[str, Any]:
    """What is compared of a reference before and after something was changed."""
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
    """The form of a reference, where it stands in a file or where it does not."""
    return Form({"from": ..., "path": ...}, ..., ..., {"source": source, "fixes": ...})


LOCATION = {"file": ..., "line": ..., "document": ...}
_IN_FILE = _form(LOCATION)
_IN_NONE = _form(None)


def reference_data(evaluated: EvaluatedReference, kubectl: Kubectl, repeats: Repeats) -> Filled:
    reference, fixes, source = evaluated.reference, evaluated.fixes, evaluated.source
    return Filled(
        _IN_NONE if source is None else _IN_FILE,
        (
            repeats.of(reference.referrer, key_data, reference.referrer),
            reference.path,
            repeats.of(_saying(evaluated), _said, evaluated, repeats),
            repeats.of(_leading_to(evaluated), _led_to, evaluated),
            *([] if source is None else [source.file, source.line, source.document]),
            repeats.of(("fixes", id(fixes)), _mending, fixes, kubectl, repeats),
        ),
    )


def _mending(fixes: Sequence[Fix], kubectl: Kubectl, repeats: Repeats) -> list[Any]:
    return [repeats.of(_changing(fix), fix_data, fix, kubectl) for fix in fixes]


def _leading_to(evaluated: EvaluatedReference) -> Hashable:
    """What `_led_to` depends on."""
    judgement = evaluated.judgement
    asked_of = judgement.ask and evaluated.asked_namespace
    return evaluated.effect, judgement.ask, asked_of, evaluated.remedy.by_hand, judgement.reported


def _led_to(evaluated: EvaluatedReference) -> dict[str, Any]:
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


def _saying(evaluated: EvaluatedReference) -> Hashable:
    """What `_said` depends on."""
    judgement, reference, field = evaluated.judgement, evaluated.reference, evaluated.field
    # What is written there of itself may be told, and a way to a target begins at the field's own place.
    own = reference.path if judgement.near_targets or field.by_kind else ""
    of_reference = reference.to, reference.port, reference.section_name, id(field), own
    return id(judgement), *of_reference, evaluated.remedy.notes


_CHECK = Form({"layer": ..., "outcome": ..., "message": ...})
_OBJECT = {"group": ..., "kind": ..., "namespace": ..., "name": ...}
_ASSUMPTION = Form({"object": _OBJECT, "what": ...})


def _said(evaluated: EvaluatedReference, repeats: Repeats) -> dict[str, Any]:
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


def location_data(location: Location | None) -> dict[str, Any] | None:
    if location is None:
        return None
    return {"file": location.file, "line": location.line, "document": location.document}


def _near_misses(misses: Sequence[NearMiss]) -> list[Filled]:
    return [near_miss_data(miss) for miss in misses]


_NEAR_MISS = Form({"grant": {"namespace": ..., "name": ...}, "from": ..., "to": ..., "differences": ...})


def near_miss_data(miss: NearMiss) -> Filled:
    return Filled(_NEAR_MISS, (*miss.grant, miss.from_, miss.to, [difference_data(each) for each in miss.differences]))


def near_target_data(near: NearTarget) -> dict[str, Any]:
    """What a reference may mean; `needs` is empty where it would work as soon as it said so."""
    return {
        "object": target_data(near.object, near.port, near.section_name),
        "differences": [difference_data(each) for each in near.differences],
        "needs": list(near.needs),
    }


_DIFFERENCE = Form({"path": ..., "wanted": ..., "found": ..., "hint": ..., "note": ...})


def difference_data(each: Difference) -> Filled:
    return Filled(_DIFFERENCE, (each.path, each.wanted, each.found, str(each.hint), each.note or None))


def _changing(fix: Fix) -> Hashable:
    """What `fix_data` depends on. A change that several references want in words of their own has its manifest in common."""
    parts = id(fix.manifest), id(fix.patch), tuple(fix.labels.items())
    told = fix.title, fix.confidence, fix.widens, fix.follows, fix.remains, fix.for_owner
    return fix.action, fix.object, *parts, *told


def fix_data(fix: Fix, kubectl: Kubectl) -> dict[str, Any]:
    optional = {"manifest": fix.manifest, "patch": list(fix.patch), "labels": dict(fix.labels)}
    return {
        "action": fix.action,
        "object": key_data(fix.object),
        "title": fix.title,
        **{name: value for name, value in optional.items() if value},
        "command": kubectl.command(fix),
        "widens": bool(fix.widens),
        "widening": list(fix.widens),
        **({"remains": fix.remains} if fix.remains else {}),
        "confidence": str(fix.confidence),
        "follows": fix.follows,
    }


_PART_OF_OBJECT = Form({"object": ...}, ...)
"""What is said of a part of an object, which is repeated for many."""


def conditions_data(conditions: Iterable[Condition], objects: Repeats) -> Iterator[Filled]:
    repeats = Repeats()
    for each in conditions:
        said = _OF_CONDITION(each), id(each.parent_ref), id(each.ancestor_ref)
        key = each.object
        yield Filled(_PART_OF_OBJECT, (objects.of(key, key_data, key), repeats.of(said, _condition, each)))


_OF_CONDITION: Callable[[Condition], Hashable] = attrgetter(
    *("listener", "controller_name", "type", "computed.status", "computed.reason", "computed.message"),
    *("reported", "agreement", "why", "code", "advice"),
)
"""With the ids of what has no hash: what `_condition` depends on."""


def _condition(condition: Condition) -> dict[str, Any]:
    """All of a condition but its object: many objects have it in common."""
    computed, reported = condition.computed, condition.reported
    return {
        **({"parentRef": condition.parent_ref} if condition.parent_ref is not None else {}),
        **({"listener": condition.listener} if condition.listener is not None else {}),
        **({"ancestorRef": condition.ancestor_ref} if condition.ancestor_ref is not None else {}),
        **({"controllerName": condition.controller_name} if condition.controller_name is not None else {}),
        "type": condition.type,
        "computed": {"status": computed.status, "reason": computed.reason, "message": computed.message},
        "reported": None
        if reported is None
        else {
            "status": reported.status,
            "reason": reported.reason,
            "message": reported.message,
            "observedGeneration": reported.observed_generation,
            "lastTransitionTime": reported.last_transition_time,
        },
        "agreement": str(condition.agreement),
        "why": condition.why,
        "code": None if condition.code is None else str(condition.code),
        "advice": condition.advice or None,
    }


def serving_data(rows: Iterable[Serving], kubectl: Kubectl, objects: Repeats) -> Iterator[Filled]:
    repeats = Repeats()
    for each in rows:
        part, key = (_OF_PART(each), id(each.fix)), each.object
        yield Filled(_PART_OF_OBJECT, (objects.of(key, key_data, key), repeats.of(part, _part, each, kubectl)))


_OF_PART: Callable[[Serving], Hashable] = attrgetter(
    *("parent", "listener", "backends", "backend", "rule", "serves", "because", "perhaps")
)
"""With the id of its fix: what `_part` depends on."""


def _part(row: Serving, kubectl: Kubectl) -> dict[str, Any]:
    """All of a row but its object: one part of the way, which many objects have in common."""
    return {
        "parent": None if row.parent is None else key_data(row.parent),
        **({"listener": row.listener} if row.listener is not None else {}),
        **({"backend": None if row.backend is None else key_data(row.backend)} if row.backends else {}),
        **({"rule": row.rule} if row.rule else {}),
        "serves": str(row.serves),
        "because": row.because,
        **({"perhaps": row.perhaps} if row.perhaps else {}),
        **({"fixes": [fix_data(row.fix, kubectl)]} if row.fix is not None else {}),
    }


def gap_data(gap: Gap) -> dict[str, Any]:
    return {
        "verb": gap.verb,
        "group": gap.group,
        "resource": gap.resource,
        "namespace": gap.namespace,
        **({"name": gap.name} if gap.name is not None else {}),
        "httpStatus": gap.http_status,
        "message": gap.message,
        "effect": gap.effect,
    }
