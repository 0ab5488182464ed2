"""The causes behind the findings of a check: thousands of findings often come down to a few things to fix."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from kubectl_refs.core.findings.check_findings import NOTHING_SERVES_IT
from kubectl_refs.core.model.codes import Code, Severity
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import EvaluatedReference, Reference
from kubectl_refs.core.model.values import is_being_deleted
from kubectl_refs.core.queries.check import Checked
from kubectl_refs.core.references.cause import cause_key, cause_of, nearest
from kubectl_refs.core.text.language import listing, several

NAMES = 2
"""The most targets that a sentence names; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Findings that one change resolves, or that have one explanation.

    `sentence` says what is wrong, `advice` what to do, both without a full stop; `advice` may be empty. `objects` are
    those with the findings, and `look_at` the most telling of them. `of_references` says whether the findings are on
    references, `needs_grant` whether grants for the kind and namespace of `objects` would resolve them.
    """

    code: Code
    severity: Severity
    sentence: str
    findings: int
    objects: tuple[ObjectKey, ...]
    of_references: bool
    needs_grant: bool
    look_at: ObjectKey
    advice: str = ""


@dataclass(slots=True)
class _Group:
    """Findings with one cause: the first finding, their number, and all their objects and targets."""

    first: Finding
    evaluated: EvaluatedReference | None
    ending: bool = False
    """Whether its objects are being deleted: nobody should write a grant for them."""
    findings: int = 0
    objects: dict[ObjectKey, None] = field(default_factory=dict)
    targets: dict[ObjectKey, None] = field(default_factory=dict)


def causes_of(everything: Iterable[Checked]) -> tuple[Cause, ...]:
    """The causes of the findings that count: the most severe first, and then those with the most findings."""
    groups: dict[Hashable, _Group] = {}
    alike: dict[Hashable, _Group] = {}
    """The same groups by everything that a cause depends on: ids of judgements are faster to get than sentences."""
    for checked in everything:
        evaluated = {each.found.reference.path: each for each in checked.references}
        ending = is_being_deleted(checked.source)
        for finding in checked.findings:
            if not finding.is_new:
                continue
            reference = evaluated.get(finding.path) if finding.verdict is not None else None
            key_inputs = None if reference is None else _key_inputs(finding, reference, ending=ending)
            group = alike.get(key_inputs)
            if group is None:
                key = _key(finding, reference, ending=ending)
                group = groups.get(key)
                if group is None:
                    group = groups[key] = _Group(finding, reference, ending)
                if key_inputs is not None:
                    alike[key_inputs] = group
            group.findings += 1
            group.objects[finding.object] = None
            if reference is not None:
                group.targets[reference.reference.to] = None
    causes = map(_cause, groups.values())
    return tuple(sorted(causes, key=lambda each: (each.severity.rank, -each.findings, each.sentence)))


def _key_inputs(finding: Finding, evaluated: EvaluatedReference, *, ending: bool) -> Hashable:
    """Everything that the `_key` of a finding on a reference depends on."""
    referrer = evaluated.found.reference.referrer[:3]
    return cause_key(evaluated), ending, referrer, finding.code, finding.severity, finding.target


def _key(finding: Finding, evaluated: EvaluatedReference | None, *, ending: bool) -> Hashable:
    if evaluated is None:
        return finding.code, finding.severity, _common_origin(finding)
    if ending or not _lacks_grant(evaluated):
        return ending, finding.code, finding.severity, _sentence_of(finding, evaluated)
    referrer = evaluated.reference.referrer
    return evaluated.reference.to.namespace, referrer.group_kind, referrer.namespace


def _common_origin(finding: Finding) -> Hashable:
    """What findings that are not on references have in common if one change resolves them all."""
    # A controller has one reason for all conditions that it reports in the same way.
    if finding.path.startswith("status"):
        return finding.target
    # A fault of a Gateway affects all of its routes.
    if finding.code is Code.NOT_SERVED:
        return finding.look_at or finding.object, finding.message
    # Each entry of a grant is corrected on its own.
    return finding.object, finding.path


def _lacks_grant(evaluated: EvaluatedReference) -> bool:
    """Whether a reference is refused only because there is no grant that permits it or was meant to."""
    refused = evaluated.verdict is Verdict.REFUSED and evaluated.mechanism is Mechanism.REFERENCE_GRANT
    return refused and not _is_near(evaluated) and evaluated.fault is None and not evaluated.target_missing


def _is_refused_by_a_slip(evaluated: EvaluatedReference) -> bool:
    """Whether a grant almost permits a refused reference, and the target is not known to be missing."""
    return evaluated.verdict is Verdict.REFUSED and _is_near(evaluated) and not evaluated.target_missing


def _is_near(evaluated: EvaluatedReference) -> bool:
    """Whether a near miss may have been meant for a reference."""
    miss = nearest(evaluated)
    return miss is not None and not miss.sound


def _cause(group: _Group) -> Cause:
    first, evaluated = group.first, group.evaluated
    lacks = evaluated is not None and not group.ending and _lacks_grant(evaluated)
    advice = first.advice
    if evaluated is None:
        sentence = _sentence_without_reference(first, alone=len(group.objects) == 1)
    elif lacks:
        sentence, advice = _no_grant(evaluated, list(group.targets))
    else:
        sentence = _sentence_of(first, evaluated)
        if len(group.targets) > 1 and evaluated.fixes and evaluated.fixes[0].action == "create":
            # The first reference's fix is a grant that names only its own target.
            advice = _grant_for(evaluated.reference)
    return Cause(
        first.code,
        first.severity,
        sentence,
        group.findings,
        tuple(group.objects),
        evaluated is not None,
        lacks or (evaluated is not None and not group.ending and _is_refused_by_a_slip(evaluated)),
        first.look_at if first.look_at in group.objects else first.object,
        advice,
    )


def _no_grant(evaluated: EvaluatedReference, targets: list[ObjectKey]) -> tuple[str, str]:
    """The sentence and the advice for a missing grant."""
    reference = evaluated.reference
    whose, advice = _referrers_like(reference), _grant_for(reference)
    if evaluated.code is Code.NO_GRANT:
        return f"no grant in {reference.to.namespace} for {whose}", advice
    names = listing([f"{each.kind} {each.name}" for each in targets], most=NAMES)
    return f"no grant in {reference.to.namespace} permits {whose} to reference {names}", advice


def _grant_for(reference: Reference) -> str:
    return f"create a ReferenceGrant in {reference.to.namespace} for {_referrers_like(reference)}"


def _referrers_like(reference: Reference) -> str:
    return f"{several(reference.referrer.kind)} in {reference.referrer.namespace}"


def _sentence_of(finding: Finding, evaluated: EvaluatedReference) -> str:
    """The cause of one reference's finding, prefixed with the target unless it names that or the grant to blame."""
    sentence = cause_of(evaluated)
    named = evaluated.reference.to.name in sentence or _is_refused_by_a_slip(evaluated)
    return sentence if named else f"{finding.named_target}: {sentence}"


def _sentence_without_reference(finding: Finding, *, alone: bool) -> str:
    """The sentence for findings on conditions, on a grant, on a whole object, or on several objects not served."""
    if finding.path.startswith("status"):
        writer = f" ({finding.target})" if finding.target else ""
        return f"{finding.code.summary}{writer}"
    if alone:
        return f"{finding.object}: {finding.message}"
    return f"not served: {finding.message.removeprefix(NOTHING_SERVES_IT)}"
