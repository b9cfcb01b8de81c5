"""Wrong implementations that the claims about regularisation must catch."""
