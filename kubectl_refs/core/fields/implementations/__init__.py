"""The reference fields of implementations' own kinds, as far as their sources were read (docs/rules.md 8.1).

One module for each implementation, or for several that are alike; each says what it leaves out.
"""

from __future__ import annotations

from kubectl_refs.core.fields.implementations.ai_gateway import AI_GATEWAY_FIELDS
from kubectl_refs.core.fields.implementations.clouds import AWS_FIELDS, AZURE_FIELDS, GKE_FIELDS, LATTICE_FIELDS
from kubectl_refs.core.fields.implementations.envoy_gateway import ENVOY_FIELDS
from kubectl_refs.core.fields.implementations.kgateway import AGENTGATEWAY_FIELDS, GLOO_FIELDS, KGATEWAY_FIELDS
from kubectl_refs.core.fields.implementations.meshes import ISTIO_FIELDS, LINKERD_FIELDS
from kubectl_refs.core.fields.implementations.nginx import NGINX_FIELDS
from kubectl_refs.core.fields.implementations.others import (
    APISIX_FIELDS,
    INFERENCE_FIELDS,
    KONG_FIELDS,
    KUADRANT_FIELDS,
    STORAGE_FIELDS,
    STUNNER_FIELDS,
)

IMPLEMENTATION_FIELDS = (
    *STORAGE_FIELDS,
    *ENVOY_FIELDS,
    *AI_GATEWAY_FIELDS,
    *NGINX_FIELDS,
    *KGATEWAY_FIELDS,
    *AGENTGATEWAY_FIELDS,
    *GLOO_FIELDS,
    *KONG_FIELDS,
    *KUADRANT_FIELDS,
    *INFERENCE_FIELDS,
    *AWS_FIELDS,
    *LATTICE_FIELDS,
    *GKE_FIELDS,
    *AZURE_FIELDS,
    *APISIX_FIELDS,
    *STUNNER_FIELDS,
    *ISTIO_FIELDS,
    *LINKERD_FIELDS,
)
