"""REF02. and REF03.: whether the target of a reference exists and can be used."""

from __future__ import annotations

from collections.abc import Mapping

from kubectl_refs.core.findings.explanations.explanation import Explanation
from kubectl_refs.core.model.codes import Code

TARGETS: Mapping[Code, Explanation] = {
    Code.TARGET_NOT_FOUND: Explanation(
        "Nothing refuses the reference, but its target does not exist. What is missing is the object itself, its "
        "listener, port or rule that `sectionName` names, or a host that a service mesh does not know. Where the "
        "namespace does not exist either, the finding says so.",
        """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: site, namespace: frontend}
spec:
  rules:
    - backendRefs:
        - {name: app, port: 80}  # there is no Service app in frontend
""",
        "Correct the name, the namespace or the `sectionName`, or create the target. The finding names a similar one if "
        "it found one.",
    ),
    Code.NAMESPACE_OMITTED: Explanation(
        "The reference has no `namespace`, so it means the namespace of the object that holds it. The target does "
        "not exist there, but an object of that name exists in another namespace. An object that is in no namespace, "
        "such as a GatewayClass, always has to name the namespace of its target.",
        """\
apiVersion: v1
kind: Service
metadata: {name: api, namespace: backend}
spec: {ports: [{port: 80}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: site, namespace: frontend}
spec:
  rules:
    - backendRefs:
        - {name: api, port: 80}  # namespace: backend is missing
""",
        "If the object in the other namespace is meant, write that namespace into the reference. It may then need "
        "permission: a ReferenceGrant in that namespace, or for a parentRef `allowedRoutes` of the parent. Where "
        "nothing permits it yet, the names may be the same by chance, and the change is a best guess.",
    ),
    Code.KIND_NOT_SUPPORTED: Explanation(
        "The target's kind does not exist, or this field cannot reference it. Group and kind are compared exactly: "
        '`Service` is expected, not `service` or `services`, and the group of a Service is `""`. `kubectl refs '
        "can-i` also gives this answer where no field of the referrer's kind can name another namespace.",
        """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: site, namespace: frontend}
spec:
  rules:
    - backendRefs:
        - {kind: services, name: app, port: 80}  # Service is expected
""",
        "Write the group and kind of a kind that the field takes, as `kubectl api-resources` lists them. If the CRD "
        "of the kind is not installed, install it.",
    ),
    Code.PORT_NOT_FOUND: Explanation(
        "The target exists, but not with the port that the reference needs: it has no such port, the port has another "
        "protocol (a UDPRoute needs a UDP port), or the reference to a Service names no port. The number is that of "
        "`spec.ports[].port` of the Service, not its `targetPort`. A Backend of kgateway must be named without a port.",
        """\
apiVersion: v1
kind: Service
metadata: {name: app, namespace: frontend}
spec: {ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: site, namespace: frontend}
spec:
  rules:
    - backendRefs:
        - {name: app, port: 8080}  # 80 is expected
""",
        "Write the number of a port that the target has, or add the port to the Service.",
    ),
    Code.CONTENT: Explanation(
        "The Secret or ConfigMap exists, but it does not hold a certificate in the form that the field needs: a "
        "Secret of type `kubernetes.io/tls` with `tls.crt` and the `tls.key` that belongs to it, or `ca.crt` for a "
        "CA, all in PEM. Only manifests are checked for this; a cluster is never asked for the content of Secrets. A Secret that "
        "an ExternalSecret, a SealedSecret or a kustomization is to make is `Opaque` unless that names another type. If a "
        "certificate is needed, any type but `kubernetes.io/tls` is a warning.",
        """\
apiVersion: v1
kind: Secret
metadata: {name: cert, namespace: infra}
type: kubernetes.io/tls
stringData: {tls.crt: not a certificate}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: public, namespace: infra}
spec:
  gatewayClassName: example
  listeners:
    - name: https
      protocol: HTTPS
      port: 443
      tls: {certificateRefs: [{name: cert}]}
""",
        "Create the Secret anew, for example with `kubectl create secret tls NAME --cert=FILE --key=FILE`; the finding says "
        "which part is wrong.",
    ),
    Code.NEAR_TARGET: Explanation(
        "The manifests are only a part of a cluster. The target or parent is not among them, so it is assumed to "
        "exist elsewhere. But the manifests hold an object that differs from it in one respect only, such as its "
        "namespace or a letter of its name: perhaps that object is meant.",
        """\
apiVersion: v1
kind: Service
metadata: {name: checkout, namespace: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: site, namespace: shop}
spec:
  rules:
    - backendRefs:
        - {name: chekout, port: 80}  # checkout is among the manifests
""",
        "Correct the reference if the other object is meant; the finding says which. If the target is right and is "
        "created elsewhere, leave the finding out with `--ignore`.",
    ),
    Code.NEWLY_INVALID: Explanation(
        "The reference works with the CRDs of earlier releases, but the experimental CRDs of Gateway API 1.7 and later refuse "
        "it: an XBackend holds its port itself, so a reference to one must not name a port, and a ClusterTrustBundle is in no "
        "namespace, so a reference to one must not name a namespace.",
        """\
apiVersion: gateway.networking.x-k8s.io/v1alpha1
kind: XBackend
metadata: {name: api, namespace: frontend}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: site, namespace: frontend}
spec:
  rules:
    - backendRefs:
        - group: gateway.networking.x-k8s.io
          kind: XBackend
          name: api
          port: 443  # no port is expected
""",
        "Leave the field out that the finding names.",
    ),
    Code.MALFORMED: Explanation(
        "The field holds something that is not a reference: a value of the wrong type, a mapping without a name, or "
        "one whose port or weight is not an integer that the API has, such as the name of the port, or whose namespace "
        "has a name that no namespace can have, such as `*`. Or an earlier entry of the list names the same parent, or the "
        "same target of a policy, and the two do not differ in `sectionName`. Or the `tls` of a listener contradicts its protocol: "
        "HTTP, TCP and UDP have none, and with HTTPS its mode cannot be Passthrough. An API server refuses such an object, "
        "so this appears in manifests only, and the manifest must be corrected by hand.",
        """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: site, namespace: frontend}
spec:
  rules:
    - backendRefs:
        - app:80  # {name: app, port: 80} is expected
""",
        "Write a mapping with the name of the target, and with its group, kind, namespace and port where the field needs "
        "them. Of two references to one object, leave one out, or give each its own `sectionName`.",
    ),
    Code.UNKNOWN_FIELD: Explanation(
        "The kind has no such field. `kubectl apply` refuses the manifest (`unknown field`). Applied without that "
        "validation, the object loses the field: a `to` entry with a misspelt `name` permits every object of the "
        "kind, and a route with `backendRef` in place of `backendRefs` leads nowhere. All fields of a ReferenceGrant "
        "are checked. In the Gateway API's other kinds, only names that resemble a field which leads to a reference "
        "or is part of one are checked, and a `namespace` in a reference that has no such field, such as an "
        "`extensionRef`. This finding appears for manifests only.",
        """\
apiVersion: gateway.networking.k8s.io/v1
kind: ReferenceGrant
metadata: {name: api, namespace: backend}
spec:
  from:
  # from has no name: it permits all HTTPRoutes in frontend
  - group: gateway.networking.k8s.io
    kind: HTTPRoute
    namespace: frontend
    name: site
  to: [{group: "", kind: Service, name: api}]
""",
        "Write the field that is meant, or remove this one.",
    ),
    Code.UNKNOWN_KIND: Explanation(
        "No API server has such a kind, so `kubectl apply` refuses the object (`no matches for kind`), and its references are "
        "not looked at. The kind is nearly that of a route, a Gateway or another kind of the Gateway API that holds references "
        "(`HttpRoute`, `Gateways`), or its group is one that is taken for the Gateway API's (`networking.gateway.k8s.io`, as in "
        "GEP-709, or `networking.x-k8s.io`, of its first releases). Kinds of other projects' groups are left alone. Or the kind "
        "exists, but not in this version: no release serves it any more or ever did, such as HTTPRoute in `v1alpha2`, or the "
        "cluster does not. Then its references are judged as those of the version that is served. It appears in manifests only.",
        """\
apiVersion: gateway.networking.k8s.io/v1
kind: HttpRoute  # HTTPRoute
metadata: {name: site, namespace: frontend}
spec:
  rules:
    - backendRefs:
        - {name: api, namespace: backend, port: 80}
""",
        "Write the kind and the apiVersion that are meant.",
    ),
}
