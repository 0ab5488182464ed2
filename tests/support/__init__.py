"""Shared code of the tests: objects of a cluster, fake servers, and ways to run the program."""
