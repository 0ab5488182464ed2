"""One module for each command: fetch, think, print."""
