"""What a name may stand for that no object has as it is written: a name in another form, or one without an affix."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubectl_refs.core.model.kinds import GATEWAY, LISTENER_SETS, SERVICE, SERVICE_IMPORT
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.view.names import names_of
from kubectl_refs.core.view.view import View

_NAMESPACE_FORM = r"(?P<namespace>[a-z0-9-]+)\.svc(?:\.cluster\.local)?"
_NAME_FORM = r"(?:https?://)?(?P<name>[a-z0-9-]+)\.(?P<namespace>[a-z0-9-]+)(?:\.svc(?:\.cluster\.local)?)?(?::\d+)?/?"
_SLASHED = r"(?P<namespace>[a-z0-9-]+)/(?P<name>[a-z0-9.-]+)"
_DOTTED = r"(?P<name>[a-z0-9-]+)\.(?P<namespace>[a-z0-9-]+)"
_WITH_PORT = r"(?P<name>[a-z0-9-]+):\d+"


_MOST_WORDS = 4
"""The most words that an affix has."""


def in_usual_form(to: ObjectKey) -> Iterator[ObjectKey]:
    """What the name and the namespace of a target may stand for, if they are in another form than names are."""
    of_services = (_NAME_FORM, _WITH_PORT) if to.group_kind in (SERVICE, SERVICE_IMPORT) else ()
    of_parents = (_DOTTED,) if to.group_kind in (GATEWAY, *LISTENER_SETS) else ()
    for form in (*of_services, *of_parents, _SLASHED):
        match = re.fullmatch(form, to.name)
        if match is not None:
            yield to._replace(name=match["name"], namespace=match.groupdict().get("namespace") or to.namespace)
    match = re.fullmatch(_NAMESPACE_FORM, to.namespace)
    if match is not None:
        yield to._replace(namespace=match["namespace"])
    lower = to._replace(namespace=to.namespace.lower(), name=to.name.lower())
    if lower != to:
        yield lower


def with_affixes(view: View, reference: Reference) -> Iterator[str]:
    """The existing names that have the words before or after the written one which the referrer's own name has too, as
    kustomize's namePrefix and nameSuffix leave it: they rename all objects, and not what Gateway API's kinds reference."""
    name, own = reference.to.name, reference.referrer.name
    dashes = [place for place, char in enumerate(own) if char == "-"]
    if not dashes:
        return
    names = names_of(view, reference.to.group_kind, reference.to.namespace)
    for start in ("", *(own[: place + 1] for place in dashes[:_MOST_WORDS])):
        for end in ("", *(own[place:] for place in dashes[-_MOST_WORDS:])):
            if (start or end) and f"{start}{name}{end}" in names:
                yield f"{start}{name}{end}"
