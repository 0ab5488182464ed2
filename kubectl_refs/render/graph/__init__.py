"""The graph of references as pictures and documents, each module a format."""
