"""`Complaints`: what is wrong with the entries of a dataset; raised at once, or counted and left out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from notehead.errors import DatasetError

Kind = Literal["symbols", "pages"]
MOST_KEPT = 1000
"""So many complaints are kept with their words; the rest is only counted."""
REMEDY = "Mend the entry, or leave such entries out with --keep-going."


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong: the file, the entry in it, the cause."""

    file: str
    entry: str
    cause: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.entry, self.cause) if part)


@dataclass(slots=True)
class Complaints:
    """What readers find wrong.

    Attributes:
        keep_going: leave what is wrong out and count it; otherwise the first complaint is raised.
        counts: how many symbols and pages were left out.
        kept: the first `MOST_KEPT` complaints.
        without_class: symbols left out because they have no class among those asked for, by name. No
            complaint: it is what was asked for.

    Example:
        >>> complaints = Complaints(keep_going=True)
        >>> complaints.symbol("a.xml", "object 3", "its box is NaN")
        >>> complaints.counts["symbols"], str(complaints.kept[0])
        (1, 'a.xml: object 3: its box is NaN')
    """

    keep_going: bool = False
    counts: Counter[Kind] = field(default_factory=Counter)
    kept: list[Complaint] = field(default_factory=list)
    without_class: Counter[str] = field(default_factory=Counter)

    def symbol(self, file: str, entry: str, cause: str, remedy: str = REMEDY) -> None:
        """A symbol cannot be used: raises DatasetError, or counts it where the work goes on."""
        complaint = Complaint(file, entry, cause)
        if not self.keep_going:
            raise DatasetError(str(complaint), remedy)
        self._count("symbols", complaint)

    def page(self, error: DatasetError) -> None:
        """A page cannot be used: raises the error, or counts it where the work goes on."""
        if not self.keep_going:
            raise error
        self._count("pages", Complaint("", "", error.message))

    def merge(self, other: Complaints) -> None:
        """Take over what another process found."""
        self.counts.update(other.counts)
        self.without_class.update(other.without_class)
        self.kept += other.kept[: MOST_KEPT - len(self.kept)]

    def taken(self) -> Complaints:
        """What was found so far, to be sent elsewhere; this one starts anew."""
        found = Complaints(self.keep_going, self.counts, self.kept, self.without_class)
        self.counts, self.kept, self.without_class = Counter(), [], Counter()
        return found

    def _count(self, kind: Kind, complaint: Complaint) -> None:
        self.counts[kind] += 1
        if len(self.kept) < MOST_KEPT:
            self.kept.append(complaint)
