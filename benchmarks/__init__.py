"""How long kubectl-refs takes compared with its peers, on a real API server: `python -m benchmarks`."""
