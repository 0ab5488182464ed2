"""Targets: whether what a reference names exists and can be used."""
