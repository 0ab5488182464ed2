"""A route that references a Service in another namespace of a real cluster, and runs of `fix` on it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from tests.support.cluster.access import READ, rule
from tests.support.cluster.api_server import ADMINISTRATOR, ApiServer
from tests.support.cluster.asking import Finished, Program
from tests.support.cluster.objects import (
    from_routes,
    grant,
    to_services,
)

OWNER_RULES = (
    rule(GATEWAY_GROUP, ["referencegrants"], (*READ, "create", "patch")),
    rule("", ["services"]),
)


@dataclass(frozen=True, slots=True)
class Case:
    """A route in one namespace that references a Service in another."""

    server: ApiServer
    refs: Program
    frontend: str
    shared: str

    @property
    def question(self) -> tuple[str, ...]:
        return ("httproute/web", "-n", self.frontend)

    def fix(self, *words: str, user: str = ADMINISTRATOR) -> Finished:
        return self.refs(self.server.kubeconfig(user), "fix", *self.question, *words)

    def verdicts(self) -> set[str]:
        asked = self.refs(self.server.kubeconfig(), "why", *self.question, "-o", "json")
        return {reference["verdict"] for reference in json.loads(asked.stdout)["references"]}

    def grants(self) -> list[JSON]:
        found = self.server.read(f"/apis/{GATEWAY_GROUP}/v1beta1/namespaces/{self.shared}/referencegrants")
        items: list[JSON] = found["items"]
        return items

    def specs(self) -> list[JSON]:
        return [{"name": each["metadata"]["name"], **each["spec"]} for each in self.grants()]

    @property
    def minimal(self) -> JSON:
        """The grant that permits only this reference, in the form of `specs`."""
        return {
            "name": f"httproute-{self.frontend}-to-auth",
            "from": [from_routes(self.frontend)],
            "to": [to_services(name="auth")],
        }

    @property
    def typo(self) -> JSON:
        """A grant that almost permits the reference."""
        return grant(
            self.shared, [from_routes(self.frontend.replace("frontend", "fronted"))], [to_services(name="auth")]
        )


def managers(obj: JSON) -> set[tuple[str, str]]:
    return {(entry["manager"], entry["operation"]) for entry in obj["metadata"]["managedFields"]}
