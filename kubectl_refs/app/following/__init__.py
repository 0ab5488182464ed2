"""What goes on after the first answer: a cluster that is kept up to date, and what is told of its changes."""
