"""Whether controllers report the references of some objects as resolved: what `fix --wait` polls."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.model.conditions import Agreement, Condition
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.queries.why import investigate
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.reads import Get, Source


@dataclass(frozen=True, slots=True)
class Resolution:
    """The `ResolvedRefs` conditions of some objects, and the objects that could not be read, each with the reason."""

    conditions: tuple[Condition, ...] = ()
    unread: tuple[tuple[ObjectKey, str], ...] = ()

    @property
    def unresolved(self) -> tuple[Condition, ...]:
        """The conditions that do not, or not yet, say what the specification asks for."""
        return tuple(each for each in self.conditions if each.agreement is not Agreement.AGREES)

    def untouched_since(self, before: Resolution) -> tuple[Condition, ...]:
        """The conditions that agree and are the same as `before`: they do not show whether their controllers have seen
        what was changed in between. Nor does a generation: writing a grant does not change that of a route."""
        written = [each for each in before.conditions if each.reported is not None]
        return tuple(
            each
            for each in self.conditions
            if each.agreement is Agreement.AGREES
            and any(each.identity == other.identity and each.reported == other.reported for other in written)
        )

    @property
    def done(self) -> bool:
        return not self.unresolved and not self.unread


def resolution_of(source: Source, keys: Sequence[ObjectKey]) -> Resolution:
    """The resolution of some objects, read anew together with what they reference."""
    gets = [Get(key) for key in keys]
    answers = source.read(gets)
    objects = tuple(obj for get in gets if (obj := answers[get].object) is not None)
    unread = tuple(
        (get.key, failure.message if (failure := answers[get].failure) else "it does not exist any more")
        for get in gets
        if answers[get].object is None
    )
    report = investigate(source, objects)
    shown = tuple(each for each in report.conditions if each.type == "ResolvedRefs" and not each.is_stray)
    return Resolution(shown, unread)
