"""The truth about regularisation: dropout and bagging."""
