"""The cause of a verdict in one sentence: the field that is to blame, what is there, and what is expected.

A reader needs this first; everything else known about a reference is shown beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import lru_cache

from kubectl_refs.core.grants.differences import is_doubtful
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.hints import SLIPS, Hint
from kubectl_refs.core.model.judgements import PART_FAULTS, Layer, Outcome, Verdict
from kubectl_refs.core.model.kinds import ISTIO_GATEWAY
from kubectl_refs.core.model.near_misses import Difference, GrantName, NearMiss
from kubectl_refs.core.model.near_targets import NearTarget
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import EvaluatedReference, Reference
from kubectl_refs.core.references.kinds_without_group import ignored_group_remark
from kubectl_refs.core.text.language import enumerated

NEAR = 2
"""The most differing fields with which a grant comes near: with three unrelated ones, hardly anybody meant the
reference, unless each is a slip."""

NAMED = 3
"""The most grants that are named without coming near; further ones are only counted."""

_IN_MANY_FIELDS = frozenset({Hint.SWAPPED, Hint.SPLIT, Hint.WRONG_PLACEMENT})
"""Hints of one mistake that may show in many fields, which then do not count towards NEAR."""

_REASONS: Mapping[Hint, str] = {
    Hint.CASE: "names are case-sensitive",
    Hint.PLURAL: "use the kind, not the plural",
    Hint.SHORT_NAME: "use the kind, not the short name",
    Hint.CORE_ALIAS: 'the core group is written ""',
    Hint.GROUP_WITH_VERSION: "use the group without its version",
    Hint.OLD_GROUP: "an earlier group",
    Hint.NAME_FORM: "use the name alone",
    Hint.TYPO: "typo",
    Hint.TOO_MANY: "no API server accepts more",
}


def cause_of(evaluated: EvaluatedReference) -> str:
    """The cause, as one sentence without its full stop; never empty."""
    judgement = evaluated.judgement
    if judgement.unsupported:
        helps = ": no ReferenceGrant helps" if judgement.verdict is Verdict.REFUSED else ""
        return f"{judgement.unsupported}{helps}"
    if judgement.code is Code.NEAR_TARGET:
        return _near_target_cause(evaluated)
    if judgement.verdict is Verdict.BROKEN and (near := _meant(evaluated)):
        return _differences_clause(near)
    if evaluated.refused_and_missing:
        return _refused_and_missing(evaluated)
    if (slip := evaluated.slip_among_manifests) is not None:
        return "; ".join((*map(str, judgement.reported), slip_cause(evaluated, slip)))
    if judgement.code is Code.KIND_NOT_SUPPORTED and judgement.verdict is Verdict.ALLOWED:
        remark = ignored_group_remark(evaluated.found)
        return remark.message if remark else judgement.because
    if judgement.code in (Code.EXTERNAL_NAME, Code.NEWLY_INVALID):
        return next(check.message for check in judgement.checks if check.layer is Layer.TYPE)
    if judgement.code is Code.CONTENT and judgement.verdict is Verdict.ALLOWED:
        return next(check.message for check in judgement.checks if check.layer is Layer.CONTENT)
    if judgement.reported:
        return "; ".join((*map(str, judgement.reported), judgement.because))
    if judgement.verdict is not Verdict.REFUSED or judgement.mechanism is not Mechanism.REFERENCE_GRANT:
        return judgement.because
    miss = nearest(evaluated)
    return f"{judgement.because}{_distant_grants_clause(evaluated)}" if miss is None else _near_miss(evaluated, miss)


def slip_cause(evaluated: EvaluatedReference, near: NearTarget) -> str:
    """The cause of a reference that means an object among the manifests (`near`) but for a slip, and that no grant is
    known to permit as it is written."""
    permission = "no ReferenceGrant permits the reference as it is written"
    if evaluated.verdict is Verdict.UNKNOWN:
        permission = "whether a ReferenceGrant permits the reference as it is written is not known"
    elsewhere = f"unless {evaluated.reference.to} exists outside these manifests"
    return f"{_differences_clause(near)}, {elsewhere}; {permission}"


def cause_key(evaluated: EvaluatedReference) -> Hashable:
    """A key of what `cause_of` depends on, for callers that keep the judgement and the row: ids are quick to get."""
    judgement, found = evaluated.judgement, evaluated.found
    # A remark on the kind quotes what is written there, and a near target's differences begin with the path.
    own = found.reference.path if judgement.near_targets or found.field.by_kind else ""
    return id(judgement), id(found.field), found.reference.to, own


def other_faults(evaluated: EvaluatedReference) -> Sequence[str]:
    """The faults of a reference that neither its cause nor a note mentions, as sentences without their full stop."""
    failed = [
        each.message
        for each in evaluated.checks
        if each.outcome is Outcome.FAILED and each.message not in evaluated.because
    ]
    # The cause says that the target does not exist, in other words where another object is meant.
    if not failed or evaluated.refused_and_missing:
        return ()
    said = (cause_of(evaluated), *evaluated.notes)
    return [message for message in failed if not any(message in each for each in said)]


def _distant_grants_clause(evaluated: EvaluatedReference) -> str:
    """A clause that names the grants in the target's namespace, where none comes near to permitting a reference."""
    namespace = evaluated.reference.to.namespace
    names = [miss.grant.name for miss in evaluated.near_misses if miss.grant.namespace == namespace]
    if len(names) + evaluated.near_misses_omitted > 1:
        there = enumerated(names, beyond=evaluated.near_misses_omitted, most=NAMED)
        return f"; those there, {there}, are for something else"
    return f"; the one there, {names[0]}, is for something else" if names else ""


def _differences_clause(near: NearTarget) -> str:
    """What the reference says, and what it would say if it meant the near target."""
    return f"{_fields(near.differences)}{_reason_clause(list(near.differences))}"


def _fields(differences: Sequence[Difference]) -> str:
    """What differs, and what is expected."""
    short = _shortened(differences, str)
    # Each part has a comma of its own.
    return ", and ".join((", ".join(short[:-1]), short[-1])) if short[1:] else "".join(short)


def _shortened(differences: Sequence[Difference], word: Callable[[Difference], str]) -> list[str]:
    """The words for each difference, which begin with its path. Fields in one place mention that place only once."""
    places = [each.path.rpartition(".")[0] for each in differences]
    return [
        word(each).removeprefix(f"{place}.") if number and place == places[number - 1] else word(each)
        for number, (each, place) in enumerate(zip(differences, places, strict=True))
    ]


def _refused_and_missing(evaluated: EvaluatedReference) -> str:
    """The cause of two faults: the target is missing, which alone refuses nothing, and nothing permits it."""
    near, miss = _meant(evaluated), nearest(evaluated)
    first = _failure(evaluated) if near is None else _differences_clause(near)
    if evaluated.mechanism is not Mechanism.REFERENCE_GRANT:
        refused = evaluated.because
    elif miss is not None and not miss.sound:
        refused = _near_miss(evaluated, miss)
    elif first == evaluated.because:
        return first
    else:
        refused = f"no ReferenceGrant permits the reference{'' if near is None else ' as it is written'}"
    return f"{first}, and {refused}"


def _meant(evaluated: EvaluatedReference) -> NearTarget | None:
    """The only object that a reference can mean, where it names none."""
    of_parts = evaluated.fault in PART_FAULTS
    likely = [
        near
        for near in evaluated.near_targets
        if (near.surely_meant if of_parts else near.slipped)
        and near.object.group_kind != ISTIO_GATEWAY
        and (evaluated.found.may_cross or near.object.namespace == evaluated.reference.to.namespace)
        and not (of_parts and near.needs and not near.needs_grant)
    ]
    return likely[0] if len(likely) == 1 else None


def _near_target_cause(evaluated: EvaluatedReference) -> str:
    """The cause where a part of a cluster lacks the target, which is assumed to be elsewhere, but has a near target."""
    near, to = evaluated.near_targets[0], evaluated.reference.to
    fields = [each for each in near.differences if each.hint is not Hint.WRONG_PLACEMENT]
    what = next((each.what for each in evaluated.assumptions if each.object == to), "exists")
    meant = f"; if that is meant: {_fields(fields)}" if fields else ""
    if near.out_of_reach:
        meant = f"; {evaluated.found.field.without_namespace} and reaches {to.namespace} alone"
    object_ = name_of_near_target(near.object, evaluated.reference)
    missing = _told_apart(to, near.object)
    if near.made_by is not None:
        return f"{near.made_by} is supposed to make {object_}, {missing} is not among these manifests (assumed: it {what}){meant}"
    return f"{object_} is among these manifests, {missing} is not (assumed: it {what}){meant}"


def name_of_near_target(key: ObjectKey, reference: Reference) -> str:
    """A near target, with its group where that is what differs."""
    return _told_apart(key, reference.to)


def _told_apart(key: ObjectKey, other: ObjectKey) -> str:
    return f"{key.group_kind} {key.path}" if key.group != other.group else str(key)


def _failure(evaluated: EvaluatedReference) -> str:
    """What is wrong with the target of a refused reference, or why it is refused if nothing is."""
    return next((each.message for each in evaluated.target_failures), evaluated.because)


def nearest(evaluated: EvaluatedReference) -> NearMiss | None:
    """The grant that almost permits a reference; None where none comes near."""
    miss = evaluated.near_misses[0] if evaluated.near_misses else None
    return miss if miss is not None and comes_near(miss) else None


def comes_near(miss: NearMiss) -> bool:
    """Whether a grant may have been meant. One mistake may show in many fields: swapped or split `from` and `to`."""
    if len(miss.differences) <= NEAR:
        return True
    others = [each for each in miss.differences if each.hint not in _IN_MANY_FIELDS]
    return len(others) <= NEAR or SLIPS.issuperset([each.hint for each in others])


def _near_miss(evaluated: EvaluatedReference, miss: NearMiss) -> str:
    # The usual case: only the differences are told. Adding an empty string gives the cached text itself, no copy.
    if not miss.sound and _IN_MANY_FIELDS.isdisjoint([each.hint for each in miss.differences]):
        return _differing(miss.grant, miss.differences) + _unknown_fields_clause(miss)
    grant = f"ReferenceGrant {miss.grant}"
    by_hint = {each.hint: each for each in miss.differences}
    place = by_hint.get(Hint.WRONG_PLACEMENT)
    moved = (
        "" if place is None else f"{grant} is in namespace {place.found}, expected {place.wanted}, that of the target"
    )
    if exchanged := exchange_of(evaluated.reference, miss):
        return f"from and to are swapped in {grant}: {exchanged}{moved and f'; and {moved}'}"
    if Hint.SPLIT in by_hint:
        split = by_hint[Hint.SPLIT]
        lacks = split.path.removeprefix("spec.")
        has, index = ("from", miss.from_) if lacks == "to" else ("to", miss.to)
        other, _, entry = (split.found or "").partition(" ")
        return (
            f"no single ReferenceGrant has both: spec.{has}[{index}] of {miss.grant} matches, its {lacks} does not; "
            f"{entry} of {other} matches, its {has} does not"
        )
    # The number of entries is not what keeps a grant for others from permitting this.
    unsaid = Hint.TOO_MANY if miss.sound else Hint.WRONG_PLACEMENT
    fields = [each for each in miss.differences if each.hint is not unsaid]
    if miss.sound:
        has = enumerated(_shortened(fields, lambda each: f'{each.path} "{each.found}"'))
        return f"{evaluated.because}; the nearest, {miss.grant.name}, has {has}"
    if place is None:
        return f"{_differing(miss.grant, miss.differences)}{_unknown_fields_clause(miss)}"
    if Hint.SWAPPED in by_hint:
        return f"the two namespaces are swapped: {moved}, and {_fields(fields)}{_unknown_fields_clause(miss)}"
    return f"{moved}; and {_fields(fields)}{_reason_clause(fields)}{_unknown_fields_clause(miss)}" if fields else moved


def exchange_of(reference: Reference, miss: NearMiss) -> str:
    """What the swapped `from` and `to` of a grant must name; empty if at most their namespaces are swapped."""
    swapped = {each.path.rpartition(".")[2] for each in miss.differences if each.hint is Hint.SWAPPED}
    if not swapped - {"namespace"}:
        return ""
    referrer, target = reference.referrer, reference.to
    name = f" {target.name}" if "name" in swapped else ""
    return f"from must name {referrer.kind} in {referrer.namespace}, and to {target.kind}{name}"


def _unknown_fields_clause(miss: NearMiss) -> str:
    """The unknown fields that a grant has in place of missing ones."""
    lacking = [each.path for each in miss.differences if each.found is None]
    if not lacking:
        return ""
    missing = {tuple(path.rpartition(".")[::2]) for path in lacking}
    # Imported here: an API server accepts no entry without these fields.
    from kubectl_refs.core.grants.unknown_fields import unknown_fields

    fields = unknown_fields(Grant.parse(miss.source))
    return "".join(f"; {each}" for each in fields if (each.path.rpartition(".")[0], each.meant) in missing)


@lru_cache(2**12)
def _differing(grant: GrantName, fields: tuple[Difference, ...]) -> str:
    """How a grant differs. Cached: thousands of references are refused for the same slip."""
    if len(fields) > NEAR:
        return f"{len(fields)} fields of ReferenceGrant {grant} differ: {_fields(fields)}"
    return f"{_fields(fields)}, in ReferenceGrant {grant}{_reason_clause(fields)}"


def _reason_clause(differences: Sequence[Difference]) -> str:
    """Why a single field differs, as far as that is known; empty for several fields, whose values must say it."""
    if len(differences) != 1:
        return ""
    (difference,) = differences
    perhaps = "perhaps a " if difference.hint is Hint.TYPO and is_doubtful(difference) else ""
    said = [f"{perhaps}{_REASONS.get(difference.hint, '')}", difference.note]
    words = ": ".join(each for each in said if each)
    return f" ({words})" if words else ""
