"""REF10. and REF11.: what is wrong with a ReferenceGrant, or wider than necessary."""

from __future__ import annotations

from collections.abc import Mapping

from kubectl_refs.core.findings.explanations.explanation import Explanation
from kubectl_refs.core.model.codes import Code

GRANTS: Mapping[Code, Explanation] = {
    Code.NEVER_MATCHES: Explanation(
        "The ReferenceGrant, or the entry that the finding names, permits no reference that can work. For example, "
        "no kind here has its group and kind, no field of the referrer's kind takes the target's, as no field of an "
        "HTTPRoute takes a Secret, a required field is missing or `*`, or a list has no entries or more "
        "than the 16 that an API server takes. The API server accepts a wrong group or kind, and a ReferenceGrant "
        "has no status, so nothing else reports the mistake. A reference that names the same wrong kind does match, "
        "but it cannot work either.",
        """\
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: api, namespace: backend}
spec:
  from:
  - {group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: frontend}
  to: [{group: core, kind: Service, name: api}]  # group "" is expected
""",
        "Correct the field that the finding names, or delete the entry. The core group, of Services and Secrets, is written "
        '`""`.',
    ),
    Code.NO_EFFECT_ON_PARENTS: Explanation(
        "The ReferenceGrant permits routes to reference a Gateway or ListenerSet, or ListenerSets to reference a Gateway, but "
        "none of these references one as a backend. A ReferenceGrant has no effect on parentRefs: only `allowedRoutes` of the "
        "listeners decides whether a route may attach, and only `allowedListeners` of the Gateway whether a ListenerSet may.",
        """\
apiVersion: v1
kind: Namespace
metadata: {name: frontend}
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: attach, namespace: infra}
spec:
  from:
  - {group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: frontend}
  to: [{group: gateway.networking.k8s.io, kind: Gateway, name: public}]
""",
        "Allow the routes in `allowedRoutes` of the listener, or the ListenerSets in `allowedListeners` of the Gateway, and "
        "delete the entry or the ReferenceGrant.",
    ),
    Code.FROM_NAMESPACE_MISSING: Explanation(
        "A `from` entry names a namespace that does not exist, so nothing uses the entry today. Whoever creates a "
        "namespace of that name later gets the permission at once.",
        """\
apiVersion: v1
kind: Namespace
metadata: {name: frontend}
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
        "Correct the namespace, or delete the entry.",
    ),
    Code.TO_NAME_MISSING: Explanation(
        "A `to` entry names an object that does not exist in the namespace of the ReferenceGrant. References to it are "
        "permitted, but they do not work while the object is missing.",
        """\
apiVersion: v1
kind: Namespace
metadata: {name: frontend}
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: api, namespace: backend}
spec:
  from:
  - {group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: frontend}
  # there is no Service api in backend
  to: [{group: "", kind: Service, name: api}]
""",
        "Correct the name, create the object, or delete the entry if no reference uses it.",
    ),
    Code.NO_KNOWN_USER: Explanation(
        "None of the objects that could be read has a reference that this ReferenceGrant permits. That does not "
        "prove the ReferenceGrant unused: an object may be created later, or may use it in a way that is not known "
        "here.",
        """\
apiVersion: v1
kind: Namespace
metadata: {name: frontend}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: backend}
spec: {ports: [{port: 80}]}
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: api, namespace: backend}
spec:
  # with no such HTTPRoute
  from:
  - {group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: frontend}
  to: [{group: "", kind: Service, name: api}]
""",
        "Ask the owners of the namespaces in `from` whether they need the ReferenceGrant. Delete it if they do not.",
    ),
    Code.REDUNDANT: Explanation(
        "Other ReferenceGrants of the namespace permit everything that this one permits. Deleting it changes "
        "nothing. Where several permit the same, those to keep are not reported: all that are reported can be "
        "deleted together.",
        """\
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: api, namespace: backend}
spec:
  from:
  - {group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: frontend}
  to: [{group: "", kind: Service, name: api}]
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: api-again, namespace: backend}  # the same once more
spec:
  from:
  - {group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: frontend}
  to: [{group: "", kind: Service, name: api}]
""",
        "Delete the ReferenceGrant.",
    ),
    Code.ANY_NAME: Explanation(
        "A `to` entry has no `name`, so it permits references to every object of its kind in the namespace, "
        "including those that are created later. For Secrets this is an error: every Secret of the namespace may be "
        "referenced, whatever it holds.",
        """\
apiVersion: v1
kind: Namespace
metadata: {name: infra}
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: certificates, namespace: certs}
spec:
  from:
  - {group: gateway.networking.k8s.io, kind: Gateway, namespace: infra}
  to: [{group: "", kind: Secret}]  # every Secret of certs
""",
        "Write a `to` entry with a `name` for each object that is meant. The finding's change does that where all "
        "users are known.",
    ),
    Code.UNUSED_PAIRS: Explanation(
        "Every `from` entry is combined with every `to` entry, and no known reference uses some of these permissions. The "
        "ReferenceGrant may permit more than was meant.",
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
        - {name: api, namespace: backend, port: 80}
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: api, namespace: backend}
spec:
  from:
    - group: gateway.networking.k8s.io
      kind: HTTPRoute
      namespace: frontend
    # with no such GRPCRoute
    - group: gateway.networking.k8s.io
      kind: GRPCRoute
      namespace: frontend
  to: [{group: "", kind: Service, name: api}]
""",
        "Remove the entries that are not needed, or split the ReferenceGrant into several. The finding's change "
        "keeps every permission that is used.",
    ),
    Code.OWN_NAMESPACE: Explanation(
        "A `from` entry names the namespace that the ReferenceGrant is in. References within one namespace need no "
        "ReferenceGrant, so the entry adds nothing. It may be meant for references into other namespaces; a "
        "ReferenceGrant for those must be in the namespace of their target.",
        """\
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: api, namespace: backend}
spec:
  from:
  - {group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: backend}
  to: [{group: "", kind: Service, name: api}]
""",
        "Delete the entry, or create the ReferenceGrant in the namespace of the targets.",
    ),
    Code.NEW_PERMISSION: Explanation(
        "The baseline holds the access that a team has accepted, and the ReferenceGrant gives more: it is new, or it "
        "names a namespace, kind or object that it did not name before, or it no longer names an object. The name of "
        "the ReferenceGrant does not matter, and access within a wider accepted one is not new. An entry that never "
        "matches (REF101) gives no access until its kind is served, and an entry for the ReferenceGrant's own "
        "namespace (REF109) gives none at all. Only a baseline that holds permissions produces this finding; "
        "baselines written by earlier versions hold none.",
        """\
# With --baseline of a file that holds no permission:
# {"findings": [], "permissions": []}
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: api, namespace: backend}
spec:
  from:
  - {group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: frontend}
  to: [{group: "", kind: Service, name: api}]
""",
        "Look at who gets access to what. If that is meant, accept it: run the same check with `--write-baseline`, "
        "and commit the file. If not, remove the entry from the ReferenceGrant.",
    ),
    Code.IN_ANOTHER_NAMESPACE: Explanation(
        "The ReferenceGrant names the referrer and the target of a refused reference, but it is not in the target's "
        "namespace. A ReferenceGrant permits references into its own namespace only. Often `-n` was left out, and "
        "the ReferenceGrant ended up in `default`. Where something uses the ReferenceGrant in its present namespace, "
        "or where that is not known, it may be meant for that namespace, for the target's, or for both.",
        """\
apiVersion: v1
kind: Service
metadata: {name: api, namespace: backend}
spec: {ports: [{port: 80}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop, namespace: frontend}
spec:
  rules: [{backendRefs: [{name: api, namespace: backend, port: 80}]}]
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: api, namespace: default}  # namespace backend is expected
spec:
  from:
  - {group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: frontend}
  to: [{group: "", kind: Service, name: api}]
""",
        "Create the ReferenceGrant in the namespace of the target. Then delete this one if nothing uses it.",
    ),
}
