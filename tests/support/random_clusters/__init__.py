"""Random clusters, and a second implementation of docs/rules.md to check the program's answers about them."""
