"""What a run may cost: the packages that it imports and the requests that it sends to a server."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.view.catalog import CORE_KINDS, ServedKind
from kubectl_refs.core.view.offline import GATEWAY_API_KINDS
from tests.support.builders import from_entry, grant, route_with, service, to_entry
from tests.support.fakes.api import FakeAPI, Request
from tests.support.running import REFUSED, ROOT, WORKING, Done, Program, objects_of, script

ROUTE = ("httproute/web", "-n", "frontend")


# Imports.


def imported(*words: str, **environ: str) -> tuple[Done, set[str]]:
    """Run the script; return the result and the modules that it imports."""
    done = script(*words, environ={"PYTHONPROFILEIMPORTTIME": "1", **environ})
    return done, set(re.findall(r"^import time:[^|]*\|[^|]*\| *([\w.]+)$", done.err, re.MULTILINE))


def run_python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def packages(modules: Iterable[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules}


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["why", "--help"], ["why", "--bogus"]])
def test_help_imports_click_and_little_else(words: Sequence[str]) -> None:
    _, modules = imported(*words)
    assert {"click", "kubectl_refs"} <= packages(modules)
    assert not packages(modules) & {"kubernetes", "urllib3", "tabulate", "yaml", "jmespath", "concurrent", "ssl"}
    # Allowed from the core: escaping of text, which every complaint needs, and records; from the renderers: formats.
    few = re.compile(r"kubectl_refs\.(core\.(?!text|records)|kube|render\.(?!formats$))")
    assert not {module for module in modules if few.match(module)}


def test_a_command_imports_no_other_command() -> None:
    # Python's import times leave out modules that are imported by name.
    found = run_python(
        "import sys; from kubectl_refs.cli.main import main; main(['kubectl-refs', 'why', '--help']); print(*sys.modules)"
    )
    commands = [name for name in found.split() if name.startswith("kubectl_refs.cli.commands.")]
    assert commands == ["kubectl_refs.cli.commands.why"]


def test_manifests_are_explained_without_the_client() -> None:
    done, modules = imported("why", "-f", REFUSED)
    assert done.status == 1
    assert "yaml" in packages(modules)
    assert not packages(modules) & {"kubernetes", "urllib3", "tabulate", "jmespath", "ssl"}


@pytest.mark.parametrize("words", [["why", "httproute/frontend-routes"], ["check"], ["grants"]])
def test_a_cluster_is_read_without_the_official_client(tmp_path: Path, words: Sequence[str]) -> None:
    with FakeAPI(objects_of(WORKING)) as api:
        config = api.write_kubeconfig(tmp_path / "config", "frontend")
        done, modules = imported(*words, KUBECONFIG=str(config))
    assert done.status == 0
    assert {"http", "ssl", "yaml"} <= packages(modules)
    assert not packages(modules) & {"kubernetes", "urllib3", "aiohttp", "jmespath"}


OWN_MODULES = 224
"""The most modules of this project that `why` may import. Each is a file to open; import the others where used."""


def test_why_imports_what_it_needs(tmp_path: Path) -> None:
    with FakeAPI(objects_of(REFUSED)) as api:
        config = api.write_kubeconfig(tmp_path / "config", "frontend")
        done, modules = imported("why", "httproute/frontend-routes", KUBECONFIG=str(config))
    assert done.status == 1
    assert not packages(modules) & {"concurrent", "logging", "subprocess", "tabulate"}
    own = {name for name in modules if name.startswith("kubectl_refs.")}
    assert len(own) <= OWN_MODULES, sorted(own)
    # Modules of other commands, of reading manifests, and of analyses beyond the references of some objects.
    others = r"kubectl_refs\.(core\.(findings|watching|policy|rbac|queries\.(?!why$))|manifests\.(?!source$))"
    assert not [name for name in own if re.match(others, name)]


def test_classes_that_cannot_be_changed_are_made_in_the_quick_way() -> None:
    def forms(path: Path) -> set[str]:
        text = path.read_text(encoding="utf-8")
        ours = "from kubectl_refs.core.records import dataclass" in text
        return set() if ours else set(re.findall(r"^@dataclass.*", text, re.MULTILINE))

    package = ROOT / "kubectl_refs"
    slow = [path for path in package.rglob("*.py") if forms(path) == {"@dataclass(frozen=True, slots=True)"}]
    assert slow == []


# Requests.


def core(kind: str, name: str, namespace: str | None, **fields: Any) -> JSON:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **fields}


def crossing(*backends: str, name: str = "web", parents: Sequence[JSON] = ()) -> JSON:
    """A route in frontend with one backend for each `namespace/name` or `name`, all with port 80."""
    refs = []
    for backend in backends:
        namespace, _, target = backend.rpartition("/")
        refs.append({"name": target, "port": 80, **({"namespace": namespace} if namespace else {})})
    made = route_with({"parentRefs": list(parents), "rules": [{"backendRefs": refs}]})
    made["metadata"]["name"] = name
    return made


NAMESPACES = [core("Namespace", name, None) for name in ("frontend", "backend", "infra")]
GATEWAY: JSON = {
    "apiVersion": f"{GATEWAY_GROUP}/v1",
    "kind": "Gateway",
    "metadata": {"name": "public", "namespace": "infra"},
    "spec": {
        "listeners": [
            {"name": "http", "port": 80, "protocol": "HTTP", "allowedRoutes": {"namespaces": {"from": "All"}}}
        ]
    },
}
PARENT = {"name": "public", "namespace": "infra"}
API = service("backend", "api")

GATEWAYS = f"/apis/{GATEWAY_GROUP}/v1/namespaces"
VERSION = "v1beta1"
"""The version of grants that the fake server prefers."""
WEB = f"{GATEWAYS}/frontend/httproutes/web"
BACKEND_API = "/api/v1/namespaces/backend/services/api"
DISCOVERY = "/apis"


def shown(request: Request) -> str:
    query = "&".join(f"{name}={value}" for name, value in request.query.items())
    metadata = " (metadata)" if "as=PartialObjectMetadata" in request.accept else ""
    return request.path + (f"?{query}" if query else "") + metadata


def grants(namespace: str) -> str:
    """The path of the list of one namespace's grants."""
    return f"/apis/{GATEWAY_GROUP}/{VERSION}/namespaces/{namespace}/referencegrants"


BUDGET: dict[str, tuple[list[JSON], tuple[str, ...], int, list[str]]] = {
    "a crossing that is permitted": (
        [crossing("backend/api"), API, grant()],
        ROUTE,
        0,
        [DISCOVERY, WEB, grants("backend"), BACKEND_API],
    ),
    "a permitted crossing with a parent in another namespace": (
        [crossing("backend/api", parents=[PARENT]), API, grant(), GATEWAY],
        ROUTE,
        0,
        [DISCOVERY, WEB, grants("backend"), BACKEND_API, f"{GATEWAYS}/infra/gateways/public"],
    ),
    "a route that stays in its namespace": (
        [crossing("a", "b"), service("frontend", "a"), service("frontend", "b")],
        ROUTE,
        0,
        [DISCOVERY, WEB, "/api/v1/namespaces/frontend/services/a", "/api/v1/namespaces/frontend/services/b"],
    ),
    "a refusal with a near miss in place": (
        [crossing("backend/api"), API, grant([from_entry(namespace="fronted")], [to_entry(name="api")])],
        ROUTE,
        1,
        [
            DISCOVERY,
            WEB,
            grants("backend"),
            BACKEND_API,
            "/api/v1/namespaces/backend (metadata)",
            "/api/v1/namespaces/frontend (metadata)",
            grants("frontend"),
            "/api/v1/namespaces/fronted (metadata)",
        ],
    ),
    "a refusal without any grant": (
        [crossing("backend/api"), API],
        ROUTE,
        1,
        [
            DISCOVERY,
            WEB,
            grants("backend"),
            BACKEND_API,
            "/api/v1/namespaces/backend (metadata)",
            "/api/v1/namespaces/frontend (metadata)",
            grants("frontend"),
            f"/apis/{GATEWAY_GROUP}/{VERSION}/referencegrants",
        ],
    ),
    "two objects with the same targets": (
        [
            crossing("backend/api", "backend/api", parents=[PARENT]),
            crossing("backend/api", name="other", parents=[PARENT]),
            API,
            grant(),
            GATEWAY,
        ],
        ("httproute", "web", "other", "-n", "frontend"),
        0,
        [
            DISCOVERY,
            WEB,
            f"{GATEWAYS}/frontend/httproutes/other",
            grants("backend"),
            BACKEND_API,
            f"{GATEWAYS}/infra/gateways/public",
        ],
    ),
    "a permitted target that is missing": (
        [crossing("backend/api"), grant()],
        ROUTE,
        1,
        [
            DISCOVERY,
            WEB,
            grants("backend"),
            BACKEND_API,
            "/api/v1/namespaces/backend (metadata)",
            "/api/v1/namespaces/backend/services (metadata)",
            "/api/v1/services?fieldSelector=metadata.name=api",
        ],
    ),
}


@pytest.mark.parametrize("case", BUDGET)
def test_exactly_what_the_answer_needs_is_read_and_nothing_twice(refs: Program, case: str) -> None:
    objects, words, status, requests = BUDGET[case]
    with FakeAPI([*NAMESPACES, *objects]) as api:
        refs.use(api)
        assert refs("why", *words).status == status
    assert sorted(map(shown, api.requests)) == sorted(requests)
    assert {request.method for request in api.requests} == {"GET"}


def test_what_many_users_of_grants_reference_is_one_list(refs: Program) -> None:
    names = [f"api-{number}" for number in range(30)]
    routes = [crossing(f"backend/{name}", name=f"web-{name}") for name in names]
    with FakeAPI([*NAMESPACES, grant(), *routes, *(service("backend", name) for name in names)]) as api:
        refs.use(api)
        assert refs("grants", "-A").status == 0
    assert sorted(map(shown, api.requests)) == sorted(
        [
            DISCOVERY,
            f"/apis/{GATEWAY_GROUP}/{VERSION}/referencegrants",
            f"/apis/{GATEWAY_GROUP}/v1/httproutes",
            "/api/v1/namespaces (metadata)",
            "/api/v1/namespaces/backend/services",
        ]
    )


@pytest.mark.parametrize("kind", ["Secret", "ConfigMap"])
def test_of_secrets_and_configmaps_only_the_metadata_is_asked_for(refs: Program, kind: str) -> None:
    backend = {"group": "", "kind": kind, "name": "keys", "namespace": "backend"}
    objects = [
        route_with({"rules": [{"backendRefs": [backend]}]}),
        core(kind, "keys", "backend", data={"password": "aHVudGVyMg=="}),
        grant(to=[to_entry(kind=kind, name="key")]),
    ]
    with FakeAPI([*NAMESPACES, *objects]) as api:
        refs.use(api)
        done = refs("why", *ROUTE, "-o", "json")
    assert json.loads(done.out)["references"][0]["to"]["kind"] == kind
    about = [request for request in api.requests if f"/{kind.lower()}s" in request.path]
    assert all("as=PartialObjectMetadata" in request.accept for request in about)
    assert [request.path.rpartition("/")[2] for request in about] == ["key"], "whether the name is a typo"
    assert "aHVudGVyMg" not in done.out


ENDPOINT_SLICES = ServedKind("discovery.k8s.io", "EndpointSlice", "endpointslices", ("v1",))
SLICE: JSON = {
    "apiVersion": "discovery.k8s.io/v1",
    "kind": "EndpointSlice",
    "metadata": {"name": "other", "namespace": "backend", "labels": {"kubernetes.io/service-name": "other"}},
    "endpoints": [{"addresses": ["10.0.0.1"]}],
}
SLICES_OF_API = (
    "/apis/discovery.k8s.io/v1/namespaces/backend/endpointslices?labelSelector=kubernetes.io/service-name=api"
)


def test_the_endpoints_of_a_service_are_one_request_of_why_and_none_of_check(refs: Program) -> None:
    objects = [*NAMESPACES, crossing("backend/api", "backend/api"), API, grant(), SLICE]
    with FakeAPI(objects, kinds=(*CORE_KINDS, *GATEWAY_API_KINDS, ENDPOINT_SLICES)) as api:
        refs.use(api)
        done = refs("why", *ROUTE, "-o", "json")
        assert [shown(request) for request in api.requests if "slices" in request.path] == [SLICES_OF_API]
        refs("check", "-A")
        assert sum("slices" in request.path for request in api.requests) == 1
    backend = [row for row in json.loads(done.out)["serving"] if "backend" in row]
    assert [(row["serves"], row["because"]) for row in backend] == [("no", "Service backend/api has no endpoints")]
    assert done.status == 0


def test_a_missing_right_to_endpoints_is_no_gap(refs: Program) -> None:
    with FakeAPI(
        [*NAMESPACES, crossing("backend/api"), API, grant()], kinds=(*CORE_KINDS, *GATEWAY_API_KINDS, ENDPOINT_SLICES)
    ) as api:
        api.forbid("endpointslices")
        refs.use(api)
        done = refs("why", *ROUTE, "-o", "json")
    report = json.loads(done.out)
    assert report["serving"][-1]["because"] == "the EndpointSlices of Service backend/api could not be read"
    assert (report["gaps"], report["serving"][-1]["serves"], done.status) == ([], "unknown", 0)
