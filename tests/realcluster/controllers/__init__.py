"""Envoy Gateway, Istio and Cilium, each run against a real API server: what they write is compared with what is computed."""
