"""Networks that tell the class of a single symbol, and the detector that slides one over a page."""
