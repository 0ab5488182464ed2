"""What the caller can see of a reference's target: is its kind served, does it exist, has it that port.

These layers never change whether a reference is permitted (docs/rules.md 1.5): a controller must not even hint at
them before a grant permits, but the caller reads with rights of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.hints import Hint, kind_hint
from kubectl_refs.core.model.kinds import NAMESPACE, SERVICE, SERVICE_IMPORT
from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism, Role, Shown
from kubectl_refs.core.model.references import Assumption, Check, FoundReference, Layer, Outcome, Reference
from kubectl_refs.core.model.values import at, key_of
from kubectl_refs.core.targets.certificates import foreign_type, problem_of
from kubectl_refs.core.targets.hosts import HOST_KNOWN, HOSTNAME, host_check
from kubectl_refs.core.targets.ports import port_check
from kubectl_refs.core.targets.requirements import BACKEND_KINDS, Requirements, requirements_of
from kubectl_refs.core.targets.sections import PARTS, section_check
from kubectl_refs.core.text.language import with_article
from kubectl_refs.core.text.vocabulary import Vocabulary
from kubectl_refs.core.view.reads import Answer
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
    assumptions: tuple[Assumption, ...] = ()

    @property
    def unknown(self) -> bool:
        return any(check.outcome is Outcome.UNKNOWN for check in self.checks)

    def then(self, further: Target) -> Target:
        """This with what a further step says; the first failure gives the finding."""
        code, reason = (self.code, self.reason) if self.code else (further.code, further.reason)
        return Target(
            (*self.checks, *further.checks),
            code,
            reason,
            further.other_namespaces,
            further.namespace_missing,
            (*self.assumptions, *further.assumptions),
        )

    @property
    def failure(self) -> Check | None:
        return next((check for check in self.checks if check.outcome is Outcome.FAILED), None)


def check_target(view: View, found: FoundReference, *, resolved: Callable[[], bool] = lambda: False) -> Target:
    """Kind, namespace, existence, section, content, port and type of a target that is no parent.

    `resolved` tells whether a controller reports the holder's references as resolved: then it knows their kinds.
    """
    asked = _Asked(view, found, requirements_of(found), resolved)
    if found.reference.to.group_kind == HOSTNAME:
        return _host(asked)
    target = Target(())
    for step in (_kind, _namespace, _existence):
        target = target.then(step(asked))
        if target.failure is not None or target.unknown or target.assumptions:
            return target
    for step in (_section, _content, _port, _type):
        target = target.then(step(asked))
    return target


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the steps are asked: the reference, and what its role demands of a target."""

    view: View
    found: FoundReference
    expected: Requirements
    resolved: Callable[[], bool]

    @property
    def reference(self) -> Reference:
        return self.found.reference

    @property
    def has_ports(self) -> bool:
        return self.reference.to.group_kind in (SERVICE, SERVICE_IMPORT)

    @property
    def sectioned(self) -> bool:
        """Whether the reference means a part of its target."""
        named = self.found.field.role is Role.POLICY_TARGET and self.reference.section_name is not None
        return named and self.reference.to.group_kind in PARTS

    @property
    def answer(self) -> Answer:
        """The target; its contents only where they are looked at, so that the data of a Secret is never read."""
        ports = " and has the port" if self.has_ports else ""
        return self.view.get(
            self.reference.to,
            metadata_only=not self.has_ports and not self.sectioned,
            effect=f"whether {self.reference.to} exists{ports} is not known",
        )

    @property
    def object(self) -> JSON:
        return self.answer.object or {}


def _host(asked: _Asked) -> Target:
    host = host_check(asked.view, asked.reference, asked.resolved)
    if host.layer is Layer.KIND:
        return Target((host,), Code.KIND_NOT_SUPPORTED, asked.expected.wrong_kind)
    if host.outcome is Outcome.ASSUMED:
        return Target((host,), assumptions=(Assumption(asked.reference.to, HOST_KNOWN),))
    failed = host.outcome is Outcome.FAILED
    return Target((host,), Code.TARGET_NOT_FOUND if failed else None, asked.expected.missing if failed else None)


def _kind(asked: _Asked) -> Target:
    check = _kind_check(asked.view, asked.found, asked.expected, asked.resolved)
    if check is not None and check.outcome is Outcome.FAILED:
        return Target((check,), Code.KIND_NOT_SUPPORTED, asked.expected.wrong_kind)
    return Target((check,) if check else ())


def _namespace(asked: _Asked) -> Target:
    """Only a holder that is in no namespace itself can leave the namespace of a target open."""
    to = asked.reference.to
    served = asked.view.catalog.served(to.group_kind)
    if to.namespace or served is None or not served.namespaced:
        return Target(())
    message = f"the reference has no namespace, and {with_article(to.kind)} is in one"
    return Target((Check(Layer.TARGET, Outcome.FAILED, message),), Code.NAMESPACE_OMITTED, asked.expected.missing)


def _existence(asked: _Asked) -> Target:
    to = asked.reference.to
    if not asked.answer.known:
        return Target((Check(Layer.TARGET, Outcome.UNKNOWN, f"{to} could not be read"),))
    if asked.answer.assumed:
        return _assumed(asked)
    if asked.answer.object is None:
        may_cross = asked.found.field.governed_by is not Mechanism.LOCAL
        return absent(asked.view, asked.reference, reason=asked.expected.missing, may_cross=may_cross)
    made_by = asked.answer.made_by
    message = f"{to} exists" if made_by is None else f"{to} is made by {made_by}"
    return Target((Check(Layer.TARGET, Outcome.OK, message),))


def _assumed(asked: _Asked) -> Target:
    """A target that is not among manifests which are a part of a cluster."""
    reference, part = asked.reference, ""
    if asked.sectioned:
        part = f" with {PARTS[reference.to.group_kind][1]} {reference.section_name}"
    elif _needs_port(asked) and reference.port is not None:
        part = f" with port {reference.port}"
    assumption = Assumption(reference.to, f"exists{part}")
    check = Check(Layer.TARGET, Outcome.ASSUMED, str(assumption))
    return Target((check,), assumptions=(assumption,))


def _section(asked: _Asked) -> Target:
    check = section_check(asked.reference, asked.object) if asked.sectioned else None
    return Target((check,), Code.TARGET_NOT_FOUND, asked.expected.missing) if check else Target(())


def _content(asked: _Asked) -> Target:
    role = asked.found.field.role
    foreign = foreign_type(asked.object, role)
    if foreign and asked.resolved():
        message = f"{foreign}, and its controller takes it all the same"
        return Target((Check(Layer.CONTENT, Outcome.NOTE, message),))
    problem = foreign or problem_of(asked.object, role)
    if not problem:
        return Target(())
    message = f"{asked.reference.to} cannot be used as {asked.expected.noun}: {problem}"
    return Target((Check(Layer.CONTENT, Outcome.FAILED, message),), Code.CONTENT, asked.expected.missing)


def _port(asked: _Asked) -> Target:
    check = port_check(asked.reference, asked.object) if _needs_port(asked) else None
    if check is None or check.outcome is not Outcome.FAILED:
        return Target((check,) if check else ())
    # Of routes the specification names no reason; on listeners and policies one stands for all that may be wrong.
    reason = None if asked.found.field.shown is Shown.PARENT else asked.expected.missing
    return Target((check,), Code.PORT_NOT_FOUND, reason)


def _needs_port(asked: _Asked) -> bool:
    """Whether the target has ports and the reference means one of them: a policy may mean the whole Service."""
    return asked.has_ports and (asked.expected.core is not None or asked.reference.port is not None)


def _type(asked: _Asked) -> Target:
    if not _needs_port(asked) or at(asked.object, "spec", "type") != "ExternalName":
        return Target(())
    message = (
        f"{asked.reference.to} is of type ExternalName, which implementations should not support as a backend "
        "(CVE-2021-25740)"
    )
    return Target((Check(Layer.TYPE, Outcome.NOTE, message),))


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
        if (view.catalog.live or kind not in known) and view.catalog.lacking(kind):
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
        return _nowhere(view, reference, reason)
    near = _near_name(view, target)
    if near:
        message += f'; a {target.kind} named "{near}" does'
    checks = (Check(Layer.TARGET, Outcome.FAILED, message),)
    elsewhere = () if reference.explicit_namespace or near else _elsewhere(view, reference)
    code = Code.NAMESPACE_OMITTED if elsewhere and may_cross else Code.TARGET_NOT_FOUND
    return Target(checks, code, reason, elsewhere)


def _namespace_absent(view: View, namespace: str) -> bool:
    key = ObjectKey(NAMESPACE.group, NAMESPACE.kind, "", namespace)
    return view.get(key, metadata_only=True, effect=f'whether a namespace "{namespace}" exists is not known').absent


def _nowhere(view: View, reference: Reference, reason: str | None) -> Target:
    """A target in a namespace that does not exist, with the namespace that may be meant."""
    target = reference.to
    named = _names(view, NAMESPACE, None, f'namespaces named like "{target.namespace}"')
    near = named.nearest(target.namespace)
    message = f'{target} does not exist, nor does namespace "{target.namespace}"'
    if near:
        message += f'; namespace "{near}" does'
    checks = (Check(Layer.TARGET, Outcome.FAILED, message),)
    return Target(checks, Code.TARGET_NOT_FOUND, reason, (near,) if near else (), namespace_missing=True)


def _near_name(view: View, target: ObjectKey) -> str | None:
    effect = f'names like "{target.name}" in {target.namespace} could not be looked up'
    return _names(view, target.group_kind, target.namespace, effect).nearest(target.name)


def _names(view: View, kind: GroupKind, namespace: str | None, effect: str) -> Vocabulary:
    """The names of a kind's objects, in a namespace or in all; none where they could not be read."""

    def names(apart: View) -> Vocabulary:
        listed = apart.list(kind, namespace, metadata_only=True, effect=effect)
        return Vocabulary(key_of(obj).name for obj in listed.objects)

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
