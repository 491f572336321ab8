"""Networks that find points: the middles of noteheads, and the two ends of stems."""
