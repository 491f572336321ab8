"""The report of a dataset: a web page with its figures, plots and pages, read without any server.

`html.py` fills `index.html`; `pages.py` makes a page's data and thumbnail; the scripts and the style
are copied as they are. Names come from strangers' files: Python escapes them, the scripts only ever
set them as text.
"""

from notehead.datasets.report.html import ReportFacts, write_report
from notehead.datasets.report.pages import PageSummary

__all__ = ["PageSummary", "ReportFacts", "write_report"]
