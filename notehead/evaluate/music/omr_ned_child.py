"""What the child process of `omr_ned.py` does."""

from __future__ import annotations

import warnings
from typing import Any

from notehead.errors import MissingExtraError


def edits_and_symbols(found: str, true: str) -> list[int]:
    """The cost of turning a found score into the true one, and the symbols of both.

    Args:
        found: path of a MusicXML file; "" for a prediction without anything.
        true: path of the true one.

    Raises:
        MissingExtraError: `musicdiff` is not installed.
    """
    try:
        from musicdiff.annotation import AnnScore  # noqa: PLC0415  # an extra, seconds to import
        from musicdiff.comparison import Comparison  # noqa: PLC0415
        from musicdiff.detaillevel import DetailLevel  # noqa: PLC0415
    except ImportError as error:
        message = "OMR-NED needs the package musicdiff"
        raise MissingExtraError(message, "Run `pip install 'notehead[metrics]'`.") from error
    warnings.simplefilter("ignore")
    gold = AnnScore(_read(true), DetailLevel.Default)
    whole = int(gold.notation_size())
    if not found:
        return [whole, whole]
    read = AnnScore(_read(found), DetailLevel.Default)
    _, cost = Comparison.annotated_scores_diff(read, gold)
    return [int(cost), int(read.notation_size()) + whole]


def _read(path: str) -> Any:
    from music21 import converter  # noqa: PLC0415  # comes with musicdiff

    return converter.parse(path, forceSource=True, storePickle=False)
