"""What is said about a Gateway on a cluster if perhaps no controller serves it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from tests.support.fakes.api import FakeAPI
from tests.support.running import Program

BY = "example.com/any"
UNTAKEN = 'no controller has accepted GatewayClass "any" of Gateway infra/public'


def _made(kind: str, name: str, spec: JSON, **more: Any) -> JSON:
    about = {"name": name} if kind == "GatewayClass" else {"name": name, "namespace": "infra"}
    return {"apiVersion": f"{GATEWAY_GROUP}/v1", "kind": kind, "metadata": about, "spec": spec, **more}


def _pages(refs: Program, tmp_path: Path, accepted: str) -> tuple[str, str]:
    """The pages of a route that a controller has accepted or not, and of its Gateway, whose class nobody accepted."""
    condition = {"type": "Accepted", "status": accepted, "reason": "NoMatchingParent", "message": ""}
    entry = {"parentRef": {"name": "public"}, "controllerName": BY, "conditions": [condition]}
    listener = {"name": "http", "port": 80, "protocol": "HTTP"}
    objects = [
        _made("GatewayClass", "any", {"controllerName": BY}),
        _made("Gateway", "public", {"gatewayClassName": "any", "listeners": [listener]}),
        _made("HTTPRoute", "web", {"parentRefs": [{"name": "public"}]}, status={"parents": [entry]}),
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
