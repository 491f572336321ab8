"""The networks and their training; needs the `train` extra."""
