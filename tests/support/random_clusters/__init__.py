"""Random clusters, and the rules of docs/rules.md written a second time to check the program's answers about them."""
