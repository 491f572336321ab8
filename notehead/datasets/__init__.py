"""Pages on disk: what they hold, how they look, and how they are read and written."""
