"""Scenarios that turn out differently on a real API server, and why. A row that is no longer true fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


def _each(reasons: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for reason, names in reasons.items():
        yield from ((name, reason) for name in names.split())


LEFT_OUT = dict(
    _each(
        {
            "the schema of Gateway API's CRDs refuses what is written": """
                check/fields-that-are-misspelt check/hostile-strings check/one-parent-named-twice
                check/listeners-whose-tls-contradicts-their-protocol check/references-that-a-later-release-refuses grants/described-in-full graph/hostile-names
                why/a-grant-with-more-entries-than-an-api-server-takes why/from-namespace-left-out
                why/from-of-allowed-routes-in-lower-case
                why/from-namespace-wildcard why/gateway-parameters-that-do-not-exist why/group-with-version why/hostile-strings why/malformed-references
                why/grants-with-fields-that-they-do-not-have why/namespaces-that-yaml-reads-as-booleans why/port-by-name why/port-in-quotes
                why/port-in-quotes-of-a-service-that-does-not-exist why/port-left-out why/values-that-no-api-server-takes""",
            "the server takes no such name": "grants/hostile-strings why/hostile-shell-words",
            "names or kinds are to be substituted": """
                grants/a-grant-with-kinds-not-substituted why/part-with-kinds-not-substituted why/part-with-names-not-substituted""",
            "a Secret is encrypted": "why/part-with-what-makes-its-secrets",
            "no server serves this kind or version": """
                check/kinds-that-do-not-exist check/versions-that-are-not-served why/a-route-of-a-misspelt-kind
                grants/kinds-much-like-a-grant grants/of-another-group grants/of-versions-that-count-for-nothing why/grant-of-a-misspelt-kind
                why/grant-of-another-group
                why/grants-of-versions-that-count-for-nothing""",
            "the server does not serve ClusterTrustBundle by default": """
                check/trust-bundles-under-envoy-gateway why/gateway-trust-bundle-of-the-cluster
                why/trust-bundle-without-its-group""",
        }
    )
)
"""Scenarios that cannot be put on a server."""

OTHERWISE = dict(
    _each(
        {
            "on a cluster the contents and types of Secrets and ConfigMaps are not read": """
                check/a-certificate-that-envoy-gateway-has-delivered check/a-certificate-without-its-key
                why/gateway-certificate-with-the-key-of-another why/policy-with-a-ca-certificate-under-another-name
                why/secret-of-a-type-that-its-controller-takes why/secret-of-a-type-that-istio-takes""",
            "on a cluster the labels of every namespace are known": """
                check/labels-that-could-not-be-read why/part-with-a-status why/part-without-the-labels-of-its-namespace
                why/selector-and-namespace-not-in-the-manifests""",
            "the CRD of a target is not installed": """
                check/a-namespace-in-fields-of-the-whole-that-have-none check/a-port-beside-a-backend-that-takes-none check/targets-that-are-no-objects""",
            "the server drops the namespace of a claim's data source, since the feature is off by default": """
                why/claim-from-a-snapshot-permitted why/claim-from-a-snapshot-refused""",
            "the server drops fields that this release has at other places": """
                why/gateway-certificates-at-their-older-places""",
            "on a cluster what an implementation makes of an object is looked at itself": """
                check/what-is-made-of-an-object-needs-a-grant grants/a-name-that-an-implementation-ignores""",
            "on a cluster namespaces are not asked for where a grant permits": """
                why/permitted-in-a-namespace-being-deleted""",
        }
    )
)
"""Scenarios whose answer on a server differs from the answer for the manifests."""
