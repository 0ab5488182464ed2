"""One entry for each command: from what has been read to its report."""
