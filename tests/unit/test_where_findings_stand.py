"""Findings on manifests name the file, document and line of their field, in each format as its readers expect it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from tests.support.running import ROOT, Program

ROUTE = """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web, namespace: a}
spec:
  parentRefs: [{name: gw}]
  rules:
  - backendRefs:
    - &target
      name: x
      namespace: b
      port: 80
  - backendRefs:
    - *target
"""
GRANT = """\
---
apiVersion: v1
kind: List
items:
- apiVersion: gateway.networking.k8s.io/v1beta1
  kind: ReferenceGrant
  metadata: {name: g, namespace: b}
  spec:
    from:
    - {group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: c}
    to:
    - group: core
      kind: Service
"""
SCHEMA = json.loads((ROOT / "tests" / "schemas" / "sarif-schema-2.1.0.json").read_text())


@pytest.fixture
def manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with two documents, in the folder in which the program runs."""
    monkeypatch.chdir(tmp_path)
    path = Path("all, of: it.yaml")
    path.write_text(ROUTE + GRANT)
    return path


def checked(refs: Program, manifest: Path, *words: str) -> str:
    return refs("check", "-f", str(manifest), "--severity", "error", *words).out


def results(text: str) -> list[dict[str, Any]]:
    sarif = json.loads(text)
    jsonschema.validate(sarif, SCHEMA)
    (run,) = sarif["runs"]
    return list(run["results"])


def test_the_line_is_that_of_the_field_through_lists_and_anchors(refs: Program, manifest: Path) -> None:
    data = json.loads(checked(refs, manifest, "-o", "json"))
    file = str(manifest)
    assert [(each["path"], each["source"]) for each in data["findings"]] == [
        ("spec.rules[0].backendRefs[0]", {"file": file, "line": 8, "document": 1}),
        ("spec.rules[1].backendRefs[0]", {"file": file, "line": 13, "document": 1}),
        ("spec.to[0]", {"file": file, "line": 25, "document": 2}),
    ]
    assert {each["path"]: each["source"]["line"] for each in data["references"]}["spec.parentRefs[0]"] == 5


def test_why_names_the_same_place(refs: Program, manifest: Path) -> None:
    explained, found = (
        json.loads(refs(command, "-f", str(manifest), "-o", "json").out)["references"] for command in ("why", "check")
    )
    assert explained == found
    assert f"at:      {manifest}:8 spec.rules[0].backendRefs[0]" in refs("why", "-f", str(manifest)).out


def test_text_begins_with_the_place(refs: Program, manifest: Path) -> None:
    assert f"\n{manifest}:8    error      REF002 near-miss" in checked(refs, manifest)
    wide = checked(refs, manifest, "-o", "wide")
    assert f"\n{manifest}:8 error REF002 near-miss: spec.rules[0].backendRefs[0]\n" in wide
    assert f"  error:    {manifest}:25: spec.to[0] never matches" in wide


def test_sarif_is_valid_and_points_at_the_line(refs: Program, manifest: Path) -> None:
    places = [each["locations"][0]["physicalLocation"] for each in results(checked(refs, manifest, "-o", "sarif"))]
    assert {each["artifactLocation"]["uri"] for each in places} == {"all%2C%20of%3A%20it.yaml"}
    assert [each["region"]["startLine"] for each in places] == [8, 13, 25]


def test_a_rule_that_is_inserted_above_makes_no_result_of_sarif_new(refs: Program, manifest: Path) -> None:
    def prints() -> list[str]:
        found = results(checked(refs, manifest, "-o", "sarif"))
        return [each["partialFingerprints"]["kubectlRefs/v2"] for each in found]

    known = prints()
    above = "  rules:\n  - backendRefs: [{name: own, port: 80}]\n"
    manifest.write_text((ROUTE + GRANT).replace("  rules:\n", above))
    assert prints() == known


def test_junit_has_file_and_line(refs: Program, manifest: Path) -> None:
    suite = ElementTree.fromstring(checked(refs, manifest, "-o", "junit").partition("\n")[2])
    assert [(case.get("file"), case.get("line")) for case in suite] == [(str(manifest), "8"), (str(manifest), "25")]


def test_annotations_are_escaped_as_githubs_toolkit_does(refs: Program, manifest: Path) -> None:
    manifest.write_text((ROUTE + GRANT).replace("name: x", 'name: "50%\\r\\n"'))
    lines = checked(refs, manifest, "-o", "github").splitlines()
    assert len(lines) == 3
    head = "::error file=all%2C of%3A it.yaml,line=8,title=REF002 near-miss::HTTPRoute a/web spec.rules[0]"
    assert lines[0].startswith(head)
    assert "Service b/50%25\\r\\n does not exist" in lines[0]
    assert "%0ANext: " in lines[0]


def test_what_does_not_count_is_no_annotation(refs: Program, manifest: Path) -> None:
    checked(refs, manifest, "--write-baseline", "known.json")
    assert checked(refs, manifest, "-o", "github", "--baseline", "known.json") == ""


def test_markdown_is_a_summary_for_a_pull_request(refs: Program, manifest: Path) -> None:
    text = checked(refs, manifest, "-o", "markdown")
    assert text.startswith("## References across namespaces\n\n1 object with 3 references: ")
    assert f"| **error** | REF002 near-miss | `{manifest}:8` HTTPRoute a/web `spec.rules[0].backendRefs[0]` | " in text


def test_of_what_helm_renders_the_template_is_named(refs: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(f"---\n# Source: shop/templates/route.yaml\n{ROUTE}{GRANT}".encode())

    monkeypatch.setattr("sys.stdin", Stdin())
    text = refs("check", "-f", "-", "--severity", "error", "-o", "sarif").out
    first, second, third = results(text)
    template = {"artifactLocation": {"uri": "shop/templates/route.yaml"}, "region": {"startLine": 1}}
    assert [each["locations"][0]["physicalLocation"] for each in (first, second)] == [template, template]
    assert "physicalLocation" not in third["locations"][0], "standard input is no file"


def test_of_standard_input_the_line_is_told(refs: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(f"---\n# Source: shop/templates/route.yaml\n{ROUTE}{GRANT}".encode())

    monkeypatch.setattr("sys.stdin", Stdin())
    data = json.loads(refs("check", "-f", "-", "--severity", "error", "-o", "json").out)
    assert [each["source"] for each in data["findings"][1:]] == [
        {"file": "shop/templates/route.yaml", "line": None, "document": None},
        {"file": "STDIN", "line": 27, "document": 2},
    ]
