"""Detectors of the literature, side by side: each a file; one data path, one training, one way of reading."""
