"""kubectl reads back what is written as YAML, whatever the strings are."""

from __future__ import annotations

from pathlib import Path

from kubectl_refs.core.text.yaml import to_yaml
from tests.sidebyside.local_kubectl import read_by_kubectl
from tests.support.hostile_yaml import hostile_strings


def test_kubectl_reads_every_string_back_as_name_value_item_and_key(kubectl: Path, tmp_path: Path) -> None:
    words = [word for word in hostile_strings() if word]
    specs = [{"value": word, "items": [word, "", [word], {word: [word]}], "in": {word: {word: word}}} for word in words]
    written = "---\n".join(
        to_yaml({"apiVersion": "example.org/v1", "kind": "Widget", "metadata": {"name": word}, "spec": spec})
        for word, spec in zip(words, specs, strict=True)
    )
    found = read_by_kubectl(kubectl, written.encode(), tmp_path)
    assert found is not None
    assert [each["metadata"]["name"] for each in found] == words
    assert [each["spec"] for each in found] == specs


def test_kubectl_reads_numbers_back(kubectl: Path, tmp_path: Path) -> None:
    numbers = [0, -1, 2**53 + 1, 2**63 - 1, -(2**63), 0.5, -0.25, 1e16, 1.5e300, 1e-7, 123456789.125, True, False, None]
    manifest = {"apiVersion": "v1", "kind": "Widget", "metadata": {"name": "a"}, "spec": {"numbers": numbers}}
    found = read_by_kubectl(kubectl, to_yaml(manifest).encode(), tmp_path)
    assert found is not None
    assert [each["spec"] for each in found] == [manifest["spec"]]
