"""Advice on references that no offered fix repairs: create the target, or correct the reference, by hand."""

from __future__ import annotations

from collections.abc import Iterable

from kubectl_refs.core.fixes.referrer_patches import fields_to_write
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.judgements import PART_FAULTS, Layer, Outcome, Verdict
from kubectl_refs.core.model.kinds import GATEWAY, LISTENER_SET, SECRET, SERVICE, UDP_ROUTE
from kubectl_refs.core.model.names import can_be_named
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.reference_fields import BACKEND_ROLES, ROLES_WITH_KEY, Mechanism, Role
from kubectl_refs.core.model.references import EvaluatedReference, Reference
from kubectl_refs.core.model.values import unsubstituted
from kubectl_refs.core.targets.ports import ports_of
from kubectl_refs.core.targets.sections import PARTS
from kubectl_refs.core.text.language import enumerated, with_article
from kubectl_refs.core.view.existence import is_terminating, namespace_answer
from kubectl_refs.core.view.view import View

_OF_PARENT = (Code.NO_MATCHING_HOSTNAME, Code.NOT_ALLOWED_BY_LISTENERS, Code.NOT_ALLOWED_BY_GATEWAY)


def _place_of_targets(references: Iterable[EvaluatedReference]) -> str:
    """The namespace that a policy must move to because all its targets are there; empty if it need not move."""
    targets = [each for each in references if each.field.role is Role.POLICY_TARGET]
    places = {near.object.namespace for each in targets for near in each.near_targets if near.out_of_reach}
    all_there = all(each.near_targets and each.near_targets[0].out_of_reach for each in targets)
    return places.pop() if all_there and len(places) == 1 else ""


def by_hand(view: View, evaluated: EvaluatedReference, obj: JSON, references: Iterable[EvaluatedReference]) -> str:
    """What to do about one of an object's references, a sentence without its full stop; empty if the notes say enough.
    Reads nothing that the verdict has not read."""
    reference = evaluated.reference
    if not evaluated.verdict.fails or evaluated.unsupported:
        return ""
    if evaluated.near_targets and evaluated.fault not in PART_FAULTS:
        return ""
    if evaluated.fault is Code.NO_MATCHING_PARENT or evaluated.code in _OF_PARENT:
        # Imported here: most routes are admitted by their parents.
        from kubectl_refs.core.fixes.parents_by_hand import advice_on_parent

        return advice_on_parent(view, evaluated, obj)
    if evaluated.fault is Code.MALFORMED:
        return f"in the manifest, {_sound_value(evaluated)}"
    if evaluated.fault is Code.PORT_NOT_FOUND and reference.to.group_kind == SERVICE:
        return f"name {_kind_of_port(view, reference)} that {reference.to} has, or add one to it"
    if evaluated.fault is Code.PARENT_KIND and reference.to.group_kind in (GATEWAY, LISTENER_SET):
        otherwise = ", or name a Gateway" if reference.to.group_kind == LISTENER_SET else ""
        return f"install the CRD of {reference.to.group_kind}{otherwise}"
    if evaluated.fault is Code.PARENT_KIND and evaluated.field.governed_by is Mechanism.ALLOWED_ROUTES:
        return "name a Gateway or a ListenerSet, or in a mesh a Service"
    if (
        evaluated.fault is Code.KIND_NOT_SUPPORTED
        and evaluated.field.role in BACKEND_ROLES
        and not evaluated.field.implementation
    ):
        return "reference a Service with its port, which every implementation takes as a backend"
    if evaluated.fault is Code.KIND_NOT_SUPPORTED and evaluated.field.role in ROLES_WITH_KEY:
        return f"reference a Secret of type kubernetes.io/tls{_made_by(view, reference)}"
    if evaluated.fault is Code.TARGET_NOT_FOUND and _lacks_section(evaluated):
        _, part = PARTS[reference.to.group_kind]
        return (
            f"name a {part} that {reference.to} has, give one this name, or leave sectionName out to apply the "
            f"{reference.referrer.kind} to all of it"
        )
    if evaluated.code is Code.CONTENT:
        # Imported here: most targets are Services.
        from kubectl_refs.core.targets.certificates import content_advice

        found = view.get(reference.to, metadata_only=True, effect=f"what {reference.to} holds is not known")
        return content_advice(found.object, evaluated.field.role, evaluated.because) if found.object is not None else ""
    if evaluated.of_maker:
        return evaluated.of_maker
    if reference.unsubstituted:
        return _substitution(evaluated)
    if not _is_to_be_made(view, evaluated):
        return ""
    place = _place_of_targets(references) if evaluated.mechanism is Mechanism.LOCAL else ""
    if place:
        return f"move the {reference.referrer.kind} to {place}, where it needs {reference.to.kind} {reference.to.name}"
    if reference.crosses and is_terminating(view, reference.to.namespace):
        return f"correct the reference, or create namespace {reference.to.namespace} again once it is gone"
    if not can_be_named(reference.to.group_kind, reference.to.name):
        return f"write the name of the {reference.to.kind} that is meant"
    step = f"create {_missing_namespace(view, reference)}{reference.to}, or correct the reference"
    if evaluated.verdict is Verdict.REFUSED and evaluated.mechanism is Mechanism.REFERENCE_GRANT:
        step += f"; then run 'fix': a reference to {reference.to.namespace} needs a ReferenceGrant too"
    return step


def _substitution(evaluated: EvaluatedReference) -> str:
    """What comes before a grant for a reference with placeholders; empty if a grant is not what it lacks."""
    if evaluated.verdict is not Verdict.REFUSED or evaluated.mechanism is not Mechanism.REFERENCE_GRANT:
        return ""
    reference = evaluated.reference
    parts = dict.fromkeys(f'"{part}"' for part in (reference.referrer.namespace, *reference.to) if unsubstituted(part))
    depends = f"the ReferenceGrant to write depends on {'it' if len(parts) == 1 else 'them'}"
    return f"substitute {enumerated([*parts])} first: {depends}"


def _sound_value(evaluated: EvaluatedReference) -> str:
    """What to write in place of a value that no API server takes."""
    reference = evaluated.reference
    if reference.repeats:
        return "leave one of the two out, or give each its own sectionName"
    near = next((near for near in evaluated.near_targets if near.slipped), None)
    if near is not None:
        return f"write {fields_to_write(near.differences)}"
    if reference.wrong_namespace:
        return f"write the namespace that the {reference.to.kind} is in"
    if reference.wrong_port:
        return f"write the port of {reference.to} as a number from 1 to 65535"
    return "write a weight from 0 to 1000000"


def _kind_of_port(view: View, reference: Reference) -> str:
    """The kind of port that a reference to a Service lacks: of a protocol, if the Service has the number with another."""
    if reference.referrer.group_kind == UDP_ROUTE:
        return "a UDP port"
    service = view.get(reference.to, effect="").object or {}
    return "a TCP port" if any(port.get("port") == reference.port for port in ports_of(service)) else "a port"


def _made_by(view: View, reference: Reference) -> str:
    """A clause with the field in which objects of the target's kind name the Secret they create; empty if none."""
    kind = reference.to.group_kind
    rows = (each for each in view.catalog.table.makers if (each.maker, each.makes) == (kind, SECRET))
    field = next((each.names[0] for each in rows if not each.annotation and not each.of), "")
    return f"; {with_article(kind.kind)} names the one that it makes in {field}" if field else ""


def _lacks_section(evaluated: EvaluatedReference) -> bool:
    """Whether the target of a policy exists, but not the section of it that the policy names."""
    there = any((each.layer, each.outcome) == (Layer.TARGET, Outcome.OK) for each in evaluated.checks)
    return there and evaluated.field.role is Role.POLICY_TARGET and evaluated.reference.to.group_kind in PARTS


def _is_to_be_made(view: View, evaluated: EvaluatedReference) -> bool:
    """Whether the target is known not to exist, and no check names an object that would create it."""
    if not evaluated.target_missing:
        return False
    # Imported here: few targets are missing.
    from kubectl_refs.core.targets.absence import absence

    sentence = absence(view, evaluated.reference)
    return any(check.message == sentence for check in evaluated.checks)


def _missing_namespace(view: View, reference: Reference) -> str:
    namespace = reference.to.namespace
    missing = reference.crosses and namespace_answer(view, namespace).absent
    return f"namespace {namespace} and " if missing else ""
