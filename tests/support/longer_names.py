"""The same manifests as in a large company: all namespaces and objects have longer names, and a slip stays a slip."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

KEPT = {"default", "kube-system", "kube-public", "kube-node-lease"}
"""Namespaces that every cluster has, which nobody renames."""

PARTS = {"listeners", "ports", "headers", "queryParams", "env", "rules", "add", "set", "conditions", "versions"}
"""Lists whose items have names within their object, which stay as they are."""


@dataclass(frozen=True)
class Longer:
    """Suffixes for the names of namespaces and of objects; a name is cut off after `longest` characters."""

    namespace: str
    object: str
    longest: int = 63

    def documents(self, documents: Iterable[Any]) -> list[Any]:
        found = []
        for each in documents:
            if isinstance(each, dict) and str(each.get("kind")).endswith("List"):
                found.append({**each, "items": self.documents(each.get("items", ()))})
            elif isinstance(each, dict) and each.get("kind") != "CustomResourceDefinition":
                found.append(self._value(each, "", each.get("kind") == "Namespace"))
            else:
                found.append(each)
        return found

    def words(self, words: Sequence[str]) -> list[str]:
        """A command line with the longer names of the same objects."""
        found = list(words)
        for number, word in enumerate(words):
            if number and words[number - 1] == "-n":
                found[number] = self.name(word, self.namespace)
            elif "/" in word and ":" not in word:
                type_, _, name = word.partition("/")
                found[number] = f"{type_}/{self.name(name, self.object)}"
        return found

    def _value(self, value: Any, key: str, is_namespace: bool) -> Any:
        if isinstance(value, list):
            return [self._value(each, key, is_namespace) for each in value]
        if not isinstance(value, dict):
            return self.name(value, self.namespace) if key == "values" else value
        return {
            name: self.name(inner, ending)
            if isinstance(inner, str) and (ending := self._ending(name, key, is_namespace))
            else self._value(inner, name, is_namespace)
            for name, inner in value.items()
        }

    def _ending(self, name: str, key: str, is_namespace: bool) -> str:
        """The suffix for a field of a mapping that stands under `key`; empty if the field does not name an object."""
        if name in ("namespace", "kubernetes.io/metadata.name"):
            return self.namespace
        if name == "name" and key not in PARTS:
            return self.namespace if is_namespace and key == "metadata" else self.object
        return self.object if name in ("gatewayClassName", "kubernetes.io/service-name") else ""

    def name(self, word: Any, ending: str) -> Any:
        if not isinstance(word, str) or word in KEPT or not re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", word):
            return word
        return f"{word}{ending}"[: self.longest].rstrip("-")


LONG = Longer("-production-eu-west-1", "-authorization-backend")
LONGEST = Longer(
    "-platform-engineering-production-eu-west-1-kubernetes-cluster-a",
    "-authorization-backend-of-the-customer-facing-application-tier-x",
    longest=60,
)
"""Names of 60 characters; the API server allows 63 for a namespace and a Service."""
