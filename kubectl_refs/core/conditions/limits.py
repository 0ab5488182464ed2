"""What a controller does not support or does not look at, for the references that a condition is about."""

from __future__ import annotations

from collections.abc import Iterable

from kubectl_refs.core.fields.controllers import Controller
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.hints import Hint
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.reference_fields import Mechanism, Role
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.text.language import several


def unsupported_by(controller: Controller | None, references: Iterable[EvaluatedReference]) -> str:
    """A sentence about the first reference for which a controller honours no grant; empty if there is none."""
    if controller is None:
        return ""
    for each in references:
        reference, mechanism = each.reference, each.mechanism
        if mechanism is not Mechanism.REFERENCE_GRANT:
            continue
        if controller.never_crosses and each.field.role in (Role.BACKEND, Role.MIRROR, Role.AUTH):
            return controller.never_crosses
        for kind, honoured, verb in (
            (reference.referrer.group_kind, controller.referrers, "made by"),
            (reference.to.group_kind, controller.targets, "to"),
        ):
            if honoured is not None and kind not in honoured:
                return f"{controller.name} ignores grants for references {verb} {several(kind.kind)}"
    return ""


def overlooked_by(controller: Controller | None, references: Iterable[EvaluatedReference]) -> str:
    """A sentence about the failures, if the controller looks at none of them; empty if it does, or if nothing fails."""
    if controller is None:
        return ""
    told: dict[str, None] = {}
    for each in references:
        if each.verdict not in (Verdict.REFUSED, Verdict.BROKEN):
            continue
        weightless = each.field.role is Role.BACKEND and each.found.entry.get("weight") == 0
        if controller.skips_weight_zero and weightless:
            told["backends of weight 0"] = None
        elif controller.skips_ports and each.code is Code.PORT_NOT_FOUND:
            told["ports that a Service does not have"] = None
        else:
            return ""
    return f"apart from {' and '.join(told)}, which {controller.name} does not look at" if told else ""


def is_permitted_as_core(references: Iterable[EvaluatedReference]) -> bool:
    """Whether every refused reference would be permitted if the group "core" meant the core group."""
    refused = [each for each in references if each.reason == "RefNotPermitted"]
    return bool(refused) and all(
        any({difference.hint for difference in miss.differences} == {Hint.CORE_ALIAS} for miss in each.near_misses)
        for each in refused
    )
