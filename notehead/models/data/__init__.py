"""What networks are trained on: datasets as prepared pages, and crops of them."""
