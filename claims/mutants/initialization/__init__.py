"""Wrong initializers and wrong formulas for variances."""
