"""Score file -> Drawings."""
