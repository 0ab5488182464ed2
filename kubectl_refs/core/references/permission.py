"""Is a reference permitted? The decision of the mechanism that governs it, before anything is said about its target.

Parents are not treated here: see the package attachment.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from kubectl_refs.core.fields.binding import RouteBinding
from kubectl_refs.core.fields.governing import DELEGATION_RULE, is_delegation
from kubectl_refs.core.grants.grant import Grant, permitting
from kubectl_refs.core.grants.index import Grants
from kubectl_refs.core.grants.near_miss_search import NO_NEAR_MISSES, NearestMisses, grants_of, outdated_grants
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.judgements import Outcome
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.near_misses import GrantMatch
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism, Role
from kubectl_refs.core.model.references import FoundReference, Reference
from kubectl_refs.core.model.values import is_being_deleted, text
from kubectl_refs.core.records import dataclass, replace
from kubectl_refs.core.text.language import enumerated, listing, several, with_article
from kubectl_refs.core.view.existence import is_terminating
from kubectl_refs.core.view.view import View

PERMITTING = 100
"""The most grants whose pairs of entries are reported, where many permit one reference."""


@dataclass(frozen=True, slots=True)
class PermissionDecision:
    """Whether a reference is permitted, by what, and why. `outcome` is never NOTE."""

    outcome: Outcome
    mechanism: Mechanism
    because: str
    code: Code | None = None
    grants: tuple[GrantMatch, ...] = ()
    grants_omitted: int = 0
    near_misses: NearestMisses = NO_NEAR_MISSES
    notes: tuple[str, ...] = ()
    ask: str = ""


_SAME_NAMESPACE = PermissionDecision(Outcome.OK, Mechanism.SAME_NAMESPACE, "same namespace: no grant is needed")


def permission(view: View, found: FoundReference, binding: RouteBinding) -> PermissionDecision:
    """The permission of a reference that is no parentRef, without the near misses of a refusal (docs/rules.md 3.1)."""
    reference = found.reference
    if found.field.governed_by is Mechanism.LOCAL:
        return _local(view, found)
    if found.field.governed_by is Mechanism.UNGOVERNED:
        because = "this field may reference any namespace: nothing governs it"
        if found.field.note:
            because = f"{found.field.implementation} asks for no ReferenceGrant for this field itself"
        return PermissionDecision(Outcome.OK, Mechanism.UNGOVERNED, because)
    if not reference.to.namespace:
        because = f"{several(reference.to.kind)} are in no namespace: no grant is needed"
        return PermissionDecision(Outcome.OK, Mechanism.UNGOVERNED, because)
    if not reference.crosses:
        return _SAME_NAMESPACE
    if binding is RouteBinding.MESH:
        because = "the route's parents are Services: most meshes ask for no grant then (GEP-1294), Kuma does as of August 2026"
        return PermissionDecision(Outcome.OK, Mechanism.MESH, because)
    if is_delegation(found):
        return PermissionDecision(Outcome.OK, Mechanism.UNGOVERNED, DELEGATION_RULE)
    permitted = _by_grants(view, reference)
    if found.field.strict_mode and not permitted.grants:
        because = (
            f"{found.field.implementation} asks for a grant here only with {found.field.strict_mode}, which is not its "
            "default"
        )
        return PermissionDecision(Outcome.OK, Mechanism.REFERENCE_GRANT, because)
    return permitted


def _local(view: View, found: FoundReference) -> PermissionDecision:
    """The permission in a field that can only mean the referrer's own namespace; no grants are read."""
    own, target = found.reference.referrer.namespace, found.reference.to
    if not found.field.own_namespace:
        written = text(found.entry.get("namespace"))
        # In a whole cluster the target in the referrer's namespace is looked for, and its absence says more.
        if view.catalog.is_part and written and written != own and target.namespace and not found.field.implementation:
            because = f'this field has no namespace: "{written}" there has no effect, and no ReferenceGrant can help'
            note = move_advice(found, written)
            return PermissionDecision(Outcome.FAILED, Mechanism.LOCAL, because, Code.LOCAL_ONLY, notes=(note,))
        return PermissionDecision(
            Outcome.OK, Mechanism.LOCAL, "this field has no namespace: its target is in the object's own"
        )
    if not found.reference.crosses:
        return PermissionDecision(Outcome.OK, Mechanism.LOCAL, "same namespace, which this field requires")
    because = f"this field may only reference objects in its own namespace, {own}: no ReferenceGrant can permit another"
    note = move_advice(found, target.namespace)
    return PermissionDecision(Outcome.FAILED, Mechanism.LOCAL, because, Code.LOCAL_ONLY, notes=(note,))


def move_advice(found: FoundReference, namespace: str = "") -> str:
    """What helps if a field that cannot name another namespace means an object there (in `namespace`, if written): a
    policy must be where its target is, any other target must be copied or moved to the referrer's namespace."""
    referrer, target = found.reference.referrer, found.reference.to
    if found.field.role is Role.POLICY_TARGET:
        place = f"{namespace}, the namespace of what it targets" if namespace else "the namespace of what it targets"
        return f"the {referrer.kind} must be in {place}"
    if not namespace:
        return f"copy or move it to {referrer.namespace}"
    return f"it needs {with_article(target.kind)} in {referrer.namespace}: copy or move it there from {namespace}"


def grants_in(view: View, reference: Reference) -> Grants | None:
    """The grants of the target's namespace; None if they could not be read."""
    return grants_of(view, reference.to.namespace, partial(_effect, reference), required=True)


def _effect(reference: Reference) -> str:
    namespace = reference.to.namespace
    return (
        f"whether a ReferenceGrant in {namespace} permits {reference.referrer} to reference targets there is not known"
    )


def _by_grants(view: View, reference: Reference) -> PermissionDecision:
    """The decision by grants. The permitting grants are the same for all referrers of a kind in a namespace."""
    grants = grants_in(view, reference)
    if grants is None:
        return _unreadable(view, reference)
    alike = reference.to if grants.name_targets else reference.to[:3]
    asked = "permitted", reference.referrer[:3], alike
    permitted = view.once(asked, lambda subview: _permitted(subview, reference, grants))
    if permitted is None:
        permitted = _placeholder_decision(view, reference, grants)
    return _refused(view, reference, grants) if permitted is None else permitted


def _permitted(view: View, reference: Reference, grants: Grants) -> PermissionDecision | None:
    """The permission, or None where no grant permits. If no grant names a target, the answer names none either."""
    matching = grants.matching(reference)
    if not matching:
        return None
    matches, omitted = permitting(reference, matching[:PERMITTING]), len(matching[PERMITTING:])
    shown = listing(
        [f"{match.grant} spec.from[{match.from_}] spec.to[{match.to}]" for match in matches], beyond=omitted
    )
    because = f"permitted by ReferenceGrant {shown}"
    permitted = PermissionDecision(
        Outcome.OK, Mechanism.REFERENCE_GRANT, because, grants=matches, grants_omitted=omitted
    )
    if all(map(_is_ending, matching)):
        return _ending_permission(permitted, reference)
    # On a cluster this would take a request per namespace, and grants in it are marked as deleted within moments.
    if not view.catalog.live and is_terminating(view, reference.to.namespace):
        because = f"{because}; namespace {reference.to.namespace} is being deleted with everything in it"
        return replace(permitted, because=because, code=Code.ENDING_PERMISSION)
    return permitted


def _placeholder_decision(view: View, reference: Reference, grants: Grants) -> PermissionDecision | None:
    """The decision where a grant may permit, depending on names that are not substituted yet; None where none may."""
    if not (reference.unsubstituted or grants.hold_placeholders):
        return None
    # Imported here: a cluster has no such names.
    from kubectl_refs.core.grants.placeholders import grant_that_may_permit

    found = grant_that_may_permit(reference, grants, view.catalog.is_open)
    if found is None:
        return None
    grant, names = found
    quoted = [f'"{name}"' for name in names]
    depends = f"{enumerated(quoted)}, which {'is' if len(names) == 1 else 'are'} not"
    because = f"whether ReferenceGrant {grant} permits it depends on {depends} substituted yet"
    return PermissionDecision(Outcome.UNKNOWN, Mechanism.REFERENCE_GRANT, because, Code.UNREADABLE)


def _refused(view: View, reference: Reference, grants: Grants) -> PermissionDecision:
    mechanism = Mechanism.REFERENCE_GRANT
    outdated = _outdated(view, reference)
    if outdated:
        return PermissionDecision(Outcome.FAILED, mechanism, outdated, Code.OUTDATED_GRANT)
    return PermissionDecision(
        Outcome.FAILED,
        mechanism,
        "; ".join((_refusal(reference, grants), *_remarks_on_other_kinds(view, reference))),
        Code.NEAR_MISS if grants else Code.NO_GRANT,
    )


def _remarks_on_other_kinds(view: View, reference: Reference) -> Sequence[str]:
    """Remarks on objects of other kinds that were meant to permit a reference. A cluster is not asked: every refusal
    would take requests for kinds that few clusters have."""
    if view.catalog.live:
        return ()
    # Imported here: only manifests need it.
    from kubectl_refs.core.grants.other_permissions import other_permissions

    return other_permissions(view, reference)


def _is_ending(grant: Grant) -> bool:
    return is_being_deleted(grant.source)


def _ending_permission(permitted: PermissionDecision, reference: Reference) -> PermissionDecision:
    """A permission that will soon end: every grant for it is being deleted."""
    one = len({match.grant for match in permitted.grants}) == 1
    going = (
        "is being deleted and permits this until it is" if one else "are being deleted and permit this until they are"
    )
    because = f"{permitted.because}, which {going} gone"
    advice = f"if the reference is to stay allowed, write another ReferenceGrant in {reference.to.namespace}"
    return replace(permitted, because=because, code=Code.ENDING_PERMISSION, notes=(*permitted.notes, advice))


def _outdated(view: View, reference: Reference) -> str:
    """The remark on a grant that would permit the reference if an API server accepted it; empty if there is none."""
    for grant in outdated_grants(view, reference.to.namespace):
        if any(each.matches(reference) for each in grant.from_) and any(each.matches(reference) for each in grant.to):
            return (
                f"{grant.kind} {grant.grant} matches, but has no effect: {grant.outdated}; write it as kind "
                f"ReferenceGrant of apiVersion {view.catalog.grant_version}"
            )
    return ""


def _refusal(reference: Reference, grants: Grants) -> str:
    namespace = reference.to.namespace
    if not grants:
        return f"there is no ReferenceGrant in namespace {namespace}"
    which = "no ReferenceGrant" if len(grants) == 1 else f"none of the {len(grants)} ReferenceGrants"
    refused = (
        f"{which} in namespace {namespace} permits {several(reference.referrer.kind)} in {reference.referrer.namespace} to reference "
        f"{reference.to.kind} {reference.to.name}"
    )
    if not grants.without_entries:
        return refused
    empty = [
        f"{grant.what_is_lacking} in ReferenceGrant {grant.grant}{_unknown_fields_note(grant)}"
        for grant in grants.without_entries
    ]
    return f"{refused}: {listing(empty)}"


def _unknown_fields_note(grant: Grant) -> str:
    """The unknown fields that may hold what a grant lacks."""
    # Imported here: an API server accepts no grant that lacks a list.
    from kubectl_refs.core.grants.unknown_fields import unknown_fields

    fields = [str(each) for each in unknown_fields(grant) if each.meant or each.remark]
    return f" ({'; '.join(fields)})" if fields else ""


def _unreadable(view: View, reference: Reference) -> PermissionDecision:
    namespace = reference.to.namespace
    if view.catalog.served(REFERENCE_GRANT) is None:
        lacking = "the server has no kind" if view.catalog.live else "there is no kind"
        because = f"{lacking} ReferenceGrant: its CRD is not installed, and controllers then commonly permit nothing"
        return PermissionDecision(Outcome.UNKNOWN, Mechanism.REFERENCE_GRANT, because, Code.UNREADABLE)
    because = f"the ReferenceGrants in {namespace} could not be read"
    if view.catalog.is_open(namespace):
        because = f'it needs a ReferenceGrant in namespace "{namespace}", a name that is not substituted yet'
    elif not view.catalog.holds(namespace):
        because = f"it needs a ReferenceGrant in namespace {namespace}, and nothing of that namespace is among these manifests"
    # Nobody owns a namespace whose name is not known yet.
    ask = "" if view.catalog.is_open(namespace) else grant_question(reference.referrer, [reference.to])
    return PermissionDecision(Outcome.UNKNOWN, Mechanism.REFERENCE_GRANT, because, Code.UNREADABLE, ask=ask)


def grant_question(referrer: ObjectKey, targets: Sequence[ObjectKey]) -> str:
    """What to ask the owner of the targets' namespace, who can see and write its grants."""
    named = str(targets[0])
    if len(targets) > 1:
        kinds = {target.kind for target in targets}
        words = [target.name if len(kinds) == 1 else f"{target.kind} {target.name}" for target in targets]
        named = f"{several(kinds.pop()) + ' ' if len(kinds) == 1 else ''}{enumerated(words)} in {targets[0].namespace}"
    return f"Does a ReferenceGrant permit {several(referrer.kind)} in {referrer.namespace} to reference {named}?"
