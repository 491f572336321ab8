"""Collections: files in any number, read in parts by the workers of a runner; stopped, it goes on later.

`files.py` and `names.py` say what is read and how its results are called, `parts.py` divides the files,
`run.py` hands the parts to workers, and `state.py` notes what is done. `detecting.py` and `pieces.py` say
what is done with a part, within the frame of `shift.py`; `page_files.py` writes a page's own files,
`tables.py` the Parquet table of a part.
"""

from notehead.collection.detecting import Detecting, detect_collection
from notehead.collection.options import CollectionOptions
from notehead.collection.pieces import Pieces, read_collection
from notehead.collection.summary import Failure, Summary

__all__ = [
    "CollectionOptions",
    "Detecting",
    "Failure",
    "Pieces",
    "Summary",
    "detect_collection",
    "read_collection",
]
