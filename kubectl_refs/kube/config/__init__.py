"""Which server, and as whom: kubeconfig files, flags, the service account of a pod."""
