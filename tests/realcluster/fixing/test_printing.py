"""kubectl accepts what fix prints, and printing writes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.support.cluster.access import allow_in_namespace
from tests.support.cluster.case import OWNER_RULES, Case
from tests.support.cluster.fresh import Fresh
from tests.support.cluster.objects import (
    backend,
    route,
    service,
    to_backends,
)


@pytest.mark.parametrize("format_", ["yaml", "json"])
def test_what_is_printed_kubectl_applies_as_it_is_and_then_there_is_nothing_to_do(any_case: Case, format_: str) -> None:
    printed = any_case.fix("-o", format_)
    any_case.server.kubectl("apply", "-f", "-", input=printed.stdout)
    again = any_case.fix()

    assert printed.status == 0
    assert any_case.specs() == [any_case.minimal]
    assert any_case.verdicts() == {"allowed"}
    assert (again.status, again.stdout, again.stderr) == (0, "", "nothing to fix\n")


def test_a_repaired_grant_is_printed_so_that_kubectl_applies_it_over_the_old_one(any_case: Case) -> None:
    labelled = {**any_case.typo, "metadata": {**any_case.typo["metadata"], "labels": {"team": "a"}}}
    any_case.server.kubectl("apply", "-f", "-", input=json.dumps(labelled))
    printed = any_case.fix()
    applied = any_case.server.kubectl("apply", "-f", "-", input=printed.stdout)
    (stored,) = any_case.grants()

    assert applied.stderr == ""
    assert stored["metadata"]["labels"] == {"team": "a"}
    assert any_case.specs() == [{**any_case.minimal, "name": "from-frontend"}]
    assert any_case.verdicts() == {"allowed"}


@pytest.mark.parametrize("words", [[], ["--into", "from-frontend"]], ids=["repair", "into"])
def test_the_owner_can_apply_their_own_file_after_what_was_printed(any_case: Case, words: list[str]) -> None:
    """With its resourceVersion, kubectl would record it and refuse the file ever after."""
    server, metadata = any_case.server, any_case.typo["metadata"]
    owned = {**any_case.typo, "metadata": {**metadata, "annotations": {"owner": "team-a"}}}
    right = {**owned, "spec": {"from": any_case.minimal["from"], "to": any_case.minimal["to"]}}
    server.kubectl("apply", "-f", "-", input=json.dumps(owned))
    printed = any_case.fix(*words)
    server.kubectl("apply", "-f", "-", input=printed.stdout)
    verdicts = any_case.verdicts()
    applied = server.kubectl("apply", "-f", "-", input=json.dumps(right))
    declared = server.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", input=json.dumps(right))
    (stored,) = any_case.grants()

    assert verdicts == {"allowed"}
    assert (applied.stderr, declared.stderr) == ("", "")
    assert stored["metadata"]["annotations"]["owner"] == "team-a"
    assert any_case.specs() == [{**any_case.minimal, "name": "from-frontend"}]


def test_kubectl_replaces_the_lists_of_a_grant_that_was_changed_since(case: Case) -> None:
    """As the help says. `--apply` writes nothing then."""
    case.server.apply(case.typo)
    printed = case.fix()
    case.server.apply({**case.typo, "spec": {**case.typo["spec"], "to": [{"group": "", "kind": "Service"}]}})
    case.server.kubectl("apply", "-f", "-", input=printed.stdout)

    assert case.specs() == [{**case.minimal, "name": "from-frontend"}]


def test_the_repair_of_a_grant_with_a_field_that_the_kind_does_not_have_is_taken(case: Case, tmp_path: Path) -> None:
    typo = case.typo
    typo["spec"]["to"][0]["namespace"] = case.shared
    file = tmp_path / "grant.json"
    file.write_text(json.dumps(typo))
    refused = case.server.kubectl("apply", "-f", str(file), check=False)
    printed = case.fix("-f", str(file), "--live", "--exit-zero")
    asked = case.refs(case.server.kubeconfig(), "why", *case.question, "-f", str(file), "--live", "-o", "json")
    (reference,) = json.loads(asked.stdout)["references"]
    case.server.kubectl("apply", "--validate=ignore", "-f", str(file))
    operations = json.dumps(reference["fixes"][0]["patch"])
    name = f"referencegrant/{typo['metadata']['name']}"
    patched = case.server.kubectl("patch", name, "-n", case.shared, "--type=json", "-p", operations)
    applied = case.server.kubectl("apply", "-f", "-", input=printed.stdout)

    assert 'unknown field "spec.to[0].namespace"' in refused.stderr
    assert (patched.stderr, applied.stderr) == ("", "")
    assert case.specs() == [{**case.minimal, "name": "from-frontend"}]


def test_everything_refused_in_a_namespace_is_one_stream(case: Case, fresh: Fresh) -> None:
    other = fresh(case.server, "other")
    case.server.apply(
        service(other),
        route(case.frontend, to_backends(backend(other), backend(case.shared)), name="two"),
        route(case.frontend, to_backends(backend(other)), name="three", kind="GRPCRoute"),
    )
    printed = case.refs(case.server.kubeconfig(), "fix", "-n", case.frontend)
    case.server.kubectl("apply", "-f", "-", input=printed.stdout)
    again = case.refs(case.server.kubeconfig(), "fix", "-n", case.frontend)

    assert len(list(yaml.safe_load_all(printed.stdout))) == 3
    assert (again.status, again.stderr) == (0, "nothing to fix\n")


def test_what_is_printed_for_one_route_does_not_stand_in_the_way_of_another(case: Case) -> None:
    """Two routes share a target, and both are asked about before anything is created."""
    targets = {"one": ("auth", "billing"), "two": ("auth", "mail")}
    case.server.apply(
        *(service(case.shared, name) for name in ("billing", "mail")),
        *(route(case.frontend, to_backends(*(backend(case.shared, each) for each in targets[name])), name=name)
          for name in targets),
    )  # fmt: skip
    admin = case.server.kubeconfig()
    printed = [case.refs(admin, "fix", f"httproute/{name}", "-n", case.frontend).stdout for name in targets]
    for manifest in printed:
        case.server.kubectl("create", "-f", "-", input=manifest)

    assert {each["name"] for each in case.specs()} == {
        f"httproute-{case.frontend}-to-auth-and-billing",
        f"httproute-{case.frontend}-to-auth-and-mail",
    }
    assert case.refs(admin, "fix", "httproute", *targets, "-n", case.frontend).stderr == "nothing to fix\n"


def test_without_apply_nothing_is_written_whatever_the_rights(case: Case) -> None:
    user = "grant-owner"
    allow_in_namespace(case.server, user, case.shared, OWNER_RULES)
    allow_in_namespace(case.server, user, case.frontend)
    case.server.apply(case.typo)
    before = case.grants()

    with case.server.requests(user) as requests:
        for words in ([], ["--new"], ["--into", "from-frontend"], ["--broad"], ["--dry-run=client"], ["-o", "json"]):
            assert case.fix(*words, user=user).status == 0
    with case.server.requests(user) as rehearsed:
        assert case.fix("--dry-run=server", "--new", user=user).status == 0
        assert case.fix("--dry-run=server", "--into", case.typo["metadata"]["name"], user=user).status == 0

    kinds = {
        request.split("?")[0] if "selfsubjectaccessreviews" in request else request.split()[0] for request in requests
    }
    assert kinds == {"get", "list", "create /apis/authorization.k8s.io/v1/selfsubjectaccessreviews"}
    writes = [each for each in rehearsed if "referencegrants" in each and not each.startswith(("get ", "list "))]
    assert [each.split()[0] for each in writes] == ["create", "patch"]
    assert all("dryRun=All" in each for each in writes)
    assert case.grants() == before


def test_a_server_dry_run_tells_what_the_server_refuses(case: Case) -> None:
    for namespace in (case.frontend, case.shared):
        allow_in_namespace(case.server, "auditor", namespace)
    refused = case.fix("--dry-run=server", user="auditor")

    assert refused.status == 1
    assert "Error from server (Forbidden): referencegrants.gateway.networking.k8s.io" in refused.stderr
    assert case.specs() == []
