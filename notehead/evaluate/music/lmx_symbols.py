"""The symbol error rate of LMX, Linearized MusicXML, the encoding of the OLiMPiC benchmark.

A part becomes a row of tokens (measure, key, clefs, then pitch, voice, type, dots, accidental, stem, staff,
beams, ties, tuplets, slurs and common signs of each note) by the package `linearized-musicxml`; the
Levenshtein distance of the found row from the true one, of the tokens of the true one, is the error rate
(Mayer, Straka, Hajič, Pecina: Practical End-to-End Optical Music Recognition for Pianoform Music, ICDAR
2024).
"""

from __future__ import annotations

import xml.etree.ElementTree as ET  # the package wants its elements
from collections.abc import Iterator
from typing import Any

from lxml import etree

from notehead.errors import MissingExtraError
from notehead.evaluate.music.counts import Share
from notehead.evaluate.music.levenshtein import levenshtein


class UnsuitedError(ValueError):
    """A part that the encoding has no words for."""


def symbol_errors(found: etree._Element, true: etree._Element) -> Share:
    """Errors and true tokens of a `<part>`; the ratio can exceed 1.

    A found part that cannot be encoded has all tokens wrong.

    Raises:
        MissingExtraError: `linearized-musicxml` is not installed.
        UnsuitedError: the true part cannot be encoded.
        MemoryError: they are too long.
    """
    gold = lmx_tokens(true)
    try:
        read = lmx_tokens(found)
    except UnsuitedError:
        read = []
    return Share(levenshtein(read, gold), len(gold))


def lmx_tokens(part: etree._Element) -> list[str]:
    """The tokens of a `<part>`; those that the vocabulary of LMX does not have are left out.

    Raises:
        MissingExtraError: `linearized-musicxml` is not installed.
        UnsuitedError: it cannot be encoded: no pitch, no duration, more than three staves.
    """
    try:
        from lmx.linearization.Linearizer import Linearizer  # noqa: PLC0415  # an extra
    except ImportError as error:
        message = "the symbol error rate of LMX needs the package linearized-musicxml"
        raise MissingExtraError(message, "Run `pip install 'notehead[metrics]'`.") from error
    linearizer = Linearizer(fail_on_unknown_tokens=False)
    try:
        linearizer.process_part(ET.fromstring(etree.tostring(part, with_tail=False)))  # noqa: S314  # checked
    except Exception as error:  # it asserts what it expects of a part, or fails on what is not there
        raise UnsuitedError(str(error)[:200]) from error
    return list(_flat(linearizer.output_tokens))


def _flat(tokens: Any) -> Iterator[str]:
    for token in tokens:
        if isinstance(token, str):
            yield token
        else:
            yield from _flat(token)
