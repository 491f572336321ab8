"""Seed 002's detector beside ours: a YOLOv10 of Ultralytics', trained and run on slices of 640 pixels.

`__main__.py` is the command, a step in each of the other files. Ultralytics is AGPL-3.0: nothing here imports
it. It runs as a program of its own, in an environment of its own, on files.
"""
