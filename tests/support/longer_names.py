"""The same manifests as of a large company: every namespace and object has a longer name, and what was a slip stays one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

NAMESPACE, OBJECT = "-production-eu-west-1", "-authorization-backend"
KEPT = {"default", "kube-system", "kube-public", "kube-node-lease"}
"""Namespaces that every cluster has, which nobody renames."""

PARTS = {"listeners", "ports", "headers", "queryParams", "env", "rules", "add", "set", "conditions", "versions"}
"""Lists of what has a name within its object."""

LONGEST = 63


def longer(documents: Iterable[Any]) -> list[Any]:
    found = []
    for each in documents:
        if isinstance(each, dict) and str(each.get("kind")).endswith("List"):
            found.append({**each, "items": longer(each.get("items", ()))})
        elif isinstance(each, dict) and each.get("kind") != "CustomResourceDefinition":
            found.append(_longer(each, "", each.get("kind") == "Namespace"))
        else:
            found.append(each)
    return found


def longer_words(words: Sequence[str]) -> list[str]:
    """A command line that names the same objects."""
    found = list(words)
    for number, word in enumerate(words):
        if number and words[number - 1] == "-n":
            found[number] = _name(word, NAMESPACE)
        elif "/" in word and ":" not in word:
            type_, _, name = word.partition("/")
            found[number] = f"{type_}/{_name(name, OBJECT)}"
    return found


def _longer(value: Any, key: str, is_namespace: bool) -> Any:
    if isinstance(value, list):
        return [_longer(each, key, is_namespace) for each in value]
    if not isinstance(value, dict):
        return _name(value, NAMESPACE) if key == "values" else value
    return {
        name: _name(inner, ending)
        if isinstance(inner, str) and (ending := _ending(name, key, is_namespace))
        else _longer(inner, name, is_namespace)
        for name, inner in value.items()
    }


def _ending(name: str, key: str, is_namespace: bool) -> str:
    """What becomes longer by which word: a field called so in what stands under a key."""
    if name in ("namespace", "kubernetes.io/metadata.name"):
        return NAMESPACE
    if name == "name" and key not in PARTS:
        return NAMESPACE if is_namespace and key == "metadata" else OBJECT
    return OBJECT if name in ("gatewayClassName", "kubernetes.io/service-name") else ""


def _name(word: Any, ending: str) -> Any:
    if not isinstance(word, str) or word in KEPT or not re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", word):
        return word
    return f"{word}{ending}"[:LONGEST].rstrip("-")
