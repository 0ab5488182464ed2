"""What is said about a Gateway on a cluster if perhaps no controller serves it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.view.catalog import CORE_KINDS, ServedKind
from kubectl_refs.core.view.offline import GATEWAY_API_KINDS
from tests.support.fakes.api import FakeAPI
from tests.support.running import Program

ENDPOINT_SLICES = ServedKind("discovery.k8s.io", "EndpointSlice", "endpointslices", ("v1",))
BY = "example.com/any"
UNTAKEN = 'no controller has accepted GatewayClass "any" of Gateway infra/public'


def _made(kind: str, name: str, spec: JSON, **more: Any) -> JSON:
    about = {"name": name} if kind == "GatewayClass" else {"name": name, "namespace": "infra"}
    return {"apiVersion": f"{GATEWAY_GROUP}/v1", "kind": kind, "metadata": about, "spec": spec, **more}


LISTENER = {"name": "http", "port": 80, "protocol": "HTTP"}


def _entry(controller: str, accepted: str) -> JSON:
    condition = {"type": "Accepted", "status": accepted, "reason": "NoMatchingParent", "message": ""}
    return {"parentRef": {"name": "public"}, "controllerName": controller, "conditions": [condition]}


def _route(*written: JSON) -> JSON:
    return _made("HTTPRoute", "web", {"parentRefs": [{"name": "public"}]}, status={"parents": list(written)})


def _pages(refs: Program, tmp_path: Path, accepted: str) -> tuple[str, str]:
    """The pages of a route that a controller has accepted or not, and of its Gateway, whose class nobody accepted."""
    objects = [
        _made("GatewayClass", "any", {"controllerName": BY}),
        _made("Gateway", "public", {"gatewayClassName": "any", "listeners": [LISTENER]}),
        _route(_entry(BY, accepted)),
    ]
    with FakeAPI(objects) as api:
        words = ("-n", "infra", "--kubeconfig", str(api.write_kubeconfig(tmp_path / "config")))
        return refs("why", "httproute/web", *words).out, refs("why", "gateway/public", *words).out


def test_who_refuses_a_route_is_not_said_to_be_down(refs: Program, tmp_path: Path) -> None:
    page, _ = _pages(refs, tmp_path, "False")
    assert f"not served: HTTPRoute infra/web: {BY} reports Accepted=False (NoMatchingParent); {UNTAKEN}\n" in page
    assert "not running" not in page


def test_the_gateway_that_one_is_led_to_tells_what_is_known_of_its_class(refs: Program, tmp_path: Path) -> None:
    route, gateway = _pages(refs, tmp_path, "False")
    assert "next: kubectl refs why gateway/public -n infra" in route
    assert f"not known:  whether anything serves it: {UNTAKEN}: perhaps {BY} is not running\n" in gateway


def test_who_accepts_a_route_is_not_said_to_be_down(refs: Program, tmp_path: Path) -> None:
    page, _ = _pages(refs, tmp_path, "True")
    assert "not running" not in page


def test_without_the_right_to_read_classes_every_controller_counts(refs: Program, tmp_path: Path) -> None:
    gateway = _made("Gateway", "public", {"gatewayClassName": "any", "listeners": [LISTENER]})
    of_class = _made("GatewayClass", "any", {"controllerName": BY})
    route = _route(_entry("example.com/before", "False"), _entry(BY, "True"))
    with FakeAPI([of_class, gateway, route]) as api:
        words = ("why", "httproute/web", "-n", "infra", "--kubeconfig", str(api.write_kubeconfig(tmp_path / "config")))
        heard = refs(*words)
        api.forbid("gatewayclasses")
        unheard = refs(*words)
    assert (heard.status, unheard.status) == (0, 1)
    assert "example.com/before wrote may be left over" in heard.out
    assert "1 condition reported False" in unheard.out
    assert "gatewayclasses" not in unheard.out + unheard.err


def _page_with_services(refs: Program, tmp_path: Path, count: int, *words: str) -> str:
    """The page of a route to that many Services, none of which has an endpoint."""
    names = [f"s{number:02}" for number in range(count)]
    rule = {"backendRefs": [{"name": name, "port": 80} for name in names]}
    mesh = {"group": "", "kind": "Service", "name": names[0]}
    services: list[JSON] = [
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": name, "namespace": "infra"},
            "spec": {"ports": [{"port": 80}], "selector": {"app": name}},
        }
        for name in names
    ]
    objects = [_made("HTTPRoute", "web", {"parentRefs": [mesh], "rules": [rule]}), *services]
    with FakeAPI(objects, kinds=(*CORE_KINDS, *GATEWAY_API_KINDS, ENDPOINT_SLICES)) as api:
        flags = ("-n", "infra", "--kubeconfig", str(api.write_kubeconfig(tmp_path / "config")))
        return refs("why", "httproute/web", *flags, *words).out


def test_few_services_without_endpoints_are_told_each_with_what_to_look_at(refs: Program, tmp_path: Path) -> None:
    page = _page_with_services(refs, tmp_path, 3)
    assert page.count("not ready:") == page.count("kubectl describe service/") == 3


def test_many_services_without_endpoints_are_one_sentence(refs: Program, tmp_path: Path) -> None:
    page = _page_with_services(refs, tmp_path, 14)
    assert [line for line in page.splitlines() if "ready" in line] == [
        "not ready:  14 Services have no ready endpoint (see -o wide): infra/s00, infra/s01, infra/s02, infra/s03, "
        "infra/s04, infra/s05, infra/s06, infra/s07, infra/s08, infra/s09 and 4 more"
    ]
    assert "kubectl describe" not in page
    assert _page_with_services(refs, tmp_path, 14, "-o", "wide").count("not ready:") == 14
