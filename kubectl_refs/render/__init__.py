"""Reports as people and programs see them. Every format is a view of the same Report."""
