"""Documents of YAML and JSON as kubectl reads them, and their lines: manifests, kubeconfigs, rows of a user's own."""
