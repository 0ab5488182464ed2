"""RBAC: who may write ReferenceGrants, and the least role for it."""
