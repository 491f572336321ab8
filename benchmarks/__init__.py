"""Speed measurements, run by hand; no part of the installed package."""
