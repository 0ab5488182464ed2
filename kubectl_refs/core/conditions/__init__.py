"""Conditions: computed by the specification, compared with what controllers report."""
