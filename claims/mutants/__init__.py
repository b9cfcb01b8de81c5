"""Wrong implementations of operations, by chapter, that the claims must catch."""
