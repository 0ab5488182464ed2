"""The entry points of the commands: each makes a report from the objects that have been read."""
