"""Real kube-apiservers: built or found, started, filled, and asked by the installed program."""
