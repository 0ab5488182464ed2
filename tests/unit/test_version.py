"""`version` against a server in this process: its output, and its reaction to answers that it cannot read."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from kubectl_refs import __version__
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.view.catalog import CORE_KINDS
from kubectl_refs.core.view.offline import GATEWAY_API_KINDS
from tests.support.every_request import CRDS, annotated
from tests.support.fakes.api import Canned, FakeAPI, Request
from tests.support.running import Program

KINDS = (*CORE_KINDS, *GATEWAY_API_KINDS, CRDS)
CLIENT = f"Client Version: v{__version__}\n"


def serving(*objects: JSON, version: Canned | None = None, **given: Any) -> FakeAPI:
    """A server that also reports its version."""
    api = FakeAPI(objects, **{"kinds": KINDS, **given})
    told = version or Canned(body={"major": "1", "minor": "36", "gitVersion": "v1.36.2"})

    def fault(request: Request) -> Canned | None:
        return told if request.path == "/version" else None

    api.fault = fault
    return api


def test_all_versions_are_told_with_status_0(refs: Program) -> None:
    with serving(annotated(bundle_version="v1.6.3", channel="experimental")) as api:
        refs.use(api)
        done = refs("version")
    lines = ["Server Version: v1.36.2", "Gateway API: v1.6.3 (experimental channel)", "ReferenceGrant: v1beta1"]
    assert (done.status, done.err) == (0, "")
    assert done.out == CLIENT + "".join(f"{line}\n" for line in lines)


def test_of_the_crd_only_the_metadata_is_asked_for(refs: Program) -> None:
    with serving(annotated(bundle_version="v1.6.3", channel="standard")) as api:
        refs.use(api)
        refs("version")
    (asked,) = [request for request in api.requests if "customresourcedefinitions" in request.path]
    assert "as=PartialObjectMetadata" in asked.accept
    assert asked.path.endswith(f"/httproutes.{GATEWAY_GROUP}")


@pytest.mark.parametrize(("format_", "read"), [("json", json.loads), ("yaml", yaml.safe_load)])
def test_the_same_as_data(refs: Program, format_: str, read: Any) -> None:
    with serving(annotated(bundle_version="v1.6.3", channel="standard")) as api:
        refs.use(api)
        done = refs("version", "-o", format_)
    assert done.status == 0
    assert read(done.out) == {
        "apiVersion": "refs/v1alpha1",
        "kind": "VersionReport",
        "client": {"version": f"v{__version__}"},
        "server": {"version": "v1.36.2"},
        "gatewayAPI": {"installed": True, "bundleVersion": "v1.6.3", "channel": "standard"},
        "referenceGrant": {"versions": ["v1beta1"]},
        "gaps": [],
    }


def test_a_crd_that_does_not_state_its_version_is_there_all_the_same(refs: Program) -> None:
    with serving(annotated()) as api:
        refs.use(api)
        done = refs("version")
    assert done.status == 0
    assert "Gateway API: unknown version (unknown channel)\n" in done.out


def test_a_cluster_without_gateway_api_is_told_from_one_that_hides_it(refs: Program) -> None:
    with serving(kinds=(*CORE_KINDS, CRDS)) as api:
        refs.use(api)
        done = refs("version")
        data = json.loads(refs("version", "-o", "json").out)
    assert done.status == 0
    assert done.out.endswith("Gateway API: not installed\nReferenceGrant: not served\n")
    assert data["gatewayAPI"] == {"installed": False, "bundleVersion": None, "channel": None}
    assert data["referenceGrant"] == {"versions": []}


def test_a_crd_that_may_not_be_read_is_told_and_the_status_is_3(refs: Program) -> None:
    with serving(annotated(bundle_version="v1.6.3", channel="standard")) as api:
        api.forbid("customresourcedefinitions")
        refs.use(api)
        done = refs("version")
        data = json.loads(refs("version", "-o", "json").out)
    assert done.status == 3
    assert "Server Version: v1.36.2\nGateway API: unknown\nReferenceGrant: v1beta1\n" in done.out
    assert f'get customresourcedefinitions.apiextensions.k8s.io "httproutes.{GATEWAY_GROUP}"' in done.out
    assert "so Gateway API's version is not known" in done.out
    assert data["gatewayAPI"] == {"installed": None, "bundleVersion": None, "channel": None}
    assert [gap["httpStatus"] for gap in data["gaps"]] == [403]


def test_a_server_that_keeps_its_version_to_itself_is_told(refs: Program) -> None:
    refusal = Canned(403, {"kind": "Status", "message": "version is forbidden"})
    with serving(annotated(bundle_version="v1.6.3", channel="standard"), version=refusal) as api:
        refs.use(api)
        done = refs("version")
    assert done.status == 3
    assert "Server Version: unknown\nGateway API: v1.6.3 (standard channel)\n" in done.out
    assert "version is forbidden" in done.out


@pytest.mark.parametrize("body", [{"kind": "Status"}, {"gitVersion": 137}, {"gitVersion": ""}])
def test_an_answer_that_does_not_tell_the_version_is_not_taken_for_one(refs: Program, body: JSON) -> None:
    with serving(annotated(bundle_version="v1.6.3", channel="standard"), version=Canned(body=body)) as api:
        refs.use(api)
        done = refs("version")
    assert done.status == 3
    assert "Server Version: unknown\n" in done.out
    assert "the server's answer does not tell its version" in done.out


def test_grants_are_unknown_where_discovery_of_their_group_is_incomplete(refs: Program) -> None:
    with serving(annotated(bundle_version="v1.6.3", channel="standard"), stale=[GATEWAY_GROUP]) as api:
        refs.use(api)
        done = refs("version")
    assert done.status == 3
    assert "ReferenceGrant: unknown\n" in done.out


def test_the_clients_version_needs_no_server(refs: Program) -> None:
    assert refs("version", "--client") == refs("version", "--client", "-o", "text")
    done = refs("version", "--client")
    assert (done.status, done.out, done.err) == (0, CLIENT, "")
    data = json.loads(refs("version", "--client", "-o", "json").out)
    assert data == {"apiVersion": "refs/v1alpha1", "kind": "VersionReport", "client": {"version": f"v{__version__}"}}


def test_the_clients_version_is_told_also_where_the_server_cannot_be_reached(refs: Program) -> None:
    with serving() as api:
        refs.use(api)
        address = api.address
    done = refs("version")
    assert (done.status, done.out) == (2, CLIENT)
    assert done.err.startswith(f"The connection to the server {address} was refused")


def test_another_format_is_refused_in_kubectls_words(refs: Program) -> None:
    done = refs("version", "-o", "wide")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith('error: unable to match a printer suitable for the output format "wide"')
