"""`MusicFigures`: what recognised music is worth, score by score and altogether."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from notehead.datasets.text_table import columns
from notehead.evaluate.music.counts import Matches, Share
from notehead.evaluate.music.notes import CRITERIA, SIGNS, NoteComparison

RATES = {
    "tedn": ("TEDn", "TEDn, lmx flavour"),
    "lmx": ("LMX symbol error rate",),
    "omr-ned": ("OMR-NED",),
}
"""The error rates that each metric gives; 0 is best."""
METRICS = ("notes", *RATES)


@dataclass(frozen=True, slots=True)
class ScoreFigures:
    """The figures of one score.

    Attributes:
        name: of the score.
        predicted: whether there is a prediction; without one all is missed.
        notes: notes, signs and measures.
        rates: errors and what they are counted against, by the names in `RATES`.
        left_out: why a rate was not computed, or not of all parts, by name.
        seconds: that each metric took, and "reading".
    """

    name: str
    predicted: bool
    notes: NoteComparison
    rates: dict[str, Share] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """All figures as plain values."""
        return {
            "name": self.name,
            "predicted": self.predicted,
            **_plain(self.notes, self.rates),
            "left_out": self.left_out,
            "seconds": self.seconds,
        }


@dataclass(frozen=True, slots=True)
class MusicFigures:
    """The figures of several scores; those of all count each note, sign and symbol once, whatever its score.

    Attributes:
        scores: one by one.
        unmatched: names of predictions that have no truth, and are in no figure.
    """

    scores: tuple[ScoreFigures, ...]
    unmatched: tuple[str, ...] = ()

    @property
    def notes(self) -> NoteComparison:
        """Notes, signs and measures of all scores."""
        found = [score.notes for score in self.scores]
        return NoteComparison(
            {name: sum((one.notes[name] for one in found), Matches()) for name in CRITERIA},
            {name: sum((one.signs[name] for one in found), Share()) for name in SIGNS},
            sum((one.measures for one in found), Matches()),
            sum((one.adding_up for one in found), Share()),
            sum((one.true_adding_up for one in found), Share()),
        )

    @property
    def rates(self) -> dict[str, Share]:
        """The error rates of all scores together."""
        names = [name for several in RATES.values() for name in several]
        return {
            name: sum((score.rates[name] for score in self.scores if name in score.rates), Share())
            for name in names
            if any(name in score.rates for score in self.scores)
        }

    @property
    def seconds(self) -> dict[str, float]:
        """The time that each metric took of all scores together."""
        names = dict.fromkeys(name for score in self.scores for name in score.seconds)
        return {name: sum(score.seconds.get(name, 0.0) for score in self.scores) for name in names}

    def to_json(self) -> dict[str, Any]:
        """All figures as plain values."""
        return {
            "scores": len(self.scores),
            "scores_without_predictions": sum(not score.predicted for score in self.scores),
            "predictions_without_truth": list(self.unmatched),
            **_plain(self.notes, self.rates),
            "seconds": self.seconds,
            "by_score": [score.to_json() for score in self.scores],
        }

    def table(self) -> str:
        """The figures for a terminal."""
        notes, missing = self.notes, sum(not score.predicted for score in self.scores)
        first = notes.notes["pitch"]
        measures = (
            f"{notes.measures.true:,} measures of parts, of which {notes.measures.hits:,} have a partner"
        )
        parts = [f"{_plural(len(self.scores), 'score')}, {_plural(first.true, 'true note')}, {measures}"]
        if missing:
            parts[0] += f"\n{_plural(missing, 'score')} without a prediction"
        rows = [(name, *_matched(matches)) for name, matches in notes.notes.items()]
        parts.append(columns([("Notes, equal in", "Precision", "Recall", "F1"), *rows]))
        signs = [(name, _ratio(share), f"{share.whole:,}") for name, share in notes.signs.items()]
        signs.append(("measure adds up", _ratio(notes.adding_up), f"{notes.adding_up.whole:,}"))
        whole = notes.true_adding_up
        signs.append(("measure adds up in the truth", _ratio(whole), f"{whole.whole:,}"))
        parts.append(columns([("Right", "Share", "Of"), *signs]))
        if self.rates:
            rates = [
                (name, _ratio(share), f"{share.part:,}", f"{share.whole:,}")
                for name, share in self.rates.items()
            ]
            parts.append(columns([("Errors", "Rate", "Errors", "Of"), *rates]))
        seconds = [(name, f"{value:.3f}") for name, value in self.seconds.items()]
        parts.append(columns([("Took", "Seconds"), *seconds]))
        left_out = [
            f"{score.name}: {name}: {why}" for score in self.scores for name, why in score.left_out.items()
        ]
        if left_out:
            parts.append("\n".join(["Left out:", *left_out]))
        return "\n\n".join(parts) + "\n"


def _plain(notes: NoteComparison, rates: dict[str, Share]) -> dict[str, Any]:
    return {
        "notes": {name: _plain_matches(matches) for name, matches in notes.notes.items()},
        "signs": {name: _plain_share(share) for name, share in notes.signs.items()},
        "measures": _plain_matches(notes.measures),
        "adding_up": _plain_share(notes.adding_up),
        "true_adding_up": _plain_share(notes.true_adding_up),
        "rates": {name: _plain_share(share) for name, share in rates.items()},
    }


def _plain_matches(matches: Matches) -> dict[str, Any]:
    ratios = {name: getattr(matches, name) for name in ("precision", "recall", "f1")}
    return {**asdict(matches), **ratios}


def _plain_share(share: Share) -> dict[str, Any]:
    return {**asdict(share), "value": share.value}


def _matched(matches: Matches) -> tuple[str, ...]:
    return tuple(f"{value:.4f}" for value in (matches.precision, matches.recall, matches.f1))


def _ratio(share: Share) -> str:
    return "-" if share.value is None else f"{share.value:.4f}"


def _plural(count: int, name: str) -> str:
    return f"{count:,} {name}{'' if count == 1 else 's'}"
