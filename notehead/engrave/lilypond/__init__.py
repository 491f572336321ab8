"""LilyPond (GPL-3, a program of its own) as the second engraver: MusicXML in, the font Emmentaler.

`musicxml.py` makes a score harmless, `program.py` runs the programs within limits, `layout.py` writes
the style as LilyPond code, `tags.ily` names everything that is drawn, `svg.py` reads it,
`classify.py` and `annotate.py` make symbols of it; `dress.py` writes heads and feet.

Of a `Style` it honours: paper, margins, staff_space, spacing_linear, spacing_staff, spacing_system,
systems_per_page, justify, hide_empty; text_font, head_font, text_width; header, titles, page_numbers, foot,
measure_numbers, upright_numbers, light_tempo; lyric, lyric_script, fingering, small_staves, small_staff;
widths of staff lines, stems, barlines, ledger lines, slurs, ties, hairpins, tuplets, octave lines, endings;
slur_curve, beam_slope, pedal, system_divider ("left"). It does not: font (Emmentaler is what LilyPond has),
ossias, brace, bracket, dashes, multi-measure rests, octave_letters, french_beams, staccato_centre, grace,
slur_slope, light_fingering, measure_width.
"""

from notehead.engrave.lilypond.engraver import LilyPondEngraver

__all__ = ["LilyPondEngraver"]
