"""The detector's network: its pages, targets, losses and export."""
