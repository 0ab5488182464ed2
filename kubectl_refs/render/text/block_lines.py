"""A line of a block: a label and a sentence, which on a narrow terminal leaves out what the headline says."""

from __future__ import annotations

import re

from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.text.language import several
from kubectl_refs.render.text.brevity import Brevity
from kubectl_refs.render.text.page import Page

COLUMN = 11
"""The column where the text after a label begins."""

_ENDS = r"(?![\w/-]|[.:]\w)"
"""Matches at the end of a whole name, and not where a longer name goes on."""


def write_line(page: Page, label: str, text: str, headline: Reference | None = None) -> None:
    """Write a labelled sentence. `headline` is the reference above it: if that saves a line, the sentence calls
    its target `the Service`, and on a short page it does not repeat the reference's other names either."""
    if headline is not None and headline.to.name:
        text = page.shorter_of(text, with_short_name(text, headline.to), COLUMN)
        if page.brevity >= Brevity.NAMES:
            text = page.shorter_of(text, without_repeated_names(text, headline), COLUMN)
    page.prose(label, text, column=COLUMN)


def with_short_name(text: str, headline_object: ObjectKey) -> str:
    """A sentence that calls an object of the headline by its kind; unchanged if it names another object of that kind
    too."""
    if not headline_object.namespace or str(headline_object) not in text:
        return text
    again, times = re.subn(rf"\b{re.escape(str(headline_object))}{_ENDS}", f"the {headline_object.kind}", text)
    named = re.findall(rf'\b{re.escape(headline_object.kind)} (?:"|[\w.-]+/)', text)
    return again if times == len(named) else text


def without_repeated_names(text: str, headline: Reference) -> str:
    """A sentence with words in place of names that the headline has: the reference, its referrer, both namespaces, a
    grant in the target's namespace. A quoted name is not repeated within the sentence either."""
    referrer, to = headline.referrer, headline.to
    crossing = f"{several(referrer.kind)} in {referrer.namespace} to reference {to.kind} {to.name}"
    text = re.sub(rf"\b{re.escape(crossing)}{_ENDS}", "this reference", text)
    if referrer.kind != to.kind:
        text = with_short_name(text, referrer)
    if to.namespace:
        text = text.replace(f"{REFERENCE_GRANT.kind} {to.namespace}/", f"{REFERENCE_GRANT.kind} ")
        text = text.replace(f"expected {to.namespace}, that of", "expected that of")
    places = [f"the namespace of the {key.kind}" for key in (to, referrer)]
    for key, place in zip((to, referrer) if referrer.kind != to.kind else (to,), places, strict=False):
        text = _with_place(text, key.namespace, place)
    named = [place for place in places if place in text]
    # In a sentence about several namespaces, `that namespace` would be ambiguous.
    if len(named) == 1 and not re.search(r"(?<!\.)\bnamespaces\b", text):
        first, place, rest = text.partition(named[0])
        text = f"{first}{place}{rest.replace(place, 'that namespace')}"
    return _QUOTED_OBJECT.sub(_such_object, text)


def _with_place(text: str, namespace: str, place: str) -> str:
    """A sentence with a namespace replaced by its `place`, but not where the name is a value to write."""
    if len(namespace) <= len(place):
        return text
    name = rf"{re.escape(namespace)}{_ENDS}"
    return re.sub(rf"(?<!write )(?:namespace {name}|(?<=\bin ){name}|(?<=\bowner of ){name})", place, text)


_QUOTED_OBJECT = re.compile(r'\b(no|an?) (\w+) "([^"]+)"')
"""A quoted name after its kind."""


def _such_object(found: re.Match[str]) -> str:
    """`no such namespace`, if the sentence has quoted the name before."""
    number, kind, name = found.groups()
    if f'"{name}"' not in found.string[: found.start()]:
        return found[0]
    return f"{'no such' if number == 'no' else f'such {number}'} {kind}"
