"""What could not be read, written the same way below every answer.

A user with access to a single namespace is refused the same thing many times over. So like refusals are joined, and
RBAC's sentence is reduced to what the request does not say already.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.text.language import enumerated, listing
from kubectl_refs.render.text.brevity import Brevity
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.words import gap_of, reason_of_gap, resource_of

_REFUSED = re.compile(
    r'\S+ (?:".*" )?is forbidden: (User ".*?") cannot \S+ resource "\S+" in API group "\S*"'
    r' (?:in the namespace "\S+"|at the cluster scope)'
)
"""RBAC's whole sentence. A longer one gives a reason, and is shown unchanged."""


SHOWN = 3
"""The most gaps of one kind, or of one user, that are shown one by one; more are counted or put in one sentence."""


@dataclass(frozen=True, slots=True)
class GapGroup:
    """Gaps that are shown as one, because the same request failed alike in several places."""

    gaps: tuple[Gap, ...]

    @property
    def first(self) -> Gap:
        return self.gaps[0]

    @property
    def request(self) -> str:
        """The requests, such as `list services in namespaces a, b and c`; of many places it counts the last ones."""
        first = self.first
        if len(self.gaps) == 1:
            return gap_of(first)
        if any(gap.namespace is None or gap.name is not None for gap in self.gaps):
            return f"{gap_of(first)} and {len(self.gaps) - 1} more like it"
        return f"{first.verb} {resource_of(first)} {_namespaces_words([gap.namespace for gap in self.gaps])}"

    @property
    def effect(self) -> str:
        """What the gaps leave open."""
        alike = all(gap.effect == self.first.effect for gap in self.gaps)
        return self.first.effect if alike else f"{self.first.effect}, among other things"


def shown_gaps(gaps: Iterable[Gap]) -> list[GapGroup]:
    """The gaps to show; more than a few that failed alike are one group."""
    alike: dict[Hashable, list[Gap]] = {}
    for gap in gaps:
        how = gap.http_status, _refused(gap)
        alike.setdefault((gap.verb, gap.group, gap.resource, gap.namespace is None, how), []).append(gap)
    return [
        GapGroup(tuple(some))
        for same in alike.values()
        for some in ([same] if len(same) > SHOWN else [[gap] for gap in same])
    ]


def _namespaces_words(namespaces: Iterable[str | None]) -> str:
    """`at the cluster scope`, `in namespace a`, `in namespaces a and b`, `in namespaces a, b, … and 5 more`."""
    names = [name for name in dict.fromkeys(namespaces) if name is not None]
    if not names:
        return "at the cluster scope"
    return f"in namespace{'s' if len(names) > 1 else ''} {enumerated(names)}"


def write_gaps(page: Page, gaps: Iterable[Gap], *, brief: bool = False, full: bool = False) -> None:
    """Write for each gap the request, the server's words, and what that leaves open. RBAC's refusals of one user are
    one sentence, which says where, if `brief` or if there are more than a few. `full` sums nothing up."""
    told = list(gaps)
    refused = Counter(filter(None, map(_refused, told)))
    summed = [who for who, count in refused.items() if brief or (count > SHOWN and not full)]
    for who in summed:
        _summary_of_gaps(page, [gap for gap in told if _refused(gap) == who], brief=brief)
    left = [gap for gap in told if _refused(gap) not in summed]
    together: dict[Hashable, list[GapGroup]] = {}
    for number, group in enumerate([GapGroup((gap,)) for gap in left] if full else shown_gaps(left)):
        who = _refused(group.first)
        together.setdefault((group.first.verb, group.first.namespace, who) if who else number, []).append(group)
    for groups in together.values():
        if len(groups) > 1:
            _gaps_of_namespace(page, [group.first for group in groups])
        else:
            _single_gap(page, groups[0])


def _refused(gap: Gap) -> str:
    """The user whose request RBAC refused, `User "jane"`; empty if something else went wrong."""
    match = _REFUSED.fullmatch(gap.message) if gap.http_status == 403 else None
    return match[1] if match else ""


def _single_gap(page: Page, group: GapGroup) -> None:
    who = _refused(group.first)
    page.prose("not read", f"forbidden: {who} cannot {group.request}" if who else group.request, indent=0, column=10)
    if not who:
        page.prose("", reason_of_gap(group.first), column=10)
    page.prose("", f"so {group.effect}", column=10)


def _gaps_of_namespace(page: Page, gaps: list[Gap]) -> None:
    first = gaps[0]
    where = _namespaces_words([first.namespace])
    page.prose("not read", f"forbidden: {_refused(first)} cannot {first.verb} {where}:", indent=0, column=10)
    for line in dict.fromkeys(f"{resource_of(gap)}, so {gap.effect}" for gap in gaps):
        page.prose("", line, column=10)


def _summary_of_gaps(page: Page, gaps: list[Gap], *, brief: bool) -> None:
    resources: dict[str | None, dict[str, None]] = {}
    for gap in gaps:
        resources.setdefault(gap.namespace, {})[gap.resource] = None
    alike: dict[Hashable, list[str | None]] = {}
    for namespace, of in resources.items():
        alike.setdefault((namespace is None, frozenset(of)), []).append(namespace)
    places = "; ".join(
        f"{_listed(list(resources[some[0]]), brief=brief)} {_namespaces_words(some)}" for some in alike.values()
    )
    if brief and page.brevity >= Brevity.BESIDES and len(resources) > 1:
        # The causes say where access is needed.
        every = list(dict.fromkeys(resource for of in resources.values() for resource in of))
        places = f"{_listed(every, brief=True)} (-o wide says where)"
    lead = f"forbidden: {_refused(gaps[0])} cannot"
    short = f"{lead} read {places}"
    line = page.shorter_of(f"{lead} {gap_of(gaps[0])}", short, 10) if len(gaps) == 1 else short
    page.prose("not read", line, indent=0, column=10)
    if not brief:
        page.prose("", "so what depends on them is not known", column=10)


def _listed(resources: Sequence[str], *, brief: bool) -> str:
    if brief and len(resources) > SHOWN + 1:
        return listing(resources[:SHOWN], beyond=len(resources) - SHOWN)
    return listing(resources, " and " if len(resources) == 2 else ", ")
