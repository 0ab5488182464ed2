"""The output of a watch: lines of text for people, or JSON lines or YAML documents for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.report import Gap, Report
from kubectl_refs.core.queries.differences.report import Effect, ReferenceChange
from kubectl_refs.core.references.cause import cause_of
from kubectl_refs.core.text.yaml import to_yaml
from kubectl_refs.core.view.reads import Failure
from kubectl_refs.core.watching.changes import ConditionChange, WriteCause
from kubectl_refs.core.watching.watcher import Event
from kubectl_refs.render.data.diff import change_head_data, permission_change_data
from kubectl_refs.render.data.objects import key_data
from kubectl_refs.render.data.references import outcome_data
from kubectl_refs.render.data.report import gap_data, summary_data
from kubectl_refs.render.diff import access_of
from kubectl_refs.render.text.conditions import place_of
from kubectl_refs.render.text.gaps import write_gaps
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.style import Style, Tone
from kubectl_refs.render.text.words import gap_of, reason_of_gap, summary_of, target_of

CONDITIONS, PERMISSIONS, GAPS = "conditions", "permissions", "gaps"
ONLY = (*map(str, Effect), CONDITIONS, PERMISSIONS, GAPS)
"""The kinds of events that can be selected."""

UNTIL_ANSWERED = "changes in the meantime are reported once the server answers"

Clock = Callable[[], float]
"""Seconds since the epoch."""


class EventRenderer(Protocol):
    """Turns events into lines of output; an empty text for an event that is not selected."""

    def synced(self, report: Report) -> str: ...

    def event(self, event: Event) -> str: ...

    def gaps(self, gaps: Sequence[Gap]) -> str: ...

    def recovered(self, gap: Gap) -> str: ...

    def lost(self, failure: Failure) -> str: ...

    def regained(self, failure: Failure) -> str: ...


class TextEventRenderer:
    """Output for people: a line for each change, or for all that are alike, and below it the reason and the cause."""

    def __init__(self, style: Style, only: Collection[str], clock: Clock) -> None:
        self._style = style
        self._only = frozenset(only or ONLY)
        self._clock = clock

    def synced(self, report: Report) -> str:
        return self._lines("watching", Tone.GOOD, summary_of(report))

    def event(self, event: Event) -> str:
        return "".join(self._event(event))

    def _event(self, event: Event) -> Iterator[str]:
        by = [] if event.cause is None else [f"by: {_cause(event.cause)}"]
        changes = [each for each in event.changes if not self._only.isdisjoint(map(str, each.effects))]
        for first, *others in _grouped(changes):
            reference = _reference(first.either, len(others), self._style)
            yield self._lines(str(first.effect), _TONES[first.effect], reference, _new_verdict(first), *by)
        for condition in event.conditions if CONDITIONS in self._only else ():
            yield self._lines("condition", Tone.DOUBT, _condition(condition), *by)
        for permission in event.permissions if PERMISSIONS in self._only else ():
            yield self._lines("gives" if permission.gives else "takes", Tone.DOUBT, access_of(permission), *by)

    def gaps(self, gaps: Sequence[Gap]) -> str:
        if not gaps or GAPS not in self._only:
            return ""
        if len(gaps) == 1:
            return self._lines("not read", Tone.BAD, gap_of(gaps[0]), f"{reason_of_gap(gaps[0])}; {gaps[0].effect}")
        page = Page(self._style)
        write_gaps(page, gaps)
        return self._lines("not read", Tone.BAD, f"{len(gaps)} lists") + str(page)

    def recovered(self, gap: Gap) -> str:
        return self._lines("read again", Tone.GOOD, gap_of(gap)) if GAPS in self._only else ""

    def lost(self, failure: Failure) -> str:
        return self._lines("no answer", Tone.BAD, failure.message, UNTIL_ANSWERED) if GAPS in self._only else ""

    def regained(self, failure: Failure) -> str:
        del failure  # What was wrong matters no longer.
        return self._lines("answers", Tone.GOOD, "the server answers again") if GAPS in self._only else ""

    def _lines(self, head: str, tone: Tone, first: str, *more: str) -> str:
        page = Page(self._style)
        now = datetime.fromtimestamp(self._clock()).strftime("%H:%M:%S")
        begin, *words = first.split(" ")
        page.flowed([[f"{now}  ", (head.ljust(10), tone), f" {begin}"], *([word] for word in words)], _COLUMN + 1)
        for text in more:
            page.prose("", text, column=_COLUMN)
        return str(page)


_COLUMN = 21
"""The column where lines continue, after the time and the word for the event."""

_TONES = {
    Effect.BREAKS: Tone.BAD,
    Effect.FIXES: Tone.GOOD,
    Effect.ADDS: Tone.NAME,
    Effect.REMOVES: Tone.DIM,
    Effect.ALTERS: Tone.DOUBT,
}


def _grouped(changes: Sequence[ReferenceChange]) -> list[list[ReferenceChange]]:
    """The changes grouped: references of one object to the same target that changed alike, whichever field holds them."""
    found: dict[Hashable, list[ReferenceChange]] = {}
    for each in changes:
        reference = each.either.reference
        said = _new_verdict(each).replace(reference.path, "")
        found.setdefault((each.effect, reference.referrer, target_of(each.either), said), []).append(each)
    return list(found.values())


def _reference(evaluated: EvaluatedReference, others: int, style: Style) -> str:
    reference = evaluated.reference
    more = f" and {others} more" if others else ""
    return f"{reference.referrer} {reference.path}{more} {style.glyph('→')} {target_of(evaluated)}"


def _new_verdict(change: ReferenceChange) -> str:
    if change.after is None:
        return "the reference is gone"
    was = "" if change.before is None else f", was {change.before.verdict}"
    return f"{change.after.verdict}{was}: {cause_of(change.after)}"


def _condition(change: ConditionChange) -> str:
    shown = change.shown
    was = "no status before" if change.before is None else f"was {change.before.agreement}"
    now = "no status now" if change.after is None else str(change.after.agreement)
    reported = f" {shown.reported.status} ({shown.reported.reason})" if shown.reported else ""
    return f"{shown.object} {shown.type}{reported} of {place_of(shown)}: {now} ({was})"


def _cause(cause: WriteCause) -> str:
    manager = f" by {cause.manager}" if cause.manager else ""
    return f"{cause.object} {cause.action}{manager}"


Writer = Callable[[dict[str, Any]], str]
"""Turns the data of one event into text."""


def json_line(told: dict[str, Any]) -> str:
    return f"{json.dumps(told)}\n"


def yaml_document(told: dict[str, Any]) -> str:
    return f"---\n{to_yaml(told)}"


class DataEventRenderer:
    """Output for programs, by the JSON contract: the data of each event, turned into text by `write`."""

    def __init__(self, only: Collection[str], clock: Clock, write: Writer) -> None:
        self._write = write
        self._only = frozenset(only or ONLY)
        self._clock = clock

    def synced(self, report: Report) -> str:
        return self._line("Synced", {"summary": summary_data(report)})

    def event(self, event: Event) -> str:
        return "".join(self._event(event))

    def _event(self, event: Event) -> Iterator[str]:
        cause = None if event.cause is None else _cause_data(event.cause)
        for change in event.changes:
            if not self._only.isdisjoint(map(str, change.effects)):
                yield self._line("Change", {**_change_data(change), "cause": cause})
        for condition in event.conditions if CONDITIONS in self._only else ():
            yield self._line("Condition", {**_condition_data(condition), "cause": cause})
        for permission in event.permissions if PERMISSIONS in self._only else ():
            yield self._line("Permission", {**permission_change_data(permission), "cause": cause})

    def gaps(self, gaps: Sequence[Gap]) -> str:
        return "".join(self._line("Gap", gap_data(gap)) for gap in gaps) if GAPS in self._only else ""

    def recovered(self, gap: Gap) -> str:
        return self._line("Recovered", gap_data(gap)) if GAPS in self._only else ""

    def lost(self, failure: Failure) -> str:
        return self.gaps([_whole_server(failure)])

    def regained(self, failure: Failure) -> str:
        return self.recovered(_whole_server(failure))

    def _line(self, type_: str, data: dict[str, Any]) -> str:
        now = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return self._write({"time": now, "type": type_, **data})


def _whole_server(failure: Failure) -> Gap:
    """A gap that covers everything, as a rule of RBAC would."""
    return Gap("list", "*", "*", None, None, failure.http_status, failure.message, UNTIL_ANSWERED)


def _change_data(change: ReferenceChange) -> dict[str, Any]:
    return {
        **change_head_data(change),
        "before": None if change.before is None else outcome_data(change.before),
        "after": None if change.after is None else outcome_data(change.after),
    }


def _condition_data(change: ConditionChange) -> dict[str, Any]:
    shown = change.shown
    return {
        "object": key_data(shown.object),
        "condition": shown.type,
        "of": place_of(shown),
        "controllerName": shown.controller_name,
        "reported": None
        if shown.reported is None
        else {"status": shown.reported.status, "reason": shown.reported.reason},
        "before": None if change.before is None else str(change.before.agreement),
        "after": None if change.after is None else str(change.after.agreement),
    }


def _cause_data(cause: WriteCause) -> dict[str, Any]:
    return {"action": cause.action, "object": key_data(cause.object), "manager": cause.manager, "time": cause.time}
