"""What happens after the first answer: a cluster is kept up to date, and its changes are told."""
