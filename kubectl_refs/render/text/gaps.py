"""What could not be read, written the same way below every answer.

A user with access to a single namespace is refused the same thing many times over. So like refusals are joined, and
RBAC's sentence is reduced to what the request does not say already.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace

from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.text.language import listing
from kubectl_refs.render.text.brevity import Brevity
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.words import gap_of, resource_of, said_of

_REFUSED = re.compile(
    r'\S+ (?:".*" )?is forbidden: (User ".*?") cannot \S+ resource "\S+" in API group "\S*"'
    r' (?:in the namespace "\S+"|at the cluster scope)'
)
"""RBAC's whole sentence. A longer one gives a reason, and is shown unchanged."""


SHOWN = 3
"""The most gaps of one kind, or of one user, that are shown one by one; more are counted or put in one sentence."""


def shown_gaps(gaps: Iterable[Gap]) -> list[Gap]:
    """The gaps to show; if more than a few failed alike, only the first of them, with a count of the others."""
    alike: dict[Hashable, list[Gap]] = {}
    for gap in gaps:
        alike.setdefault((gap.verb, gap.group, gap.resource, gap.namespace is None, gap.http_status), []).append(gap)
    return [
        gap
        for same in alike.values()
        for gap in (same if len(same) <= SHOWN else [replace(same[0], effect=_and_others(same))])
    ]


def _and_others(same: list[Gap]) -> str:
    more = len(same) - 1
    lists = all(gap.verb == "list" and gap.namespace is not None for gap in same)
    others = f"{more} more namespaces were not read either" if lists else f"{more} more like it were not read either"
    return f"{same[0].effect}; {others}"


def write_gaps(page: Page, gaps: Iterable[Gap], *, brief: bool = False, full: bool = False) -> None:
    """Write for each gap the request, the server's words, and what that leaves open. RBAC's refusals of one user are
    one sentence in `brief`, without what they leave open, and if there are more than a few, unless `full`."""
    told = list(gaps)
    refused = Counter(map(_refused, told))
    alike: dict[Hashable, list[Gap]] = {}
    for number, gap in enumerate(told):
        who = _refused(gap)
        summed = brief or (refused[who] > SHOWN and not full)
        alike.setdefault(number if not who else who if summed else (gap.verb, gap.namespace, who), []).append(gap)
    for key, same in alike.items():
        if isinstance(key, str):
            _summed(page, same, brief=brief)
        elif len(same) > 1:
            _together(page, same)
        else:
            _alone(page, same[0])


def _refused(gap: Gap) -> str:
    """The user whose request RBAC refused, `User "jane"`; empty if something else went wrong."""
    match = _REFUSED.fullmatch(gap.message) if gap.http_status == 403 else None
    return match[1] if match else ""


def _alone(page: Page, gap: Gap) -> None:
    who = _refused(gap)
    page.prose("not read", f"forbidden: {who} cannot {gap_of(gap)}" if who else gap_of(gap), indent=0, column=10)
    if not who:
        page.prose("", said_of(gap), column=10)
    page.prose("", f"so {gap.effect}", column=10)


def _together(page: Page, gaps: list[Gap]) -> None:
    first = gaps[0]
    where = "at the cluster scope" if first.namespace is None else f"in namespace {first.namespace}"
    page.prose("not read", f"forbidden: {_refused(first)} cannot {first.verb} {where}:", indent=0, column=10)
    for line in dict.fromkeys(f"{resource_of(gap)}, so {gap.effect}" for gap in gaps):
        page.prose("", line, column=10)


def _summed(page: Page, gaps: list[Gap], *, brief: bool) -> None:
    resources: dict[str, dict[str, None]] = {}
    for gap in gaps:
        where = "at the cluster scope" if gap.namespace is None else f"in namespace {gap.namespace}"
        resources.setdefault(where, {})[gap.resource] = None
    places = "; ".join(f"{_listed(list(of), brief=brief)} {where}" for where, of in resources.items())
    if brief and page.brevity >= Brevity.BESIDES and len(resources) > 1:
        # The causes say where access is needed.
        every = list(dict.fromkeys(resource for of in resources.values() for resource in of))
        places = f"{_listed(every, brief=True)} (-o wide says where)"
    lead = f"forbidden: {_refused(gaps[0])} cannot"
    short = f"{lead} read {places}"
    line = page.shorter(f"{lead} {gap_of(gaps[0])}", short, 10) if len(gaps) == 1 else short
    page.prose("not read", line, indent=0, column=10)
    if not brief:
        page.prose("", "so what depends on them is not known", column=10)


def _listed(resources: Sequence[str], *, brief: bool) -> str:
    if brief and len(resources) > SHOWN + 1:
        return listing(resources[:SHOWN], beyond=len(resources) - SHOWN)
    return listing(resources, " and " if len(resources) == 2 else ", ")
