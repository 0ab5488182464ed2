"""A baseline holds the access that grants give: new or wider access is reported until it is accepted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kubectl_refs.core.model.objects import JSON
from tests.support.builders import from_entry, grant, namespaces, route_to, service, to_entry
from tests.support.running import Program, written

API, AUTH, ANY = to_entry(name="api"), to_entry(name="auth"), to_entry()
BEFORE = grant([from_entry()], [API])
AROUND: tuple[JSON, ...] = (*namespaces("frontend", "backend", "other"), service(), service(name="auth"))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def check(refs: Program, grants: tuple[JSON, ...], *words: str) -> tuple[int, list[str]]:
    """The exit status, and the `from` entries of new access."""
    items = [*AROUND, route_to(("backend", "api")), *grants]
    written(Path("all.json"), items)
    done = refs("check", "-f", "all.json", "--whole", "-o", "json", *words)
    found = [each["target"] for each in json.loads(done.out)["findings"] if each["code"] == "REF110"]
    return done.status, found


ROUTES, OTHER = (f"from HTTPRoute.gateway.networking.k8s.io in {namespace}" for namespace in ("frontend", "other"))


@pytest.mark.parametrize(
    ("after", "new"),
    [
        ((BEFORE,), []),
        ((grant([from_entry()], [API], name="renamed"),), []),
        ((grant([from_entry()], [API, AUTH]),), [ROUTES]),
        ((grant([from_entry()], [ANY]),), [ROUTES]),
        ((grant([from_entry(namespace="other"), from_entry()], [API]),), [OTHER]),
        ((BEFORE, grant([from_entry(namespace="other")], [AUTH], name="second")), [OTHER]),
        ((BEFORE, grant([from_entry()], [API], name="elsewhere", namespace="other")), [ROUTES]),
        (
            (BEFORE, {**grant([from_entry()], [AUTH], name="old"), "kind": "ReferencePolicy"}),
            [],
        ),
        ((BEFORE, grant([from_entry(kind="HttpRoute")], [AUTH], name="second")), []),
        ((BEFORE, grant([from_entry(namespace="*")], [AUTH], name="second")), []),
        ((BEFORE, grant([from_entry()], [to_entry(group="v1")], name="second")), []),
        ((BEFORE, grant([from_entry(namespace="backend")], [AUTH], name="second")), []),
    ],
    ids=[
        "same",
        "renamed",
        "one more",
        "any name",
        "inserted above",
        "second grant",
        "other namespace",
        "counts for nothing",
        "from no kind",
        "from no namespace",
        "to no kind",
        "within one namespace",
    ],
)
def test_access_that_is_new_or_wider_is_a_finding(refs: Program, after: tuple[JSON, ...], new: list[str]) -> None:
    check(refs, (BEFORE,), "--write-baseline", "known.json")
    status, found = check(refs, after, "--baseline", "known.json")
    assert found == new
    assert status == 1 or not new


def test_it_is_no_finding_once_it_is_accepted(refs: Program) -> None:
    wider = (grant([from_entry()], [API, AUTH]),)
    check(refs, (BEFORE,), "--write-baseline", "known.json")
    assert check(refs, wider, "--baseline", "known.json", "--write-baseline", "known.json") == (1, [ROUTES])
    assert check(refs, wider, "--baseline", "known.json") == (0, [])
    kept = json.loads(Path("known.json").read_text())
    assert [each["to"]["name"] for each in kept["permissions"]] == ["api", "auth"]
    assert [each for each in kept["findings"] if each["code"] == "REF110"] == []


def test_what_was_within_a_wider_permission_is_not_new(refs: Program) -> None:
    check(refs, (grant([from_entry()], [ANY]),), "--write-baseline", "known.json")
    assert check(refs, (BEFORE,), "--baseline", "known.json") == (0, [])


def test_an_entry_that_matches_once_its_kind_is_there_is_new_access_then(refs: Program) -> None:
    later = grant([from_entry("example.com", "Widget")], [API], name="later")
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.com"},
        "spec": {
            "group": "example.com",
            "names": {"kind": "Widget", "plural": "widgets"},
            "scope": "Namespaced",
            "versions": [{"name": "v1", "served": True, "storage": True}],
        },
    }
    other = {"apiVersion": "example.com/v1", "kind": "Gadget", "metadata": {"name": "g", "namespace": "other"}}
    check(refs, (other, later), "--write-baseline", "known.json")
    assert check(refs, (other, later), "--baseline", "known.json") == (0, [])
    assert check(refs, (other, crd, later), "--baseline", "known.json") == (1, ["from Widget.example.com in frontend"])


def test_a_baseline_of_an_earlier_version_says_nothing_of_access(refs: Program) -> None:
    Path("known.json").write_text('{"apiVersion": "refs/v1alpha1", "kind": "ReferenceBaseline", "findings": []}')
    assert check(refs, (BEFORE,), "--baseline", "known.json") == (0, [])


def test_where_grants_are_not_looked_at_none_is_called_new_later(refs: Program) -> None:
    check(refs, (BEFORE,), "httproutes", "--write-baseline", "known.json")
    assert "permissions" not in json.loads(Path("known.json").read_text())
    assert check(refs, (BEFORE,), "--baseline", "known.json") == (0, [])


def test_it_can_be_ignored_of_one_grant(refs: Program) -> None:
    check(refs, (), "--write-baseline", "known.json")
    ignored = ("--ignore", "new-permission=referencegrant/g.backend")
    assert check(refs, (BEFORE,), "--baseline", "known.json", *ignored) == (0, [])


@pytest.mark.parametrize("permissions", ["{}", '"x"', "[1]"])
def test_permissions_of_another_form_are_refused(refs: Program, permissions: str) -> None:
    Path("known.json").write_text(f'{{"findings": [], "permissions": {permissions}}}')
    Path("all.json").write_text(json.dumps(service()))
    done = refs("check", "-f", "all.json", "--baseline", "known.json")
    assert (done.status, done.out) == (2, "")
    assert (
        done.err
        == "error: error parsing known.json: the permissions of a baseline are a list, as --write-baseline writes it\n"
    )
