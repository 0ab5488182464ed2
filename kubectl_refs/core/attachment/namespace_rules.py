"""The rules of parents for namespaces: `from` and `selector` of allowedRoutes and allowedListeners, and what their author
meant where the two do not fit together (docs/rules.md 5.2, 5.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kubectl_refs.core.model.kinds import namespace_key
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.selectors import NAME_LABEL, invalid, labelled, matches, name_label, shown_labels
from kubectl_refs.core.model.values import at, labels_of, mapping, may_be, text, unsubstituted
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.text.similarity import is_close
from kubectl_refs.core.view.view import View


@dataclass(frozen=True, slots=True)
class Labels:
    """A namespace's labels; None if they could not be read, `complete` False if only some are known. `assumed` says
    that the others are taken to be what a selector asks for."""

    values: Mapping[str, str] | None
    complete: bool = True
    assumed: bool = False


UNREAD = Labels(None)


def read_labels(view: View, namespace: str, effect: str) -> Labels:
    """The labels of a namespace; `effect` says what follows if they could not be read."""
    answer = view.get(namespace_key(namespace), metadata_only=True, whole=True, effect=effect)
    if not answer.known:
        return UNREAD
    # Manifests may leave a namespace out although something lives there; then its labels are not known.
    labels = labels_of(answer.object) if answer.object else {}
    return Labels(labels, complete=not answer.partial, assumed=answer.partial and view.catalog.is_part)


@dataclass(frozen=True, slots=True)
class RuleField:
    """A field with such a rule, what it admits and to what end, the start of a sentence on that, the values that its
    `from` may have, and the one that the API server fills in."""

    path: str
    admitted: str
    purpose: str
    takes: str
    values: Sequence[str]
    default: str

    def needs_labels(self, rule: Any, namespace: str) -> bool:
        """Whether a rule asks for labels of a namespace beyond its name."""
        asks = self.from_of(rule) == "Selector"
        return asks and matches(at(rule, "selector"), name_label(namespace), complete=False) is None

    def admits(self, rule: Any, home: str, namespace: str, labels: Labels) -> tuple[bool | None, str]:
        """Whether a parent in namespace `home` admits what is in `namespace`, and why; None where that is not known."""
        match self.from_of(rule):
            case "All":
                return True, f"{self.path.partition('.')[0]} admits every namespace"
            case "Same" if namespace == home:
                return True, f"{self.takes} of namespace {home} alone"
            case "Same" if may_be(namespace, home):
                which = namespace if unsubstituted(namespace) else home
                return None, f'{self.path}.from is Same, and namespace "{which}" is not substituted yet'
            case "Same":
                return False, f"{self.described(rule)}: only {self.admitted} in {home} may {self.purpose}"
            case "Selector":
                return self._selects(at(rule, "selector"), namespace, labels)
            case "None" if self.ignores_selector(rule):
                return False, f"{self.described(rule)}: no ListenerSet may join"
            case "None" if self.default == "None":
                return False, "allowedListeners admits no ListenerSet, which is its default"
            case _:
                return False, self.complaint(rule)

    def _selects(self, selector: Any, namespace: str, labels: Labels) -> tuple[bool | None, str]:
        if not isinstance(selector, dict):
            return False, f"{self.path}.from is Selector, but there is no selector, so it selects nothing"
        problem = invalid(selector)
        if problem:
            return False, f"{self.path}.selector is not a valid label selector, so it selects no namespace: {problem}"
        known = {**name_label(namespace), **(labels.values or {})}
        complete = labels.complete and labels.values is not None and not unsubstituted(namespace)
        selected = matches(selector, known, complete=complete)
        which = labelled(selector)
        taken = f"{self.takes} of {f'namespaces {which}' if which else 'every namespace'}"
        if selected is None:
            return None, f"{taken}, and the labels of namespace {namespace} are not known"
        # If the name alone decided, the other labels have not been read.
        own = f"{NAME_LABEL}={namespace}" if labels.values is None else shown_labels(labels.values)
        return selected, taken if selected else f"{taken}; namespace {namespace} has {own}"

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


ALLOWED_ROUTES = RuleField(
    "allowedRoutes.namespaces", "routes", "attach", "it takes routes", ("All", "Same", "Selector"), "Same"
)
ALLOWED_LISTENERS = RuleField(
    "allowedListeners.namespaces",
    "ListenerSets",
    "join",
    "allowedListeners admits ListenerSets",
    ("All", "None", "Same", "Selector"),
    "None",
)
