"""Formats of datasets on disk, one file each.

`native.py` holds all that a `Page` knows; `deepscores_v2.py` and `deepscores_v1.py` are the layouts
of the published datasets, which others' tools read.
"""
