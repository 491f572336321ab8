"""Pages on disk: read, written, counted, checked, shown. Knows nothing of engraving.

`dataset.py` reads, `formats/` one file per format, `statistics.py` and `plots.py` count,
`patches.py` cuts for classification, `checks.py` and `verify.py` check, `overlay.py` and `report/`
show.
"""

from notehead.datasets.checks import Problem, check_page
from notehead.datasets.dataset import Dataset
from notehead.datasets.statistics import Statistics, StatisticsBuilder

__all__ = ["Dataset", "Problem", "Statistics", "StatisticsBuilder", "check_page"]
