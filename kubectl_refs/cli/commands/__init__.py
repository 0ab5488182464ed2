"""The commands as click knows them: arguments, flags, help. Each hands over to the module that does the work."""
