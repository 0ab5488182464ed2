"""Envoy Gateway, Istio and Cilium on a real API server: their conditions are compared with the computed ones."""
