"""The graph of references as pictures and documents, one module for each format."""
