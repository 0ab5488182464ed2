"""The rules of parents for namespaces: `from` and `selector` of allowedRoutes and allowedListeners, and what their author
meant where the two do not fit together (docs/rules.md 5.2, 5.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import at, mapping, text
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.text.similarity import is_close


@dataclass(frozen=True, slots=True)
class RuleField:
    """A field with such a rule, what it admits, the values that its `from` may have, and the one that the API server
    fills in."""

    path: str
    admitted: str
    values: Sequence[str]
    default: str

    def from_of(self, rule: Any) -> str:
        return text(at(rule, "from")) or self.default

    def filled_in(self, rule: Any) -> JSON:
        """The rule as the API server holds it."""
        return {**mapping(rule), "from": self.from_of(rule)}

    def ignores_selector(self, rule: Any) -> bool:
        """Whether a selector is written, and `from` is not Selector, without which it has no effect."""
        return isinstance(at(rule, "selector"), dict) and self.from_of(rule) in {*self.values} - {"Selector"}

    def described(self, rule: Any) -> str:
        """What `from` is, and that the selector beside it has no effect if there is one."""
        written = self.from_of(rule)
        if not self.ignores_selector(rule):
            return f"{self.path}.from is {written}"
        missing = "" if text(at(rule, "from")) else "missing, which means "
        return f"{self.path}.from is {missing}{written}, so the selector beside it has no effect"

    def is_invalid(self, rule: Any) -> bool:
        """Whether `from` has a value that no API server accepts."""
        return self.from_of(rule) not in self.values

    def complaint(self, rule: Any) -> str:
        """The sentence about an invalid `from`."""
        written, meant = self.from_of(rule), self.meant(rule)
        why = "names are case-sensitive" if meant and meant.lower() == written.lower() else "typo"
        return f'{self.path}.from is "{written}", which admits nothing' + (
            f'; expected "{meant}" ({why})' if meant else ""
        )

    def meant(self, rule: Any) -> str | None:
        """The value that an invalid `from` is a slip of; None if there is none."""
        written = self.from_of(rule)
        same = (each for each in self.values if each.lower() == written.lower())
        return next(same, None) or next((each for each in self.values if is_close(each, written)), None)


ALLOWED_ROUTES = RuleField("allowedRoutes.namespaces", "routes", ("All", "Same", "Selector"), "Same")
ALLOWED_LISTENERS = RuleField(
    "allowedListeners.namespaces", "ListenerSets", ("All", "None", "Same", "Selector"), "None"
)
