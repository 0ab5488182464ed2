"""Manifests: YAML as kubectl reads it, the files that -f names, and what they hold as a source."""
