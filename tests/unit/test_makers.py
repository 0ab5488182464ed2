"""Who has to create a Secret that a cluster does not have yet."""

from __future__ import annotations

import json

import pytest

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.view.catalog import CORE_KINDS, ServedKind
from kubectl_refs.core.view.offline import GATEWAY_API_KINDS
from tests.support.builders import namespaces
from tests.support.fakes.api import FakeAPI
from tests.support.running import Program

CERTIFICATE = ServedKind("cert-manager.io", "Certificate", "certificates", ("v1",))
GATEWAY: JSON = {
    "apiVersion": "gateway.networking.k8s.io/v1",
    "kind": "Gateway",
    "metadata": {"name": "gate", "namespace": "infra"},
    "spec": {
        "gatewayClassName": "example",
        "listeners": [
            {"name": "https", "port": 443, "protocol": "HTTPS", "tls": {"certificateRefs": [{"name": "web-tls"}]}}
        ],
    },
}
MAKER: JSON = {
    "apiVersion": "cert-manager.io/v1",
    "kind": "Certificate",
    "metadata": {"name": "web", "namespace": "infra"},
    "spec": {"secretName": "web-tls"},
}


@pytest.mark.parametrize(("readable", "maker"), [(True, "; Certificate infra/web is supposed to make it"), (False, "")])
def test_a_certificate_that_is_to_make_the_secret_is_told_where_it_may_be_read(
    refs: Program, readable: bool, maker: str
) -> None:
    kinds = (*CORE_KINDS, *GATEWAY_API_KINDS, CERTIFICATE)
    with FakeAPI([*namespaces("infra"), GATEWAY, MAKER], kinds=kinds) as api:
        if not readable:
            api.forbid("certificates", "infra")
        refs.use(api, "infra")
        data = json.loads(refs("why", "gateway/gate", "-o", "json").out)
    (secret,) = (each for each in data["references"] if each["to"]["kind"] == "Secret")
    assert (secret["verdict"], secret["because"]) == ("broken", f"Secret infra/web-tls does not exist{maker}")
    assert [gap for gap in data["gaps"] if gap["resource"] == "certificates"] == []
