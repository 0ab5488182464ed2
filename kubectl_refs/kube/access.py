"""Asks the API server whether the caller may do something (SelfSubjectAccessReview); nothing is written."""

from __future__ import annotations

from dataclasses import asdict

from kubectl_refs.core.model.values import at
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.reads import Failure
from kubectl_refs.kube.http.client import Client

_PATH = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


@dataclass(frozen=True, slots=True)
class ResourceAttributes:
    """A verb on a resource (plural, lower case) of a group; an empty namespace means all, an empty name any."""

    verb: str
    group: str
    resource: str
    namespace: str = ""
    name: str = ""


def may(client: Client, attributes: ResourceAttributes) -> bool | Failure:
    """Whether the caller may; a Failure if the server does not say."""
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": asdict(attributes)},
    }
    answer = client.send("POST", _PATH, review)
    if isinstance(answer, Failure):
        return answer
    if not answer.ok:
        return answer.failure
    allowed = at(answer.body, "status", "allowed")
    if not isinstance(allowed, bool):
        return Failure(answer.status, "the server's answer does not say whether it is allowed")
    return allowed
