"""What a command works on: a cluster or manifests, and the objects that the command line names."""
