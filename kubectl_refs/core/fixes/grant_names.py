"""Names of suggested ReferenceGrants: valid, free, and different for different grants (docs/rules.md 1.7).

Each object is looked at by itself, so the names of other suggestions are not known: two different grants must get
different names. A readable name is used only if it can be read back unambiguously; every other name ends in a digest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence

from kubectl_refs.core.model.kinds import CONFIG_MAP, GATEWAY, LISTENER_SETS, ROUTES, SECRET, SERVICE
from kubectl_refs.core.model.names import is_label
from kubectl_refs.core.model.objects import JSON, ObjectKey

_LENGTH = 63
"""The most characters of a name that describes its grant."""
_LONGEST = 253
"""The most characters that the API server takes."""
_DIGEST = re.compile(r".*-[0-9a-f]{8}")
_BETWEEN = re.compile(r"[^a-z0-9]+")
_REFERRERS = frozenset((GATEWAY, LISTENER_SETS[0], *ROUTES))
_TARGETS = (SERVICE, SECRET, CONFIG_MAP)
"""The target kinds that a readable name may contain: no two of them are spelt alike in lower case."""
_WORDS = tuple(kind.kind.lower() for kind in _TARGETS)


def describing(referrer: ObjectKey, targets: Sequence[ObjectKey], *taken: Collection[str]) -> str:
    """A name that says who may reference what: `httproute-frontend-to-api-and-web`.

    `targets` are sorted and of one namespace; an empty name stands for all objects of the kind. The referrer's name
    does not matter. `taken` are the names of grants in the namespace.
    """
    start, words = f"{referrer.kind}-{referrer.namespace}-to-", [_word(target) for target in targets]
    whole = start + "-and-".join(words)
    name = _label(whole)
    if len(name) <= _LENGTH and _free(name, *taken) and _readable(name, referrer, targets):
        return name
    if len(name) > _LENGTH - 9 and len(words) > 1:
        name = _label(f"{start}{words[0]}-and-{len(words) - 1}-more")
    what = [referrer.group, referrer.kind, referrer.namespace, targets]
    return _digested(name, what, _LENGTH, *taken)


def part_of(whole: str, spec: JSON, taken: Collection[str]) -> str:
    """The name of a grant that takes over part of another one's permissions, made of the other's name and its own spec."""
    return _digested(whole, spec, _LONGEST, taken)


def _digested(name: str, what: object, length: int, *taken: Collection[str]) -> str:
    # Imported here to keep start-up fast.
    import hashlib

    count = 0
    while True:
        digest = hashlib.sha256(json.dumps([what, count], sort_keys=True).encode()).hexdigest()[:8]
        found = f"{name[: length - 9].rstrip('-.')}-{digest}"
        if _free(found, *taken):
            return found
        count += 1


def _free(name: str, *taken: Collection[str]) -> bool:
    return not any(name in names for names in taken)


def _word(target: ObjectKey) -> str:
    """A target's part of a name; only Services, which nearly all targets are, go without their kind."""
    kind = "" if target.group_kind == SERVICE else f"{target.kind}-"
    return f"{kind}{target.name}" if target.name else f"any-{target.kind}"


def _label(text: str) -> str:
    return _BETWEEN.sub("-", text.lower()).strip("-")


def _readable(name: str, referrer: ObjectKey, targets: Sequence[ObjectKey]) -> bool:
    """Whether the name means this grant and no other, and cannot be taken for one that ends in a digest."""
    kind, _, rest = name.partition("-")
    namespace, _, words = rest.partition("-to-")
    return (
        not _DIGEST.fullmatch(name)
        and referrer.group_kind in _REFERRERS
        and (kind, namespace) == (referrer.kind.lower(), referrer.namespace)
        and all(target.group_kind in _TARGETS for target in targets)
        and [_read(word) for word in words.split("-and-")] == [(target.kind.lower(), target.name) for target in targets]
    )


def _read(word: str) -> tuple[str, str] | None:
    """The kind in lower case and the name that a word stands for; None if the word is not a plain name."""
    if not is_label(word):
        return None
    start, _, rest = word.partition("-")
    if start == "any" and rest in _WORDS:
        return rest, ""
    return (start, rest) if start in _WORDS[1:] and rest else (_WORDS[0], word)
