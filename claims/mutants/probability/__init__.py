"""Wrong samplers, covariances and joint laws."""
