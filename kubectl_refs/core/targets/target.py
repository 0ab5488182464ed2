"""What the caller can see of a reference's target: is its kind served, does it exist, does it have the port?

These layers never change whether a reference is permitted (docs/rules.md 1.5): a controller must not even hint at
them before a grant permits, but the caller reads with rights of their own.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.judgements import Assumption, Check, Layer, Outcome
from kubectl_refs.core.model.kinds import CONFIG_MAP, SECRET, SERVICE, WITH_PORTS
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.reference_fields import Role, Shown
from kubectl_refs.core.model.references import FoundReference
from kubectl_refs.core.targets.external_names import external_name_check
from kubectl_refs.core.targets.hosts import HOST_KNOWN, HOSTNAME, host_check
from kubectl_refs.core.targets.kind_checks import ControllerFacts, kind_check, refused_by_all
from kubectl_refs.core.targets.ports import port_check, superfluous_port_check, wrong_port_check
from kubectl_refs.core.targets.pseudo_objects import pseudo_object_check
from kubectl_refs.core.targets.requirements import Requirements, requirements_of
from kubectl_refs.core.targets.result import NO_RESULT, Target
from kubectl_refs.core.targets.sections import PARTS, section_check
from kubectl_refs.core.text.language import with_article
from kubectl_refs.core.view.existence import deletion_sentence
from kubectl_refs.core.view.reads import Answer
from kubectl_refs.core.view.view import View


def check_target(view: View, found: FoundReference, controller_facts: ControllerFacts) -> Target:
    """Check the kind, namespace, existence, section, content, port and type of a target that is no parent."""
    field, reference = found.field, found.reference
    if reference.wrong_port or reference.wrong_weight:
        return _with_wrong_number(_TargetContext(view, found, requirements_of(found), controller_facts))
    if reference.to.group_kind != SERVICE:
        # Imported here: most targets are Services.
        from kubectl_refs.core.targets.newly_invalid import newly_invalid_check

        checked = _checked(_TargetContext(view, found, requirements_of(found), controller_facts))
        newly_invalid = newly_invalid_check(found)
        return checked.combined_with(Target((newly_invalid,), Code.NEWLY_INVALID)) if newly_invalid else checked
    # Thousands of references name the same Services, and what controllers report about those does not matter.
    of_role = field.role, field.shown, field.implementation
    kind, namespace = reference.referrer.group_kind, reference.referrer.namespace

    def of_service(subview: View) -> Target:
        return _checked(_TargetContext(subview, found, requirements_of(found), controller_facts))

    memo_key = "target", of_role, kind, reference.to, reference.port, reference.section_name
    shared = view.once(memo_key, lambda subview: _CheckedFor(namespace, of_service(subview)))
    if shared.holds_for(namespace):
        return shared.target
    return view.once((*memo_key, namespace), of_service)


class _CheckedFor(NamedTuple):
    """A checked target and its referrer's namespace. If the target is faulty or leads elsewhere, referrers in other
    namespaces get another answer."""

    namespace: str
    target: Target

    def holds_for(self, namespace: str) -> bool:
        return namespace == self.namespace or self.target.sound


def _with_wrong_number(context: _TargetContext) -> Target:
    """Check a target that is named with a wrong port or weight, which comes first: no server takes it for any target."""
    reference, wrong = context.reference, NO_RESULT
    if reference.wrong_port:
        check = wrong_port_check(reference, context.found.field.port_field, context.object if context.has_ports else {})
        wrong = _result_of(check, Code.MALFORMED, None)
    if reference.wrong_weight:
        message = f"weight is {reference.wrong_weight} and must be an integer from 0 to 1000000"
        wrong = wrong.combined_with(Target((Check(Layer.CONTENT, Outcome.FAILED, message),), Code.MALFORMED))
    return wrong.combined_with(_checked(context))


def _checked(context: _TargetContext) -> Target:
    if context.kind == HOSTNAME:
        return _host(context)
    meant = pseudo_object_check(context.view, context.reference)
    if meant is not None:
        refused = (
            refused_by_all(context.kind, context.controller_facts) if context.expected.core == (SERVICE,) else None
        )
        return Target((refused,), Code.KIND_NOT_SUPPORTED, context.expected.wrong_kind) if refused else Target((meant,))
    target = NO_RESULT
    for step in (_kind, _without_port, _namespace, _existence):
        said = step(context)
        target = target.combined_with(said)
        if said.assumptions or any(check.outcome in _ENDING for check in said.checks):
            return target
    for step in (_section, _content, _port, _type):
        target = target.combined_with(step(context))
    return target


_ENDING = (Outcome.FAILED, Outcome.UNKNOWN)
"""Outcomes of the first steps after which no further step makes sense."""


class _TargetContext:
    """What the steps are asked: the reference, and what its role demands of a target. What several steps look at is
    worked out once."""

    def __init__(
        self, view: View, found: FoundReference, expected: Requirements, controller_facts: ControllerFacts
    ) -> None:
        self.view = view
        self.found = found
        self.expected = expected
        self.controller_facts = controller_facts
        self.reference = found.reference
        self.kind = found.reference.to.group_kind
        self.has_ports = self.kind in WITH_PORTS

    @property
    def sectioned(self) -> bool:
        """Whether the reference means a part of its target."""
        named = self.found.field.role is Role.POLICY_TARGET and self.reference.section_name is not None
        return named and self.kind in PARTS

    @cached_property
    def answer(self) -> Answer:
        """The target. Its contents are read only where they are looked at: the data of a Secret never is."""
        ports = " and has the port" if self.has_ports else ""
        return self.view.get(
            self.reference.to,
            metadata_only=not self.has_ports and not self.sectioned,
            effect=f"whether {self.reference.to} exists{ports} is not known",
        )

    @property
    def object(self) -> JSON:
        return self.answer.object or {}


def _host(context: _TargetContext) -> Target:
    host = host_check(context.view, context.reference, context.controller_facts.resolved)
    if host.layer is Layer.KIND:
        return Target((host,), Code.KIND_NOT_SUPPORTED, context.expected.wrong_kind)
    if host.outcome is Outcome.ASSUMED:
        return Target((host,), assumptions=(Assumption(context.reference.to, HOST_KNOWN),))
    return _result_of(host, Code.TARGET_NOT_FOUND, context.expected.missing)


def _result_of(check: Check | None, code: Code, reason: str | None) -> Target:
    """The result of a check, with a finding if it failed."""
    if check is None:
        return NO_RESULT
    return Target((check,), code, reason) if check.outcome is Outcome.FAILED else Target((check,))


def _kind(context: _TargetContext) -> Target:
    if context.view.catalog.is_open(str(context.kind)):
        return _assumed(context)
    check = kind_check(context.view, context.found, context.expected, context.controller_facts)
    return _result_of(check, Code.KIND_NOT_SUPPORTED, context.expected.wrong_kind)


def _without_port(context: _TargetContext) -> Target:
    return _result_of(superfluous_port_check(context.reference), Code.PORT_NOT_FOUND, context.expected.missing)


def _namespace(context: _TargetContext) -> Target:
    """Only a referrer that is in no namespace itself can leave the namespace of a target open."""
    to = context.reference.to
    served = context.view.catalog.served(to.group_kind)
    if to.namespace or served is None or not served.namespaced:
        return NO_RESULT
    message = f"the reference has no namespace, but {with_article(to.kind)} needs one"
    return Target((Check(Layer.TARGET, Outcome.FAILED, message),), Code.NAMESPACE_OMITTED, context.expected.missing)


def _existence(context: _TargetContext) -> Target:
    to = context.reference.to
    if not context.answer.known:
        return Target((Check(Layer.TARGET, Outcome.UNKNOWN, f"{to} could not be read"),))
    if context.answer.assumed:
        return _assumed(context)
    if context.answer.object is None:
        # Imported here: few targets are missing.
        from kubectl_refs.core.targets.absence import absence

        made_by = context.answer.made_by or _maker(context)
        maker = f"; {made_by} is supposed to make it" if made_by else ""
        missing = Check(Layer.TARGET, Outcome.FAILED, f"{absence(context.view, context.reference)}{maker}")
        return Target((missing,), Code.TARGET_NOT_FOUND, context.expected.missing, made_by=made_by)
    made_by = context.answer.made_by
    message = f"{to} exists" if made_by is None else f"{to} is made by {made_by}"
    return Target((Check(Layer.TARGET, Outcome.OK, message),), being_deleted=deletion_sentence(to, context.object))


def _maker(context: _TargetContext) -> ObjectKey | None:
    """The object that will make a target which a cluster does not have; None where nothing makes its kind."""
    if all(row.makes != context.kind for row in context.view.catalog.table.makers):
        return None
    # Imported here: few targets are missing.
    from kubectl_refs.core.targets.missing_makers import maker_of

    return maker_of(context.view, context.reference.to)


def _assumed(context: _TargetContext) -> Target:
    """The result for a target that is not among the manifests of a part of a cluster."""
    reference, part = context.reference, ""
    if context.sectioned:
        part = f" with {PARTS[context.kind][1]} {reference.section_name}"
    elif _needs_port(context) and reference.port is not None:
        part = f" with port {reference.port}"
    assumption = Assumption(reference.to, f"exists{part}")
    check = Check(Layer.TARGET, Outcome.ASSUMED, str(assumption))
    return Target((check,), assumptions=(assumption,))


def _section(context: _TargetContext) -> Target:
    part = section_check(context.reference, context.object) if context.sectioned else None
    return _result_of(part, Code.TARGET_NOT_FOUND, context.expected.missing)


def _content(context: _TargetContext) -> Target:
    if context.kind not in (SECRET, CONFIG_MAP):
        return NO_RESULT
    # Imported here: most targets are Services.
    from kubectl_refs.core.targets.certificates import content_check

    check = content_check(context.object, context.found.field.role, context.expected, context.controller_facts)
    if check is not None and check.outcome is Outcome.FAILED and context.answer.type_field:
        return _made_of_another_type(context)
    return _result_of(check, Code.CONTENT, context.expected.missing)


def _made_of_another_type(context: _TargetContext) -> Target:
    """The finding on a Secret that is yet to be made, of a type that only some controllers take: a warning, since its
    maker may be changed before."""
    from kubectl_refs.core.targets.certificates import TLS_TYPE, foreign_type

    answer = context.answer
    makes = f"{answer.made_by} makes {context.reference.to}"
    note = Check(Layer.CONTENT, Outcome.NOTE, f"{makes}: {foreign_type(context.object, context.found.field.role)}")
    advice = f"write {TLS_TYPE} into {answer.type_field} of {answer.made_by}; the type of a Secret that exists cannot be changed"
    return Target((note,), Code.CONTENT, advice=advice)


def _port(context: _TargetContext) -> Target:
    check = port_check(context.reference, context.object) if _needs_port(context) else None
    # For routes the specification names no reason; on listeners and policies one reason stands for all faults.
    reason = None if context.found.field.shown is Shown.PARENT else context.expected.missing
    return _result_of(check, Code.PORT_NOT_FOUND, reason)


def _needs_port(context: _TargetContext) -> bool:
    """Whether the target has ports and the reference means one of them: a policy may mean the whole Service."""
    return (
        context.has_ports
        and not context.reference.wrong_port
        and (context.expected.core is not None or context.reference.port is not None)
    )


def _type(context: _TargetContext) -> Target:
    external = external_name_check(context.view, context.reference, context.object) if _needs_port(context) else None
    return NO_RESULT if external is None else Target((external[0],), external[1])
