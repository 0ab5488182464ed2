"""How long kubectl-refs takes beside its peers, on a real API server: `python -m benchmarks`."""
