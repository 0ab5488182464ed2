"""Words and text, without any knowledge of Kubernetes objects."""
