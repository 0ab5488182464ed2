"""REF00.: whether a reference into another namespace is permitted."""

from __future__ import annotations

from collections.abc import Mapping

from kubectl_refs.core.findings.explanations.explanation import Explanation
from kubectl_refs.core.model.codes import Code

PERMISSIONS: Mapping[Code, Explanation] = {
    Code.NO_GRANT: Explanation(
        "The reference leads into another namespace, and that namespace has no ReferenceGrant. Such a reference "
        "is refused unless a ReferenceGrant there permits it. This does not depend on whether the target "
        "exists.",
        """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: site, namespace: frontend}
spec:
  rules:
    - backendRefs:
        # there is no ReferenceGrant in backend
        - {name: api, namespace: backend, port: 80}
""",
        "Create a ReferenceGrant in the target's namespace. Its `from` names the group, kind and namespace of the object "
        "that holds the reference, its `to` the group, kind and name of the target. `kubectl refs why` and `kubectl refs "
        "fix` print it. If the message says that the target does not exist either, correct the reference or create the target "
        "first.",
    ),
    Code.NEAR_MISS: Explanation(
        "The target's namespace has ReferenceGrants, but none of them permits the reference. A ReferenceGrant "
        "permits it if one `from` entry has the group, kind and namespace of the object that holds the reference, "
        "and one `to` entry has the group and kind of the target and either its name or no name. The values are "
        "compared exactly: there are no wildcards, plurals or short names.",
        """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: site, namespace: frontend}
spec:
  rules:
    - backendRefs:
        - {name: api, namespace: backend, port: 80}
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: api, namespace: backend}
spec:
  # frontend is expected
  from:
  - {group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: fronted}
  to: [{group: "", kind: Service, name: api}]
""",
        "If the message says that the target does not exist either, correct the reference or create the target "
        "first: until then no ReferenceGrant helps. Otherwise correct the fields in which the nearest ReferenceGrant "
        "differs, or create another one. `kubectl refs why` shows the nearest ReferenceGrants field by field.",
    ),
    Code.MISPLACED_GRANT: Explanation(
        "A ReferenceGrant that seems meant for this reference is not in the namespace of the target. A "
        "ReferenceGrant permits references into its own namespace only, so it has no effect on this one.",
        """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: site, namespace: frontend}
spec:
  rules:
    - backendRefs:
        - {name: api, namespace: backend, port: 80}
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: api, namespace: frontend}  # backend is expected
spec:
  from:
  - {group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: frontend}
  to: [{group: "", kind: Service, name: api}]
""",
        "Create the ReferenceGrant in the target's namespace. Delete the misplaced one if no other reference uses it.",
    ),
    Code.LOCAL_ONLY: Explanation(
        "The field has a `namespace`, but it may only be the namespace of the object that holds the reference. No "
        "ReferenceGrant can permit another namespace in this field.",
        """\
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: Backend
metadata: {name: upstream, namespace: frontend}
spec:
  tls:
    # only frontend is possible
    clientCertificateRef: {name: client, namespace: certs}
""",
        "Copy or move the target into the namespace of the object that references it.",
    ),
    Code.UNGRANTED_IN_MESH: Explanation(
        "The parents of the route belong to a service mesh, not to a Gateway, and no ReferenceGrant permits one of its "
        "references into another namespace. Most meshes do not ask for a ReferenceGrant there (GEP-1294), so the reference "
        "may work today. `kubectl refs check --ungranted` reports it because a mesh that enforces ReferenceGrants refuses "
        "it.",
        """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: site, namespace: frontend}
spec:
  parentRefs:
    - {group: "", kind: Service, name: site}
  rules:
    - backendRefs:
        # there is no ReferenceGrant in backend
        - {name: api, namespace: backend, port: 80}
""",
        "Create a ReferenceGrant in the target's namespace before the mesh asks for one.",
    ),
    Code.OUTDATED_GRANT: Explanation(
        "A grant in the manifests would permit the reference, but no current API server takes it: it is a "
        "ReferencePolicy, which ReferenceGrant replaced in Gateway API 0.5; or a ReferenceGrant of version "
        "`v1alpha2`, which has not been served since Gateway API 1.2; or its kind or group is wrong, such as "
        "ReferenceGrants or `networking.k8s.io`.",
        """\
apiVersion: v1
kind: Service
metadata: {name: api, namespace: backend}
spec: {ports: [{port: 80}]}
---
apiVersion: gateway.networking.k8s.io/v1alpha2  # v1beta1 is expected
kind: ReferenceGrant
metadata: {name: from-frontend, namespace: backend}
spec:
  from:
  - {group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: frontend}
  to: [{group: "", kind: Service}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: site, namespace: frontend}
spec:
  rules:
    - backendRefs:
        - {name: api, namespace: backend, port: 80}
""",
        "Write the same `spec` in an object of kind ReferenceGrant and of a version that the cluster serves, "
        "`gateway.networking.k8s.io/v1beta1` or `v1`.",
    ),
    Code.UNGRANTED_BY_DEFAULT: Explanation(
        "The reference leads into another namespace and no ReferenceGrant permits it. Its implementation asks for "
        "one only in a mode that is not its default, so as far as is known the reference is allowed. The mode that a "
        "controller runs in is not visible here.",
        """\
apiVersion: gateway.kgateway.dev/v1alpha1
kind: TrafficPolicy
metadata: {name: auth, namespace: frontend}
spec:
  extAuth:
    # refused with KGW_REFERENCE_GRANT_MODE=STRICT
    extensionRef: {name: sso, namespace: shared}
---
apiVersion: gateway.kgateway.dev/v1alpha1
kind: GatewayExtension
metadata: {name: sso, namespace: shared}
spec:
  type: ExtAuth
""",
        "Nothing needs to change. Create a ReferenceGrant in the target's namespace before that mode is set.",
    ),
    Code.UNGRANTED_COPY: Explanation(
        "The reference itself is allowed. But its implementation generates another object, in the same namespace, "
        "from the object that holds the reference, and copies into it the reference, or the one that the target "
        "holds. The copied reference leads into another namespace, and needs a ReferenceGrant whose `from` names the "
        "kind of the generated object. This finding appears for manifests only: on a cluster the generated object "
        "itself is checked.",
        """\
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: AIGatewayRoute
metadata: {name: chat, namespace: apps}
spec:
  rules:
  - backendRefs:
    - {name: llm, namespace: models}
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: apps-to-models, namespace: models}
spec:
  # and none from HTTPRoute
  from:
  - {group: aigateway.envoyproxy.io, kind: AIGatewayRoute, namespace: apps}
  to: [{group: aigateway.envoyproxy.io, kind: AIServiceBackend, name: llm}]
---
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: AIServiceBackend
metadata: {name: llm, namespace: models}
spec:
  # written into HTTPRoute apps/chat
  backendRef: {group: gateway.envoyproxy.io, kind: Backend, name: llm}
""",
        "Create a ReferenceGrant in the namespace that the generated object references. Its `from` names the kind "
        "and the namespace of the generated object.",
    ),
    Code.EXTERNAL_NAME: Explanation(
        "The reference is allowed, but its Service is of type ExternalName: it stands for a DNS name, here that of a "
        "Service in a third namespace. ReferenceGrants are checked for the referenced Service only, not for the one "
        "behind the DNS name, so the owner of that namespace is not asked at all. Implementations should not support "
        "such Services as backends (CVE-2021-25740); those that do let anybody who may write Services reach any "
        "Service of the cluster. It is not reported where the DNS name leads into the namespace of the referrer or "
        "of the Service itself, or where a ReferenceGrant permits the direct reference as well.",
        """\
apiVersion: v1
kind: Service
metadata: {name: shortcut, namespace: frontend}
# nobody in billing permits this
spec: {type: ExternalName, externalName: ledger.billing.svc.cluster.local}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: site, namespace: frontend}
spec:
  rules:
    - backendRefs:
        - {name: shortcut, port: 80}
""",
        "Reference the Service that the DNS name leads to, with a ReferenceGrant in its namespace, and delete the "
        "Service of type ExternalName. Where no implementation needs to support such Services, have an admission "
        "policy refuse them.",
    ),
    Code.ENDING_PERMISSION: Explanation(
        "The reference is allowed now, but every ReferenceGrant that permits it is being deleted: it has a "
        "`deletionTimestamp`, and only a finalizer still keeps it. While it exists, it permits the reference as "
        "before; once it is gone, the reference is refused.",
        """\
apiVersion: v1
kind: Service
metadata: {name: api, namespace: backend}
spec: {ports: [{port: 80}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: ReferenceGrant
metadata:
  name: api
  namespace: backend
  deletionTimestamp: "2026-01-01T00:00:00Z"
  finalizers: [example.com/kept]
spec:
  from:
  - {group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: frontend}
  to: [{group: "", kind: Service, name: api}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: site, namespace: frontend}
spec:
  rules:
    - backendRefs:
        - {name: api, namespace: backend, port: 80}
""",
        "If the reference is to stay allowed, write another ReferenceGrant in the target's namespace. A deletion cannot be undone.",
    ),
    Code.UNREADABLE: Explanation(
        "The reference may or may not work: something that decides this could not be read. You may lack a "
        "permission, the API server may not have answered, the server may not serve ReferenceGrant, or the manifests "
        "may not hold the object. The finding says what.",
        """\
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: public, namespace: infra}
spec:
  gatewayClassName: example
  listeners:
    - name: http
      protocol: HTTP
      port: 80
      allowedRoutes:
        namespaces: {from: Selector, selector: {matchLabels: {team: shop}}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
# Namespace frontend is not here, so its labels are not known
metadata: {name: site, namespace: frontend}
spec:
  parentRefs:
    - {name: public, namespace: infra}
""",
        "Look at the lines that begin with `not read`: they name each request that failed, and why. Ask for the permission, "
        "or ask the owner of the target's namespace. With `-f`, add the missing objects to the manifests.",
    ),
}
