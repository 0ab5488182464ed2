"""Comparison of who-can's list with the API server's own answers, and RBAC objects put in force."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.rbac.grant_writers import VERBS
from tests.support.cluster import access
from tests.support.cluster.api_server import ADMINISTRATOR, ApiServer
from tests.support.cluster.asking import Program
from tests.support.cluster.objects import path_of
from tests.support.rbac import binding, role, rule, user

Request = tuple[str, str, str]
"""A verb, a namespace, and a name, which is empty for a POST."""


@dataclass(frozen=True)
class Requester:
    """A caller as the API server sees it: a user name and its groups."""

    user: str
    groups: tuple[str, ...] = ()

    @classmethod
    def account(cls, namespace: str, name: str) -> Requester:
        groups = ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated")
        return cls(f"system:serviceaccount:{namespace}:{name}", groups)

    @classmethod
    def of(cls, subject: JSON) -> Requester:
        """A caller who matches this subject of the report and no other."""
        if subject["kind"] == "ServiceAccount":
            return cls.account(subject["namespace"], subject["name"])
        if subject["kind"] == "Group":
            return cls("somebody", (subject["name"],))
        return cls(subject["name"])

    def is_subject(self, subject: JSON) -> bool:
        if subject["kind"] == "Group":
            return subject["name"] in self.groups
        if subject["kind"] == "ServiceAccount":
            return self.user == f"system:serviceaccount:{subject['namespace']}:{subject['name']}"
        return bool(subject["name"] == self.user)


class Reviewer:
    """The administrator, who asks the API server over one connection what others may do."""

    def __init__(self, server: ApiServer) -> None:
        self._connection = server.connection()
        self._headers = server.bearer() | {"Content-Type": "application/json"}

    def close(self) -> None:
        self._connection.close()

    def __call__(
        self,
        who: Requester,
        verb: str,
        namespace: str,
        name: str = "",
        group: str = GATEWAY_GROUP,
        resource: str = "referencegrants",
    ) -> bool:
        resource, _, subresource = resource.partition("/")
        attributes = {"verb": verb, "group": group, "resource": resource, "namespace": namespace, "name": name}
        attributes["subresource"] = subresource
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "spec": {"user": who.user, "groups": who.groups, "resourceAttributes": attributes},
        }
        path = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
        self._connection.request("POST", path, json.dumps(review), self._headers)
        answer = self._connection.getresponse()
        body = json.loads(answer.read())
        assert answer.status == http.client.CREATED, body
        return bool(body["status"]["allowed"])


class Put:
    """Creates RBAC objects on the cluster, and deletes those without a namespace after the test."""

    def __init__(self, server: ApiServer, review: Reviewer, suffix: str) -> None:
        self._server = server
        self._review = review
        self._suffix = suffix
        self._left: dict[str, JSON] = {}
        self._times = 0

    def __call__(self, *objects: JSON) -> None:
        """Return once the objects are in force. The server learns of objects of each kind in the order of writing."""
        self._times += 1
        name = f"last-{self._times}-{self._suffix}"
        last = Requester(name)
        everywhere = [role(name, rule("update")), binding(name, f"ClusterRole/{name}", user(name))]
        local = [role(name, rule("patch"), namespace="default")]
        local.append(binding(name, f"Role/{name}", user(name), namespace="default"))
        self._server.apply(*objects, *everywhere, *local)
        self._left |= {path_of(obj): obj for obj in (*objects, *everywhere) if "namespace" not in obj["metadata"]}
        self._server.wait_until(
            lambda: all(self._review(last, verb, "default") for verb in ("update", "patch")),
            "honour new bindings",
            access.IN_FORCE_WITHIN,
        )

    def clean(self) -> None:
        self._server.delete(*self._left.values())


@dataclass(frozen=True)
class Listed:
    """A report as data, and its answer about a request."""

    report: JSON
    status: int

    @property
    def subjects(self) -> list[JSON]:
        return [writer["subject"] for writer in self.report["writers"]]

    @property
    def remarks(self) -> list[str]:
        return [remark["message"] for remark in self.report["remarks"]]

    def allows(self, who: Requester, request: Request) -> bool:
        verb, namespace, name = request
        return any(
            who.is_subject(writer["subject"])
            and writer["namespace"] in (None, namespace)
            and any(
                each["verb"] == verb and (not each["names"] or name in each["names"]) for each in writer["permissions"]
            )
            for writer in self.report["writers"]
        ) or any(who.is_subject(subject) for subject in self.report["always"])


@dataclass(frozen=True)
class Asking:
    """The installed program, which is asked for data."""

    server: ApiServer
    refs: Program

    def __call__(self, *args: str, user: str = ADMINISTRATOR) -> Listed:
        done = self.refs(self.server.kubeconfig(user), "who-can", *args, "-o", "json")
        assert done.stderr == ""
        return Listed(json.loads(done.stdout), done.status)


def differences(
    listed: Listed, review: Reviewer, requesters: Iterable[Requester], requests: Sequence[Request]
) -> list[tuple[Requester, Request, bool]]:
    """Requests for which the list and the API server disagree, with the server's answer."""
    return [
        (who, request, said)
        for who in dict.fromkeys(requesters)
        for request in requests
        if (said := review(who, *request)) != listed.allows(who, request)
    ]


def requests_in(*namespaces: str) -> list[Request]:
    return [
        (verb, namespace, name)
        for namespace in namespaces
        for verb in VERBS
        for name in ("one", "two", "") if verb == "create" or name
    ]  # fmt: skip
