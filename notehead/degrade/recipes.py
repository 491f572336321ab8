"""All recipes, by name. Each row of steps is in the order of the world: ink, paper, lens, file."""

from __future__ import annotations

from collections.abc import Sequence

from notehead.degrade.around import Laid
from notehead.degrade.bilevel import Dither, Threshold
from notehead.degrade.chance import OneOf, Sometimes
from notehead.degrade.edges import Border, FacingPage, Holes
from notehead.degrade.geometry import Curl, Geometry, Perspective, Place, Resample, Rotate, Wave
from notehead.degrade.ink import Ink, Inking
from notehead.degrade.light import CastShadow, Gradient, Vignette
from notehead.degrade.lines import FilledHeads, Gaps, LineWeight
from notehead.degrade.marks import PencilMarks
from notehead.degrade.noise import Jpeg, Noise
from notehead.degrade.optics import Curve, Focus, Motion, Patterns
from notehead.degrade.paper import AgedEdges, Folds, PlateMark, ShowThrough, Spine, Stains, Texture, Tone
from notehead.degrade.recipe import Recipe
from notehead.degrade.scenes import Book, Cloth, Desk, Room, Sheets, Wood
from notehead.degrade.shading import Perhaps, Shading
from notehead.degrade.specks import Specks
from notehead.degrade.stamps import ShelfNumber, Stamp
from notehead.errors import NoteheadError

_SCANS = Resample((200.0, 300.0, 300.0, 400.0, 400.0, 600.0))
"""Resolutions of scanners, in dots per inch."""

_HARD_SCANS = Resample((300.0, 300.0, 400.0, 400.0, 600.0))
"""Resolutions for black and white, where fewer dots lose the staff lines."""

_LID = Desk((215, 250), grain=0.05)
_DARK_LID = Desk((6, 45), grain=0.5)
"""What a scanner sees beyond the page."""

_TABLES = (Wood(), Wood((130, 215)), Cloth(), Desk(), Desk((25, 90)), Room(), Sheets(), Book(Wood()))
"""What a telephone sees beyond the page."""

_HELD = (
    Place((-0.02, 0.08), shift=0.01),
    Perspective(4.0),
    Rotate(1.2),
    Resample((200.0, 250.0, 300.0, 300.0)),
)
"""A telephone in somebody's hand."""

_CLEAN = Recipe("clean", "as engraved", ())

_LASER_PRINT = Recipe(
    "laser-print",
    "printed by a laser printer and scanned well: toner a little fat, white paper",
    (
        LineWeight((-0.006, 0.02)),
        Ink(spread=(0.0, 0.025), uneven=0.003, ragged=0.004),
        Specks(density=0.4, radius=0.03, white=0.3),
        Shading((Tone((0.0, 0.03)), Texture(cloudy=0.002, fibres=0.002))),
        Geometry((Rotate(0.15), Resample((300.0, 400.0, 600.0)))),
        Focus((0.02, 0.04)),
        Curve(black=(5, 35), white=(252, 265), contrast=(0, 0.4)),
        Noise((0.8, 2.0), coarse=0.3),
    ),
)

_FLATBED_SCAN = Recipe(
    "flatbed-scan",
    "a printed book on a flatbed scanner: grey, soft, toned paper, perhaps the spine's shadow",
    (
        LineWeight((-0.01, 0.03)),
        Ink(spread=(-0.005, 0.035), uneven=0.005, ragged=0.005),
        Inking(pale=0.12, mottle=0.04),
        Specks(density=0.8, radius=0.035, white=0.4),
        Sometimes(PencilMarks(count=5), 0.25),
        Sometimes(Stamp(), 0.1),
        Shading(
            (
                Tone((0.02, 0.14)),
                Texture(cloudy=0.006, fibres=0.006),
                Perhaps(AgedEdges(dark=0.08), 0.4),
                Perhaps(Stains(count=4), 0.2),
                Perhaps(ShowThrough(), 0.5),
                Perhaps(Folds(most=1, dark=0.1), 0.1),
                Perhaps(Spine(), 0.35),
            )
        ),
        Sometimes(FacingPage(), 0.15),
        OneOf(
            (
                Geometry((Rotate(0.4), _SCANS)),
                Laid(Geometry((Wave(0.0006), Rotate(0.5), Place((-0.01, 0.03)), _SCANS)), (_LID, Book(_LID))),
                Laid(
                    Geometry((Curl(0.015), Rotate(0.5), Place((0.0, 0.02)), _SCANS)),
                    (Book(), Book(_LID), _DARK_LID),
                ),
            )
        ),
        Focus((0.025, 0.06)),
        Curve(black=(15, 60), white=(245, 262), contrast=(0, 0.4)),
        Patterns(streaks=0.5, moire=0.8),
        Noise((1.0, 3.0), coarse=0.4),
        Sometimes(Jpeg((92, 65)), 0.6),
    ),
)

_BITONAL_SCAN = Recipe(
    "bitonal-scan",
    "black and white, as libraries publish old prints: ragged edges, broken thin lines, specks",
    (
        LineWeight((-0.01, 0.045)),
        Gaps(staff_lines=0.6, stems=0.03),
        FilledHeads(0.04),
        Ink(spread=(-0.008, 0.04), uneven=0.008, ragged=0.008),
        Inking(pale=0.12, mottle=0.06),
        Specks(density=2.0, radius=0.05, white=0.3),
        Sometimes(PencilMarks(count=5), 0.2),
        Sometimes(Stamp(), 0.15),
        Sometimes(ShelfNumber(), 0.3),
        Shading(
            (
                Tone((0.05, 0.2)),
                Texture(cloudy=0.02, fibres=0.02),
                Perhaps(Stains(count=8), 0.3),
                Perhaps(ShowThrough((0.03, 0.12)), 0.3),
                Perhaps(Folds(dark=0.3), 0.15),
                Perhaps(Spine(dark=0.6, width=1.5), 0.3),
            )
        ),
        Sometimes(FacingPage(), 0.1),
        OneOf(
            (
                Geometry((Wave(0.0006), Rotate(0.5), _HARD_SCANS)),
                Laid(Geometry((Rotate(0.6), Place((-0.01, 0.03)), _HARD_SCANS)), (_DARK_LID, _LID)),
                Laid(
                    Geometry((Curl(0.012), Rotate(0.5), Place((0.0, 0.03)), _HARD_SCANS)),
                    (Book(_LID), Book()),
                ),
            )
        ),
        Sometimes(Border(), 0.4),
        Focus((0.03, 0.07)),
        Noise((3.0, 9.0), coarse=0.9),
        OneOf((Threshold("otsu"), Threshold("otsu"), Threshold("fixed"), Threshold("adaptive"))),
        Specks(density=1.0, radius=0.03, white=0.2, tone=0),
        Threshold("fixed", wrong=0),
    ),
)

_OLD_PLATE = Recipe(
    "old-plate",
    "printed from a worn plate a century ago, scanned in grey: uneven ink, brown paper, foxing, stamps",
    (
        LineWeight((-0.012, 0.05)),
        Gaps(staff_lines=1.5, stems=0.08, width=0.4),
        FilledHeads(0.1),
        Ink(spread=(-0.008, 0.05), uneven=0.012, ragged=0.009),
        Inking(pale=0.3, mottle=0.09),
        Specks(density=3.0, radius=0.045, white=0.4, tone=40),
        Sometimes(PencilMarks(count=8), 0.4),
        Sometimes(Stamp(), 0.4),
        Sometimes(ShelfNumber(), 0.5),
        Shading(
            (
                Tone((0.1, 0.26)),
                Texture(cloudy=0.02, fibres=0.014),
                AgedEdges(),
                Perhaps(PlateMark(), 0.4),
                Stains(count=14),
                Perhaps(ShowThrough((0.03, 0.14)), 0.7),
                Perhaps(Folds(), 0.3),
                Perhaps(Spine(), 0.4),
            )
        ),
        Sometimes(FacingPage(), 0.2),
        OneOf(
            (
                Laid(
                    Geometry((Wave(0.0012), Rotate(0.5), Place((-0.01, 0.02)), _SCANS)),
                    (_LID, Book(_LID), _DARK_LID),
                    fray=0.1,
                ),
                Laid(
                    Geometry((Wave(0.001), Curl(0.02), Rotate(0.5), Place((0.0, 0.03)), _SCANS)),
                    (Book(), Book(_LID)),
                    fray=0.1,
                ),
            )
        ),
        Focus((0.03, 0.07)),
        Curve(black=(20, 55), white=(245, 265), contrast=(0, 0.4)),
        Noise((1.5, 4.0), coarse=0.5),
        Jpeg((90, 55)),
    ),
)

_PHOTOCOPY = Recipe(
    "photocopy",
    "a copy of a copy: hard contrast, fat ink, black edges, streaks, grain, punch holes, fingerings",
    (
        Sometimes(PencilMarks(count=8), 0.5),
        Gaps(staff_lines=0.6, stems=0.04),
        FilledHeads(0.08),
        Shading(
            (
                Texture(cloudy=0.015, fibres=0.01),
                Perhaps(ShowThrough((0.03, 0.1)), 0.3),
                Perhaps(Folds(dark=0.3), 0.15),
                Perhaps(Spine(dark=0.75, width=1.0), 0.5),
                Perhaps(Gradient((0.02, 0.12)), 0.5),
            )
        ),
        Sometimes(FacingPage(dark=0.5), 0.2),
        OneOf(
            (
                Laid(Geometry((Rotate(0.7), Place((-0.01, 0.03)), _HARD_SCANS)), (_LID, _DARK_LID)),
                Laid(
                    Geometry((Curl(0.025), Rotate(0.7), Place((0.0, 0.04)), _HARD_SCANS)), (Book(), _DARK_LID)
                ),
            )
        ),
        Border(width=3.0, chance=0.35, tone=(0, 40)),
        Ink(spread=(0.0, 0.05), uneven=0.012, ragged=0.009, reach=0.07),
        Inking(pale=0.15, mottle=0.08),
        Specks(density=2.5, radius=0.04, white=0.4),
        Sometimes(Holes((0, 60)), 0.3),
        Focus((0.03, 0.06)),
        Curve(black=(10, 45), white=(250, 275), contrast=(0.3, 1.0)),
        Patterns(streaks=1.5, rows=2.0),
        Noise((3.0, 8.0), coarse=0.6),
        Sometimes(OneOf((Threshold("fixed"), Dither("ordered"), Dither("diffusion"))), 0.3),
    ),
)

_PHONE_PHOTO = Recipe(
    "phone-photo",
    "photographed by a telephone: light from one side, shadows, blur towards the edges, noise, JPEG",
    (
        LineWeight((-0.008, 0.025)),
        Ink(spread=(-0.01, 0.03), uneven=0.005, ragged=0.005),
        Inking(pale=0.1, mottle=0.03),
        Sometimes(PencilMarks(count=7), 0.35),
        Sometimes(Holes((20, 90)), 0.1),
        Shading(
            (
                Tone((0.03, 0.15)),
                Texture(cloudy=0.008, fibres=0.004),
                Perhaps(ShowThrough((0.02, 0.08)), 0.4),
                Perhaps(Folds(), 0.25),
                Perhaps(Spine(dark=0.4, width=4), 0.3),
            )
        ),
        OneOf(
            (
                Laid(Geometry((Wave(0.0015), *_HELD)), _TABLES),
                Laid(
                    Geometry((Curl(0.03), *_HELD)), (Book(Wood()), Book(Cloth()), Book(Desk()), Book(Room()))
                ),
                Laid(Geometry((Wave(0.001), *_HELD)), _TABLES),
            )
        ),
        Shading((Gradient((0.06, 0.3)), Vignette(0.15), Perhaps(CastShadow((0.1, 0.3)), 0.4))),
        Focus((0.025, 0.06), edges=2.5),
        Sometimes(Motion(), 0.3),
        Curve(black=(15, 60), white=(250, 290), contrast=(0.2, 0.7)),
        Sometimes(Patterns(streaks=0, moire=3), 0.1),
        Noise((1.5, 5.0), coarse=0.6),
        Jpeg((88, 45)),
    ),
)

RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        _CLEAN,
        _LASER_PRINT,
        _FLATBED_SCAN,
        _BITONAL_SCAN,
        _OLD_PLATE,
        _PHOTOCOPY,
        _PHONE_PHOTO,
    )
}
"""Every recipe, by name, from the mildest on."""

MOST_STRENGTH = 2.0


def check_recipes(names: Sequence[str], strength: float) -> None:
    """Refuse what cannot be done.

    Raises:
        NoteheadError: there is no recipe of such a name, or no name; the strength is out of range.
    """
    unknown = [name for name in names if name not in RECIPES]
    if unknown or not names:
        message = f"unknown recipe {', '.join(unknown) or '(none)'}"
        raise NoteheadError(message, f"Choose among {', '.join(RECIPES)}.")
    if not 0 <= strength <= MOST_STRENGTH:
        message = f"the strength must be 0 to {MOST_STRENGTH:g}"
        raise NoteheadError(message)
