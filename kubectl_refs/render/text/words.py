"""Phrases that several renderers share, so that the same fact always reads the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.hints import Hint
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import X_GROUP
from kubectl_refs.core.model.near_misses import Difference, NearMiss
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.report import Gap, Report
from kubectl_refs.core.targets.sections import PARTS
from kubectl_refs.core.text.language import counted
from kubectl_refs.render.text.style import Tone

if TYPE_CHECKING:
    from kubectl_refs.core.model.findings import Finding

AS_A_GUESS = "best guess, verify before applying: "
"""Goes before a fix that may not be what is meant."""

VERDICT_ROLE: Mapping[Verdict, Tone] = {
    Verdict.ALLOWED: Tone.GOOD,
    Verdict.REFUSED: Tone.BAD,
    Verdict.BROKEN: Tone.BAD,
    Verdict.UNKNOWN: Tone.DOUBT,
}

_HINTS: Mapping[Hint, str] = {
    Hint.TYPO: "typo",
    Hint.CASE: "names are case-sensitive",
    Hint.PLURAL: "use the kind, not the plural",
    Hint.SHORT_NAME: "use the kind, not the short name",
    Hint.CORE_ALIAS: 'the core group is written ""; only some controllers accept "core"',
    Hint.WRONG_GROUP: "not the group of this kind",
    Hint.GROUP_WITH_VERSION: "use the group without its version",
    Hint.OLD_GROUP: "an earlier group",
    Hint.OTHER_KIND: "another kind",
    Hint.OTHER_NAMESPACE: "another namespace",
    Hint.OTHER_NAME: "another object",
    Hint.WRONG_PLACEMENT: "the grant is in the wrong namespace",
    Hint.SWAPPED: "from and to are swapped",
    Hint.SPLIT: "from and to must match in one grant",
    Hint.TOO_MANY: "no API server accepts more",
    Hint.NAME_FORM: "use the name alone",
    Hint.TARGET_PORT: "a reference uses the port of the Service",
    Hint.WRONG_TYPE: "a port is an integer",
    Hint.OTHER_PORT: "another port",
}


_OLD_GROUPS: Mapping[str, str] = {
    "networking.x-k8s.io": "Gateway API's group before its v1alpha2",
    X_GROUP: "the group of Gateway API's experimental kinds",
}
"""Other groups of the Gateway API, which readers of old examples write."""

_HINTS_WITH_NOTE = frozenset(
    {Hint.OTHER_KIND, Hint.OTHER_NAMESPACE, Hint.OTHER_NAME, Hint.SWAPPED, Hint.SPLIT, Hint.OTHER_PORT}
)
"""Hints that add nothing if there is a note."""


def hint_of(difference: Difference) -> str:
    """Why a field differs: the hint in words, and what is known about the value found."""
    if difference.note and difference.hint in _HINTS_WITH_NOTE:
        return difference.note
    said = _HINTS[difference.hint]
    if difference.hint is Hint.OLD_GROUP:
        said = _OLD_GROUPS.get(difference.found or "", said)
    return said + (f": {difference.note}" if difference.note else "")


def difference_of(difference: Difference) -> str:
    """The value found in a field, the one expected, and why they differ."""
    if difference.hint is Hint.SPLIT:
        return f"{difference.path}: the entry for {difference.wanted} is in {difference.found} ({hint_of(difference)})"
    return f"{difference} ({hint_of(difference)})"


def target_of(evaluated: EvaluatedReference) -> str:
    """The target with its port or section: `Service shared-services/auth-service:8080`."""
    reference = evaluated.reference
    if not reference.to.name:
        return f"kind {reference.to.group_kind}" if reference.to.kind else "nothing"
    port = f":{reference.port}" if reference.port is not None else ""
    _, part = PARTS.get(reference.to.group_kind, ("", "section"))
    section = f" {part} {reference.section_name}" if reference.section_name is not None else ""
    return f"{reference.to}{port}{section}"


def grant_of(miss: NearMiss) -> str:
    return f"ReferenceGrant {miss.grant}"


def is_uncertain(fix: Fix) -> bool:
    """Whether a fix must be called a best guess. One for the owner is offered for the case that it is needed."""
    return fix.confidence is Confidence.GUESS and not fix.for_owner


def remaining_work(fix: Fix, told: Iterable[str]) -> str:
    """What remains to be done after a fix, without the reason if one of the sentences told of the reference gives the same."""
    said, _, why = fix.remains.partition(": ")
    return said if why and any(each.endswith(why) for each in told) else fix.remains


def summary_of(report: Report, *, named: bool = True) -> str:
    """`3 references: 2 allowed, 1 refused`; verdicts without references are left out.

    Conditions reported False are added if no verdict covers them, and so is the number of references that rely on
    objects outside the manifests. If nothing serves a single object, it is named unless `named` is False.
    """
    parts = ", ".join(
        f"{number} {verdict}{_reported(report, verdict)}" for verdict, number in report.summary.items() if number
    )
    references = counted(len(report.references), "reference")
    tells = report.is_shown_with_reference
    failing = [each for each in report.reported_failures if each.computed.status != "False" and not tells(each)]
    other = "other " if len(failing) < len(report.reported_failures) else ""
    reported = f"; {counted(len(failing), f'{other}condition')} reported False" if failing else ""
    dead = [str(row.object) for row in report.unserved]
    whom = f"{len(dead)} of the objects" if len(report.objects) > 1 else "the object"
    whom = dead[0] if named and len(dead) == 1 else whom
    reported += f"; nothing serves {whom}" if dead else ""
    if assumed := report.assumed:
        rely = "relies" if assumed == 1 else "rely"
        reported += f"; {assumed} {rely} on objects that these manifests do not contain"
    return f"{references}: {parts}{reported}" if parts else f"{references}{reported}"


def _reported(report: Report, verdict: Verdict) -> str:
    """What controllers report about references that could not be checked: ` (1 reported refused)`."""
    if verdict is not Verdict.UNKNOWN:
        return ""
    counts = Counter(each.reported_verdict for each in report.references)
    told = [f"{counts[each]} reported {each}" for each in Verdict if counts[each]]
    return f" ({', '.join(told)})" if told else ""


def gap_of(gap: Gap) -> str:
    """The request of a gap, such as `list services in namespace shop`."""
    place = f" in namespace {gap.namespace}" if gap.namespace else ""
    return f"{gap.verb} {resource_of(gap)}{place}"


def resource_of(gap: Gap) -> str:
    """The resource of a gap, as in kubectl's errors: `services "api"`, `httproutes.gateway.networking.k8s.io`."""
    group = f".{gap.group}" if gap.group else ""
    name = f' "{gap.name}"' if gap.name else ""
    return f"{gap.resource}{group}{name}"


def reason_of_gap(gap: Gap) -> str:
    """The reason of a gap, in the server's own words."""
    return f"HTTP {gap.http_status}: {gap.message}" if gap.http_status else gap.message


def message_of(finding: Finding) -> str:
    """The message of a finding, preceded by the target unless the message names it already."""
    target = finding.named_target
    path = target.partition(" ")[2].partition(":")[0].partition("#")[0]
    named = not finding.verdict or not target or path in finding.message
    return finding.message if named else f"{target}: {finding.message}"
