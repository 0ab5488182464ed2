"""REF2..: what controllers report, where that differs from the specification."""

from __future__ import annotations

from collections.abc import Mapping

from kubectl_refs.core.findings.explanations.explanation import Explanation
from kubectl_refs.core.model.codes import Code

_GRANT = """\
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: api, namespace: backend}
spec:
  from:
  - {group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: frontend}
  to: [{group: "", kind: Service, name: api}]
---
"""
_GATEWAY = """\
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: example}
spec: {controllerName: example.com/controller}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: public, namespace: frontend}
spec:
  gatewayClassName: example
  listeners: [{name: http, protocol: HTTP, port: 80}]
---
"""
_SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: api, namespace: backend}
spec: {ports: [{port: 80}]}
---
"""


def _route(status: str) -> str:
    return f"""\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {{name: site, namespace: frontend, generation: 2}}
spec:
  parentRefs: [{{name: public}}]
  rules:
    - backendRefs:
        - {{name: api, namespace: backend, port: 80}}
status:
{status}"""


def _reported(condition: str, controller: str = "example.com/controller") -> str:
    """The route with one condition by a controller, for generation 2. `condition` has its fields, comma-separated."""
    fields = condition.replace(", ", "\n          ")
    return _route(f"""\
  parents:
    - parentRef: {{name: public}}
      controllerName: {controller}
      conditions:
        - type: ResolvedRefs
          {fields}
          observedGeneration: 2
""")


STATUSES: Mapping[Code, Explanation] = {
    Code.STALE_GENERATION: Explanation(
        "The controller wrote the status for an older generation of the object: `observedGeneration` is less than "
        "`metadata.generation`. What the status says may no longer be true.",
        _reported("status: 'True', reason: ResolvedRefs").replace(
            "observedGeneration: 2\n", "observedGeneration: 1  # generation 2 is expected\n"
        ),
        "Wait a moment. If the finding persists, check that the controller is running, and read its log.",
    ),
    Code.STALE_GRANT: Explanation(
        "The condition is False, and it was written before the ReferenceGrant that now permits the reference. "
        "Writing a ReferenceGrant does not change the generation of the object that holds the reference, and some "
        "controllers do not watch ReferenceGrants.",
        _GRANT.replace(
            "metadata: {name: api, namespace: backend}\n",
            "metadata:\n  name: api\n  namespace: backend\n  creationTimestamp: '2026-01-02T10:00:00Z'\n",
        )
        + _SERVICE
        + _reported("status: 'False', reason: RefNotPermitted, lastTransitionTime: '2026-01-01T10:00:00Z'"),
        "Wait a moment. If the finding persists, check that the controller is running, and read its log. A "
        "controller that does not watch ReferenceGrants looks at the object again when its spec changes, or when the "
        "controller restarts.",
    ),
    Code.NOT_REVOKED: Explanation(
        "The controller reports the references as resolved, although one of them lacks the ReferenceGrant that it "
        "needs. The controller is known to ask for ReferenceGrants, so perhaps one that permitted the reference was "
        "deleted or changed. Until the controller notices that, access may continue.",
        _reported("status: 'True', reason: ResolvedRefs", "gateway.envoyproxy.io/gatewayclass-controller"),
        "Wait a moment. If the finding persists, there may be access without a grant: check that the controller is "
        "running, and read its log.",
    ),
    Code.NOT_ENFORCED: Explanation(
        "The controller reports the references as resolved, although one of them lacks the ReferenceGrant that it "
        "needs. The controller does not enforce ReferenceGrants, at least in some release or mode, or it has not "
        "noticed that one is gone. If it does not enforce them, anybody who may write such a reference can reach "
        "into other namespaces.",
        _reported("status: 'True', reason: ResolvedRefs"),
        "Have the controller enforce ReferenceGrants. If the access is wanted, create the ReferenceGrant: without "
        "it, a release that enforces them refuses the reference.",
    ),
    Code.NOT_PORTABLE: Explanation(
        "The controller reports the references as resolved, because it reads a ReferenceGrant less strictly than the "
        'specification does, for example the group `core` as `""`. Other controllers, and later releases of this one, refuse '
        "the reference.",
        _GRANT.replace('group: ""', "group: core")
        + _SERVICE
        + _reported("status: 'True', reason: ResolvedRefs", "traefik.io/gateway-controller"),
        'Write the ReferenceGrant as the specification asks: the core group is `""`.',
    ),
    Code.UNSUPPORTED_BY_CONTROLLER: Explanation(
        "The controller does not support something that the specification permits or leaves to controllers: ReferenceGrants, "
        "between these kinds or at all; the kind or type of a target; or a route kind that a listener lists. Where the "
        "controller has not reported anything yet, the finding is on the reference, and is based on what is known of the "
        "controller that the GatewayClass names.",
        _GRANT.replace('group: "", kind: Service', "group: multicluster.x-k8s.io, kind: ServiceImport")
        + _SERVICE.replace("apiVersion: v1", "apiVersion: multicluster.x-k8s.io/v1alpha1").replace(
            "Service\n", "ServiceImport\n"
        )
        + _reported("status: 'False', reason: RefNotPermitted", "istio.io/gateway-controller").replace(
            "{name: api, namespace: backend, port: 80}",
            "group: multicluster.x-k8s.io\n          kind: ServiceImport\n          name: api\n          namespace: backend\n"
            "          port: 80",
        ),
        "Use what the controller supports, or another implementation. Where the controller asks for a ReferenceGrant in "
        "a mesh, create one.",
    ),
    Code.CONTROLLER_DEFECT: Explanation(
        "The status differs from what the specification asks for, and a known defect of some releases of this controller "
        "explains it. The finding names the defect, and the releases as far as they are known.",
        _GRANT.replace(
            'to: [{group: "", kind: Service, name: api}]',
            'to:\n  - {group: "", kind: Service, name: api}\n  - {group: "", kind: Service, name: other}',
        )
        + _SERVICE
        + _reported("status: 'False', reason: RefNotPermitted", "istio.io/gateway-controller"),
        "Compare the release of the controller with those that the finding names, and do what the finding advises.",
    ),
    Code.CONTRADICTION: Explanation(
        "The status differs from what the specification asks for, and nothing that is known here explains it. The controller "
        "may not support the kind of the target, may not watch its namespace, or may not have noticed a change.",
        _GRANT + _SERVICE + _reported("status: 'False', reason: RefNotPermitted"),
        "Wait a moment, then check that the controller is running, and read its log. A controller that does not "
        "watch ReferenceGrants looks at the object again when its spec changes, or when the controller restarts.",
    ),
    Code.OTHER_CAUSE: Explanation(
        "The controller reports a condition as False for a reason that is not checked here, such as a protocol that "
        "it does not support, or the content of a Secret. By what is checked here, the condition would be True.",
        _GRANT + _SERVICE + _reported("status: 'False', reason: UnsupportedProtocol, message: h2c is not supported"),
        "Read the message of the controller in the finding.",
    ),
    Code.UNDECIDED: Explanation(
        "The controller wrote the condition with status Unknown: it has not decided yet. The findings on the "
        "references do not depend on it.",
        _reported("status: Unknown, reason: Pending"),
        "Wait a moment. If the finding persists, check that the controller is running, and read its log.",
    ),
    Code.NO_STATUS: Explanation(
        "A condition that controllers write is missing. Perhaps no controller runs for the class, none watches the "
        "namespace, or the parent does not exist; some controllers write nothing about what they reject. The "
        "findings on the references do not depend on it.",
        _route("  parents: []\n"),
        "Check that the controller of the GatewayClass is running, and read its log.",
    ),
    Code.OTHER_CONTROLLER: Explanation(
        "An entry of the status is about a Gateway, but from another controller than the one that the GatewayClass names. "
        "It may be left over from an earlier controller, as after a migration. It decides nothing: only the controller that "
        "the class names handles the Gateway.",
        _GATEWAY + _GRANT + _SERVICE + _reported("status: 'False', reason: RefNotPermitted", "example.com/earlier"),
        "Nothing has to be done. If that controller no longer runs, its entry can be removed from the status.",
    ),
}
