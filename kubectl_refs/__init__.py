"""kubectl-refs: why a Gateway API reference works or does not, and the grant that would fix it."""

__version__ = "0.1.0"
