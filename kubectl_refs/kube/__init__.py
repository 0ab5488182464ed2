"""The live cluster: configuration, requests, discovery and reads. Only this package and manifests.py do I/O."""
