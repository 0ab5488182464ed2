"""Findings: what is wrong, each with a code, a severity, a sentence and the change."""
