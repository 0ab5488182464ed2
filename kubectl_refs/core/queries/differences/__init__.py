"""The effects of a change on references: the objects that it can affect, the differences, and their causes."""
