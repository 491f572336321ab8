"""Semantic segmentation: the class of each pixel, by the networks of seed 004's lecture, side by side."""
