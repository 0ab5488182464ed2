"""The effects of a change as a comment on a pull request: GitHub's Markdown, in which no name acts as markup."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.fixes import Confidence
from kubectl_refs.core.queries.differences.report import Diff, Effect, ReferenceChange
from kubectl_refs.core.text.escaping import safe
from kubectl_refs.render.diff import SHOWN, access_of, arrow_of, because_of, causes_of, summary_of
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.gaps import shown_gaps
from kubectl_refs.render.text.markdown import code, plain
from kubectl_refs.render.text.shown_commands import ShownCommands
from kubectl_refs.render.text.words import reason_of_gap

MOST = 60_000
"""The most characters of a comment; GitHub takes 65,536."""


def render_markdown(diff: Diff, kubectl: Kubectl) -> str:
    """The comment. Blocks that do not fit into it are left out and counted."""
    text = ""
    lines = list(_lines(diff, kubectl))
    for number, block in enumerate(lines):
        if len(text) + len(block) > MOST:
            return f"{text}\n{len(lines) - number} more parts are left out: `-o json` has all.\n"
        text += f"{block}\n"
    return text


def _lines(diff: Diff, kubectl: Kubectl) -> Iterator[str]:
    """The blocks of the comment, each of which can be left out."""
    yield f"### References: {_verdict(diff)}"
    yield ""
    for line in summary_of(diff):
        yield f"- {plain(line)}"
    shown = ShownCommands(kubectl)
    for cause in causes_of(diff):
        head = " and ".join(f"{each.word} {code(str(each.key))}" for each in cause.objects)
        rows = [
            *(_row(each) for each in cause.changes[:SHOWN]),
            *(f"| **not served** | {code(str(loss.object))} | {plain(loss.because)} |" for loss in cause.losses),
            *(
                f"| {'gives' if each.gives else 'takes'} | | {plain(access_of(each))} |"
                for each in cause.permissions[:SHOWN]
            ),
            *(f"| **error** | | {plain(f'{each}: {each.advice}')} ({each.code}) |" for each in cause.misspelt),
            *(f"| **error** | | {plain(each.because)} ({Code.NEVER_MATCHES}) |" for each in cause.idle),
        ]
        left = len(cause.changes[SHOWN:]) + len(cause.permissions[SHOWN:])
        more = f"\n\n{left} more rows: `-o json` has all." if left else ""
        table = "\n".join(["| | Reference | |", "|---|---|---|", *rows])
        yield f"\n#### {head or 'the whole change'}\n\n{table}{more}"
        for each in cause.changes[:SHOWN]:
            fix, place = diff.remedy(each), str(each.either.reference)
            if fix is None or shown.place_of_same(fix) is not None or shown.place_that_outdates(fix, place) is not None:
                continue
            command = shown.add(fix, place)
            guess = fix.confidence is Confidence.GUESS
            helps = "A best guess at what helps" if guess else "What helps"
            helps += " after this change" + (": verify before applying" if guess else "")
            fence = "`" * max(3, 1 + max(map(len, re.findall("`+", command)), default=0))
            yield f"\n<details><summary>{helps}</summary>\n\n{fence}sh\n{_safe_lines(command)}\n{fence}\n\n</details>"
    if diff.gaps:
        yield "\n#### Not read\n"
        for group in shown_gaps(diff.gaps):
            yield f"- {code(group.request)}: {plain(reason_of_gap(group.first))}; so {plain(group.effect)}"


def _verdict(diff: Diff) -> str:
    if diff.worse:
        return "this change breaks something"
    return "whether this change breaks something is not known" if diff.unknown else "this change breaks nothing"


def _row(change: ReferenceChange) -> str:
    effect = f"**{change.effect}**" if change.worse or change.effect is Effect.BREAKS else str(change.effect)
    return f"| {effect} | {code(arrow_of(change))} | {plain(because_of(change))} |"


def _safe_lines(text: str) -> str:
    return "\n".join(map(safe, text.split("\n")))
