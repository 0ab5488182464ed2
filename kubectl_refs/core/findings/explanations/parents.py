"""REF01. and REF04.: whether a route may attach to its parent, or a ListenerSet to its Gateway, and is served there."""

from __future__ import annotations

from collections.abc import Mapping

from kubectl_refs.core.findings.explanations.explanation import Explanation
from kubectl_refs.core.model.codes import Code

PARENTS: Mapping[Code, Explanation] = {
    Code.NOT_ALLOWED_BY_LISTENERS: Explanation(
        "The parent exists, but no listener that the parentRef selects allows the route. A listener decides by "
        "`allowedRoutes`, which names namespaces and kinds; without it, a listener allows routes of its own namespace only, "
        "of the kinds that fit its protocol. A ReferenceGrant has no effect on parentRefs.",
        """\
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: public, namespace: infra}
spec:
  gatewayClassName: example
  listeners:
    # without allowedRoutes: routes of infra only
    - {name: http, protocol: HTTP, port: 80}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: site, namespace: frontend}
spec:
  parentRefs:
    - {name: public, namespace: infra}
""",
        "The owner of the parent can allow the route's namespace and kind in `allowedRoutes` of a listener. Or set "
        "`sectionName` in the parentRef to a listener that already allows the route.",
    ),
    Code.NO_MATCHING_PARENT: Explanation(
        "The parent exists, but it has no listener with the `sectionName` and the `port` of the parentRef, or it has "
        "no listeners at all. Names of listeners are compared exactly. Or the parent is an HTTPRoute, which "
        "implementations with delegation take as a parent, and none of its backendRefs delegates to this route.",
        """\
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: public, namespace: infra}
spec:
  gatewayClassName: example
  listeners:
    - {name: http, protocol: HTTP, port: 80}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: site, namespace: infra}
spec:
  parentRefs:
    - {name: public, sectionName: htpp}  # http is expected
""",
        "Write the name or the port of a listener that the parent has; the finding lists their names. Without `sectionName` "
        "and `port` the parentRef selects all listeners.",
    ),
    Code.NO_MATCHING_HOSTNAME: Explanation(
        "A listener allows the namespace and the kind of the route, but its `hostname` has no name in common with "
        "the `hostnames` of the route. A hostname like `*.example.com` covers every name that ends in `.example.com`; it does "
        "not cover `example.com` itself.",
        """\
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: public, namespace: infra}
spec:
  gatewayClassName: example
  listeners:
    - {name: http, protocol: HTTP, port: 80, hostname: "*.example.com"}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: site, namespace: infra}
spec:
  hostnames: [example.org]
  parentRefs:
    - {name: public}
""",
        "Change the `hostnames` of the route or the `hostname` of the listener so that they have a name in common, "
        "or add a listener for the route's hostnames. If another listener has the route's hostname but does not "
        "admit the route, allow the route's namespace or kind in the `allowedRoutes` of that listener.",
    ),
    Code.PARENT_NOT_FOUND: Explanation(
        "The object that the parentRef names does not exist. Controllers usually write no status for such a parent, "
        "so the status of the route or ListenerSet does not show this.",
        """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: site, namespace: frontend}
spec:
  parentRefs:
    # there is no Gateway public in infra
    - {name: public, namespace: infra}
""",
        "Correct the name or the namespace in the parentRef, or create the parent.",
    ),
    Code.PARENT_KIND: Explanation(
        "The parentRef names a kind that does not exist here, or one whose rules for parents are not known. The "
        'default group of a parentRef is gateway.networking.k8s.io, so a Service as a parent needs `group: ""`. '
        "Where the kind exists but its rules are up to its implementation, it is not known whether the parent takes "
        "the object.",
        """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: site, namespace: frontend}
spec:
  parentRefs:
    - {kind: Service, name: site, port: 80}  # group: "" is missing
""",
        "Write the group and kind of the parent as `kubectl api-resources` lists them. If its CRD is not installed, "
        "install it. If its rules are up to the implementation, see the documentation of the implementation.",
    ),
    Code.NOT_ALLOWED_BY_GATEWAY: Explanation(
        "The ListenerSet names a Gateway as its parent, and `allowedListeners` of the Gateway does not allow ListenerSets of "
        "this namespace. Without `allowedListeners`, a Gateway allows none. A ReferenceGrant has no effect on this.",
        """\
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: public, namespace: infra}
spec:
  gatewayClassName: example
  listeners:
    - {name: http, protocol: HTTP, port: 80}
---
apiVersion: gateway.networking.k8s.io/v1
kind: ListenerSet
metadata: {name: shop, namespace: frontend}
spec:
  # the Gateway has no allowedListeners
  parentRef: {name: public, namespace: infra}
  listeners:
    - {name: shop, protocol: HTTP, port: 8080}
""",
        "The owner of the Gateway can allow the namespace in `spec.allowedListeners.namespaces`.",
    ),
    Code.ROUTE_KINDS: Explanation(
        "`allowedRoutes.kinds` of the listener names a kind of route that the listener's protocol cannot carry. No such route "
        "can attach to the listener.",
        """\
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: public, namespace: infra}
spec:
  gatewayClassName: example
  listeners:
    # HTTPRoute or GRPCRoute
    - name: http
      protocol: HTTP
      port: 80
      allowedRoutes: {kinds: [{kind: TCPRoute}]}
""",
        "Name only kinds that the protocol of the listener carries, or leave `kinds` out to allow all of them.",
    ),
    Code.PARENT_NOT_ACCEPTED: Explanation(
        "The parent is a ListenerSet that is not part of its own Gateway: the Gateway does not allow it or does not "
        "exist. The listeners of the ListenerSet are then not served, so a route attached to them gets no traffic "
        "from them.",
        """\
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: public, namespace: infra}
spec:
  gatewayClassName: example
  listeners:
    - {name: http, protocol: HTTP, port: 80}
---
apiVersion: gateway.networking.k8s.io/v1
kind: ListenerSet
metadata: {name: shop, namespace: frontend}
spec:
  # the Gateway has no allowedListeners
  parentRef: {name: public, namespace: infra}
  listeners:
    - {name: shop, protocol: HTTP, port: 8080}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: site, namespace: frontend}
spec:
  parentRefs:
    - {kind: ListenerSet, name: shop}
""",
        "Make the Gateway take the ListenerSet: see REF016 and REF014, which are reported on the ListenerSet itself.",
    ),
    Code.NOT_SERVED: Explanation(
        "All references may be in order, but nothing serves the object. A route has no parentRefs, or none of the "
        "listeners that admit it can serve it: a certificate is missing, a controller reports the listener or its "
        "parent as not accepted or not programmed, the GatewayClass does not exist, or the controller does not "
        "accept the route.",
        """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: site, namespace: frontend}
spec:  # without parentRefs
  rules:
    - backendRefs: [{name: site, port: 80}]
---
apiVersion: v1
kind: Service
metadata: {name: site, namespace: frontend}
spec: {ports: [{port: 80}]}
""",
        "Add parentRefs to the route, or mend the Gateway or ListenerSet that the finding names: `why` explains it.",
    ),
    Code.LEADS_NOWHERE: Explanation(
        "There is nowhere to send the requests that the rule takes: it has neither backendRefs nor a filter that "
        "answers them, such as RequestRedirect. In an HTTPRoute, such requests get HTTP 500. A misspelt field "
        "(`backendRef`) can leave such a rule too, because an API server may drop the field. A rule with an "
        "ExtensionRef is not reported, because the ExtensionRef may answer.",
        """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: site, namespace: frontend}
spec:
  parentRefs: [{name: gateway}]
  rules:
    - matches: [{path: {value: /api}}]  # without backendRefs
""",
        "Add backendRefs to the rule, or remove the rule.",
    ),
}
