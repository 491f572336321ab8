"""MuseScore 3 as an engraver.

Of a `Style` it honours: font (Emmentaler, Bravura, Gonville, MuseJazz), paper, margins, staff_space,
spacing_linear, spacing_staff, spacing_system, measure_width, justify; text_font and head_font (STIX and
DejaVu; Computer Modern becomes one of them); header, titles, page_numbers, foot, measure_numbers,
upright_numbers, light_tempo; lyric, lyric_script, fingering, grace, small_staves, small_staff; widths of
staff lines, stems, barlines, ledger lines, slurs, hairpins, tuplets, octave lines, endings, lyric lines,
brackets; repeat_dots, octave_letters, system_divider ("left"). It does not: text_width, ossias, hide_empty,
systems_per_page, slur_curve, beam_slope, pedal, multi-measure rests, dashes, french_beams, staccato_centre.
"""

from notehead.engrave.musescore.engraver import MuseScoreEngraver

__all__ = ["MuseScoreEngraver"]
