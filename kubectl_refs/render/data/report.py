"""The report as data, by the contract that programs rely on: JSON, YAML, and JMESPath queries over it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kubectl_refs.core.model.report import Gap, Report
from kubectl_refs.core.model.unknown_fields import UnknownField
from kubectl_refs.core.model.unknown_kinds import UnknownKind
from kubectl_refs.process.errors import usage
from kubectl_refs.render.data.conditions import conditions_data, serving_data
from kubectl_refs.render.data.objects import key_data, location_data
from kubectl_refs.render.data.references import reference_data
from kubectl_refs.render.data.streaming import Repeats, indented, whole
from kubectl_refs.render.kubectl import Kubectl

API_VERSION = "refs/v1alpha1"
KIND = "ReferenceReport"
HEAD = {"apiVersion": API_VERSION, "kind": KIND}


def to_data(report: Report, kubectl: Kubectl) -> dict[str, Any]:
    """The report as plain mappings and lists. Fields may be added; existing ones keep their name and meaning."""
    data: dict[str, Any] = whole(streamed(report, kubectl))
    return data


def streamed(report: Report, kubectl: Kubectl) -> dict[str, Any]:
    """The same with iterators for long lists, so that those on thousands of objects are never in memory at once."""
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
            if isinstance(each, UnknownField)
        ],
        "unknownKinds": [
            {**unknown_kind_data(each), "source": location_data(each.source)}
            for each in report.misspelt
            if isinstance(each, UnknownKind)
        ],
        "beingDeleted": [key_data(key) for key in report.being_deleted],
        "gaps": [gap_data(gap) for gap in report.gaps],
        "summary": summary_data(report),
    }


def unknown_kind_data(kind: UnknownKind) -> dict[str, Any]:
    return {"object": key_data(kind.object), "meant": {"apiVersion": kind.version, "kind": kind.meant.kind}}


def summary_data(report: Report) -> dict[str, Any]:
    return {
        **{str(verdict): count for verdict, count in report.summary.items()},
        "assumed": report.assumed,
        "reportedFalse": len(report.reported_failures),
    }


def render_json(data: Any) -> str:
    """Data as ASCII JSON, indented as by kubectl. No control or direction character from a cluster stays unescaped."""
    return indented(data) + "\n"


def query(data: Mapping[str, Any], expression: str, flag: str = "--query") -> Any:
    """What a JMESPath expression finds in the report; raises a usage error that names `flag` if it is invalid."""
    # Imported here to keep start-up fast.
    import jmespath

    try:
        found = jmespath.search(expression, data)
        json.dumps(found)
    except jmespath.exceptions.JMESPathError as error:
        first = str(error).splitlines()[0].rstrip(":")
        raise usage(f'invalid {flag} "{expression}": {first}') from None
    except TypeError:
        # `&name` is a value only within JMESPath: an expression to pass to a function.
        raise usage(f'invalid {flag} "{expression}": it finds an expression, not a value') from None
    return found


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
