"""The live cluster: configuration, requests, discovery, reads and writes."""
