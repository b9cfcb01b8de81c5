"""Wrong convolutions and pooling."""
