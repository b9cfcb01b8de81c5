"""Where torch breaks the mathematics: which trials each departure spoils, by chapter."""
