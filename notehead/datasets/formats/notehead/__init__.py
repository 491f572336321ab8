"""notehead's own format: `dataset.py` reads and writes it, `page_file.py` has the file of a page."""

from notehead.datasets.formats.notehead.dataset import FORMAT

__all__ = ["FORMAT"]
