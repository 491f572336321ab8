"""An image of a page in, its symbols out: the detector."""
