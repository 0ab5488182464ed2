"""What `fix` does beyond printing: rights asked for, changes written, controllers waited for."""
