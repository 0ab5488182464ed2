"""The report as people and programs see it. Every format is a view of one Report."""
