"""JSON files larger than memory: where each annotation lies, by one pass over the file.

`scan.py` goes through a file in pieces (`window.py`) with compiled kernels (`kernels.py`), `index.py` groups
what it finds by image, `remembered.py` keeps that for the next time.
"""
