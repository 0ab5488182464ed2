"""The click commands: arguments, flags, help. Each hands over to the module that does the work."""
