"""What the caller can see of a reference's target: is its kind served, does it exist, has it that port.

These layers never change whether a reference is permitted (docs/rules.md 1.5): a controller must not even hint at
them before a grant permits, but the caller reads with rights of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.hints import Hint, kind_hint
from kubectl_refs.core.model.kinds import GATEWAY, LISTENER_SETS, NAMESPACE, ROUTES, SERVICE, SERVICE_IMPORT, UDP_ROUTE
from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism, Role, Shown
from kubectl_refs.core.model.references import Check, FoundReference, Layer, Outcome, Reference
from kubectl_refs.core.model.values import at, entries, integer, key_of, mapping, text
from kubectl_refs.core.targets.certificates import foreign_type, problem_of
from kubectl_refs.core.targets.hosts import HOSTNAME, host_check
from kubectl_refs.core.targets.requirements import BACKEND_KINDS, Requirements, requirements_of
from kubectl_refs.core.text.language import listing
from kubectl_refs.core.text.similarity import nearest
from kubectl_refs.core.view.view import View


@dataclass(frozen=True, slots=True)
class Target:
    """The checks of a target, and the finding and condition reason of the first that failed (None if none did).

    `elsewhere` are namespaces that may be meant, `nowhere` whether the one written does not exist
    (EvaluatedReference).
    """

    checks: tuple[Check, ...]
    code: Code | None = None
    reason: str | None = None
    other_namespaces: tuple[str, ...] = ()
    namespace_missing: bool = False

    @property
    def unknown(self) -> bool:
        return any(check.outcome is Outcome.UNKNOWN for check in self.checks)

    @property
    def failure(self) -> Check | None:
        return next((check for check in self.checks if check.outcome is Outcome.FAILED), None)


def check_target(view: View, found: FoundReference, *, resolved: Callable[[], bool] = lambda: False) -> Target:
    """Kind, existence, content, port and type of a target that is no parent.

    `resolved` tells whether a controller reports the holder's references as resolved: then it knows their kinds.
    """
    reference, expected = found.reference, requirements_of(found)
    if reference.to.group_kind == HOSTNAME:
        host = host_check(view, reference, resolved)
        if host.layer is Layer.KIND:
            return Target((host,), Code.KIND_NOT_SUPPORTED, expected.wrong_kind)
        failed = host.outcome is Outcome.FAILED
        return Target((host,), Code.TARGET_NOT_FOUND if failed else None, expected.missing if failed else None)
    kind = _kind_check(view, found, expected, resolved)
    if kind is not None and kind.outcome is not Outcome.NOTE:
        failed = kind.outcome is Outcome.FAILED
        return Target((kind,), Code.KIND_NOT_SUPPORTED if failed else None, expected.wrong_kind if failed else None)
    checks = (kind,) if kind else ()
    plain = reference.to.group_kind in (SERVICE, SERVICE_IMPORT)
    served = view.catalog.served(reference.to.group_kind)
    if not reference.to.namespace and served is not None and served.namespaced:
        message = f"the reference names no namespace, and a {reference.to.kind} is in one"
        check = Check(Layer.TARGET, Outcome.FAILED, message)
        return Target((*checks, check), Code.NAMESPACE_OMITTED, expected.missing)
    parts = PARTS.get(reference.to.group_kind) if found.field.role is Role.POLICY_TARGET else None
    sectioned = parts is not None and reference.section_name is not None
    answer = view.get(
        reference.to,
        metadata_only=not plain and not sectioned,
        effect=f"whether {reference.to} exists{' and has the port' if plain else ''} is not known",
    )
    if not answer.known:
        return Target((*checks, Check(Layer.TARGET, Outcome.UNKNOWN, f"{reference.to} could not be read")))
    if answer.object is None:
        may_cross = found.field.governed_by is not Mechanism.LOCAL
        return absent(view, reference, checks, reason=expected.missing, may_cross=may_cross)
    if parts is not None and sectioned:
        section = _section_check(reference, answer.object, *parts)
        if section is not None:
            return Target((*checks, section), Code.TARGET_NOT_FOUND, expected.missing)
    checks = (*checks, Check(Layer.TARGET, Outcome.OK, f"{reference.to} exists"))
    foreign = foreign_type(answer.object, found.field.role)
    if foreign and resolved():
        return Target(
            (*checks, Check(Layer.CONTENT, Outcome.NOTE, f"{foreign}, and its controller takes it all the same"))
        )
    problem = foreign or problem_of(answer.object, found.field.role)
    if problem:
        check = Check(Layer.CONTENT, Outcome.FAILED, f"{reference.to} cannot be used as {expected.noun}: {problem}")
        return Target((*checks, check), Code.CONTENT, expected.missing)
    if not plain or (expected.core is None and reference.port is None):
        return Target(checks)
    port = port_check(reference, answer.object)
    checks = (*checks, *([port] if port else []), *_type_checks(reference, answer.object))
    if port and port.outcome is Outcome.FAILED:
        # Of routes the specification names no reason; on listeners and policies one stands for all that may be wrong.
        reason = None if found.field.shown is Shown.PARENT else expected.missing
        return Target(checks, Code.PORT_NOT_FOUND, reason)
    return Target(checks)


def _kind_check(
    view: View, found: FoundReference, expected: Requirements, resolved: Callable[[], bool]
) -> Check | None:
    """None for a kind that may be meant here everywhere; a note for one that only some implementations support."""
    kind = found.reference.to.group_kind
    known = BACKEND_KINDS if expected.core == (SERVICE,) else frozenset()
    if expected.core is not None:
        if kind in expected.core:
            return None
        meant = expected.core[0]
        if kind_hint(meant.kind, kind.kind) in (Hint.CASE, Hint.PLURAL):
            message = f'there is no kind {kind}; the kind is "{meant.kind}", of group "{meant.group}"'
            return Check(Layer.KIND, Outcome.FAILED, message)
        if kind.group == "" and kind not in expected.extended:
            message = f"kind {kind.kind} of the core group cannot be {expected.noun}"
            return Check(Layer.KIND, Outcome.FAILED, message)
    if view.catalog.served(kind) is None:
        if kind.group in view.catalog.stale_groups:
            message = f"whether the server serves {kind} is not known: the API of group {kind.group} does not answer"
            return Check(Layer.KIND, Outcome.UNKNOWN, message)
        # Manifests need not hold the CRD of a kind that is known to be there.
        if view.catalog.live or kind not in known:
            return Check(Layer.KIND, Outcome.FAILED, view.catalog.lacks(kind))
    if expected.core is None or kind in expected.extended:
        return None
    if kind not in known and not resolved():
        message = f"no implementation known to this version takes kind {kind} as {expected.noun}"
        return Check(Layer.KIND, Outcome.FAILED, message)
    message = f"whether kind {kind} is supported as {expected.noun} depends on the implementation"
    return Check(Layer.KIND, Outcome.NOTE, message)


def absent(
    view: View,
    reference: Reference,
    checks: tuple[Check, ...] = (),
    *,
    reason: str | None = None,
    may_cross: bool = True,
) -> Target:
    """A target known not to exist, with what may have been meant instead.

    `may_cross` is False for a field without `namespace:`: what another namespace holds is no namespace left out.
    """
    target = reference.to
    message = f"{target} does not exist"
    if reference.crosses and _namespace_absent(view, target.namespace):
        return _nowhere(view, reference, checks, reason)
    near = _near_name(view, target)
    if near:
        message += f'; a {target.kind} named "{near}" does'
    checks = (*checks, Check(Layer.TARGET, Outcome.FAILED, message))
    elsewhere = () if reference.explicit_namespace or near else _elsewhere(view, reference)
    code = Code.NAMESPACE_OMITTED if elsewhere and may_cross else Code.TARGET_NOT_FOUND
    return Target(checks, code, reason, elsewhere)


def _namespace_absent(view: View, namespace: str) -> bool:
    key = ObjectKey(NAMESPACE.group, NAMESPACE.kind, "", namespace)
    return view.get(key, metadata_only=True, effect=f'whether a namespace "{namespace}" exists is not known').absent


def _nowhere(view: View, reference: Reference, checks: tuple[Check, ...], reason: str | None) -> Target:
    """A target in a namespace that does not exist, with the namespace that may be meant."""
    target = reference.to
    near = nearest(target.namespace, _names(view, NAMESPACE, None, f'namespaces named like "{target.namespace}"'))
    message = f'{target} does not exist, nor does namespace "{target.namespace}"'
    if near:
        message += f'; namespace "{near}" does'
    checks = (*checks, Check(Layer.TARGET, Outcome.FAILED, message))
    return Target(checks, Code.TARGET_NOT_FOUND, reason, (near,) if near else (), namespace_missing=True)


def _near_name(view: View, target: ObjectKey) -> str | None:
    effect = f'names like "{target.name}" in {target.namespace} could not be looked up'
    return nearest(target.name, _names(view, target.group_kind, target.namespace, effect))


def _names(view: View, kind: GroupKind, namespace: str | None, effect: str) -> Sequence[str]:
    """The names of a kind's objects, in a namespace or in all; none where they could not be read."""

    def names(apart: View) -> Sequence[str]:
        return [key_of(obj).name for obj in apart.list(kind, namespace, metadata_only=True, effect=effect).objects]

    return view.once(("names", kind, namespace), names)


def _elsewhere(view: View, reference: Reference) -> tuple[str, ...]:
    """The namespaces that hold a target of the name, of Services those with the port where there are such."""
    target = reference.to
    by_port = target.group_kind == SERVICE and reference.port is not None
    named = view.list(
        target.group_kind,
        None,
        name=target.name,
        metadata_only=not by_port,
        effect=f'whether another namespace holds a {target.kind} named "{target.name}" could not be looked up',
    )
    fitting = [obj for obj in named.objects if by_port and _has_port(reference, obj)]
    return tuple(sorted(key_of(obj).namespace for obj in fitting or named.objects))


def _has_port(reference: Reference, obj: JSON) -> bool:
    port = port_check(reference, obj)
    return port is not None and port.outcome is Outcome.OK


PARTS: Mapping[GroupKind, tuple[str, str]] = {
    SERVICE: ("ports", "port"),
    **dict.fromkeys((GATEWAY, *LISTENER_SETS), ("listeners", "listener")),
    **dict.fromkeys(ROUTES, ("rules", "rule")),
}
"""The parts that sectionName may mean, by kind of the target: the field that lists them, and what one is called."""


def _section_check(reference: Reference, obj: JSON, field: str, noun: str) -> Check | None:
    """What is said of a policy's target that has no part of the name written; None where it has one."""
    names = [name for each in map(mapping, entries(at(obj, "spec", field))) if (name := text(each.get("name")))]
    if reference.section_name in names:
        return None
    has = listing([f'"{name}"' for name in names]) or "none"
    message = f'{reference.to} has no {noun} named "{reference.section_name}"; it has {has}'
    return Check(Layer.TARGET, Outcome.FAILED, message)


def port_check(reference: Reference, obj: JSON) -> Check | None:
    """Whether a Service or ServiceImport has the port a reference names; None where there is nothing to check."""
    ports = [port for port in entries(at(obj, "spec", "ports")) if isinstance(port, dict)]
    external = at(obj, "spec", "type") == "ExternalName"
    if reference.port is None:
        if reference.to.group_kind != SERVICE:
            return None
        return Check(Layer.PORT, Outcome.FAILED, "the reference names no port, and a Service needs one")
    if external and not ports:
        return None
    wanted = "UDP" if reference.referrer.group_kind == UDP_ROUTE else "TCP"
    numbered = [port for port in ports if port.get("port") == reference.port]
    if any((text(port.get("protocol")) or "TCP") == wanted for port in numbered):
        return Check(Layer.PORT, Outcome.OK, f"port {reference.port} exists")
    if numbered:
        message = f"port {reference.port} of {reference.to} is not a {wanted} port"
        return Check(Layer.PORT, Outcome.FAILED, message)
    has = listing([*map(_describe, ports)]) or "none"
    message = f"{reference.to} has no port {reference.port}; it has {has}"
    behind = [port for port in ports if port.get("targetPort") == reference.port]
    if behind:
        message += (
            f" ({reference.port} is the target port of {behind[0].get('port')}; a reference names the Service's own)"
        )
    return Check(Layer.PORT, Outcome.FAILED, message)


def _describe(port: JSON) -> str:
    number = integer(port.get("port"))
    name = text(port.get("name"))
    return f"{number} ({name})" if name else str(number)


def _type_checks(reference: Reference, obj: JSON) -> tuple[Check, ...]:
    if at(obj, "spec", "type") != "ExternalName":
        return ()
    message = f"{reference.to} is of type ExternalName, which implementations should not support as a backend (CVE-2021-25740)"
    return (Check(Layer.TYPE, Outcome.NOTE, message),)
