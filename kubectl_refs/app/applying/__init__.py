"""What `fix` does beyond printing: it checks the caller's rights, writes changes and waits for controllers."""
