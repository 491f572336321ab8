"""The attributes of MEI that the engraver turns into numbers, and the range in which they mean something.

Verovio hands the text of these to the C++ number parsers, which end the process on anything else; some it
then counts or divides by.
"""

from __future__ import annotations

import re

from notehead.engrave.checks.values import Each, Form, Number, Rule, Whole, words

_STAFF = Whole(1, 1_000)
_RATIO = Whole(1, 2_000)
_FEW = Whole(0, 16)
_STRING = Whole(0, 64)
_LINE = Whole(-64, 64)
_MIDI = Whole(0, 100_000)
_STEPS = Whole(-60, 60)
_OCTAVE = Whole(0, 9)
_DECIMAL = Number(-1_000_000, 1_000_000)
_LENGTH = Form(re.compile(r"[+-]?(?:[0-9]{1,7}(?:\.[0-9]*)?|\.[0-9]+)[a-z%]{0,2}"), "a length")
_PAN = Form(re.compile(r"-?[0-9]{1,3}(?:\.[0-9]*)?%|[0-9]{1,3}"), "a position between left and right")
_PERCENT = Form(re.compile(r"[1-9][0-9]{1,2}(?:\.[0-9]*)?%"), "a percentage between 10 and 999")
_BEAT = Form(
    re.compile(r"(?:[0-9]{1,5}m\s*\+\s*)?[0-9]{1,5}(?:\.[0-9]*)?"), "a number of measures and a beat"
)
_COUNT = Each(Number(0.5, 1_000), r"\s*[+*/|-]\s*")
_DURATION = words(
    "maxima long breve 1 2 4 8 16 32 64 128 256 512 1024 2048"
    " longa brevis semibrevis minima semiminima fusa semifusa"
)

_GROUPS: tuple[tuple[Rule, str], ...] = (
    (_DURATION, "dur dur.default dur.ges"),
    (_COUNT, "meter.count"),
    (Whole(1, 256), "meter.unit"),
    (_RATIO, "num num.default numbase numbase.default proport.num proport.numbase"),
    (Whole(0, 8), "dots dots.ges mm.dots mensur.slash"),
    (_FEW, "beams beams.float breaksec lines lsegs"),
    (Each(_STAFF, r"\s+"), "layer staff"),
    (_LINE, "bar.place clef.line loc mensur.loc tab.anchorline tab.line"),
    (_STRING, "tab.course tab.fret"),
    (_OCTAVE, "oct oct.default oct.ges oloc"),
    (_STEPS, "trans.diat trans.semi"),
    (_MIDI, "midi.channel midi.instrnum midi.patchnum midi.port midi.track pnum vel vgrp"),
    (Whole(0, 1_000_000_000), "dur.ppq midi.mspb"),
    (Whole(1, 1_000_000), "ppq"),
    (Number(0, 100_000), "midi.bpm mm tstamp tstamp.ges tune.Hz"),
    (_BEAT, "tstamp2 tstamp2.ges"),
    (_DECIMAL, "dur.metrical dur.real spacing.packexp spacing.packfact"),
    (_LENGTH, "arrow.size bar.len endho endvo ho lendsym.size letterspacing lstartsym.size opening"),
    (_LENGTH, "startho startvo stem.len stem.x stem.y tempo.dist vo"),
    (_PAN, "midi.pan"),
)
ANYWHERE: dict[str, Rule] = {name: rule for rule, names in _GROUPS for name in names.split()}
"""Rules for attributes that mean the same on every element."""

BY_ELEMENT: dict[tuple[str, str], Rule] = {
    ("barLine", "place"): _LINE,
    ("beatRpt", "slash"): words("1 2 3 4 5 6 7 8 mixed"),
    ("clef", "line"): _LINE,
    ("dynam", "val"): _MIDI,
    ("grpSym", "level"): _STRING,
    ("layer", "n"): _STAFF,
    ("layerDef", "n"): _STAFF,
    ("meterSig", "count"): _COUNT,
    ("meterSig", "unit"): Whole(1, 256),
    ("oLayer", "n"): _STAFF,
    ("oStaff", "n"): _STAFF,
    ("staff", "n"): _STAFF,
    ("staffDef", "n"): _STAFF,
    ("staffDef", "scale"): _PERCENT,
    ("verse", "n"): Whole(0, 1_000),
}
"""Rules for attributes that on other elements are free text, or something else."""
