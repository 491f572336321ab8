"""The report: what is uncertain is marked on the page and in the music, and nothing in a name is markup."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lxml import etree, html
from PIL import Image

from notehead.errors import EngraverError
from notehead.page import Pitch
from notehead.reading.doubts import doubts_of
from notehead.reading.leaves import Leaf
from notehead.reading.report import Finding, write_reading
from notehead.reading.report.drawing import drawn
from notehead.reading.report.marked import UNSURE_COLOUR, marked
from notehead.reading.report.picture import WIDTH, picture_address
from notehead.reading.report.scan import pitch_name
from notehead.reading.typeset import Typesetter
from notehead.transcribe import Part, Score
from notehead.transcribe.musicxml import to_musicxml
from tests.reading.pieces import leaves, page_of, piece


def parsed(page: str) -> Any:
    """The tree of the page."""
    return html.fromstring(page)


def written(folder: Path, finding: Finding) -> str:
    with Typesetter() as typesetter:
        write_reading(folder / "report.html", finding, typesetter)
    return (folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    score = piece()
    finding = Finding("scan.pdf", leaves(), score, to_musicxml(score))
    return written(tmp_path_factory.mktemp("report"), finding)


def test_counts_and_places(page: str) -> None:
    tree = parsed(page)
    facts = ["".join(span.itertext()) for span in tree.find_class("facts")[0]]
    assert facts == ["2 pages", "1 part", "4 measures", "16 notes", "1 doubtful measure", "1 uncertain note"]
    rows = [["".join(cell.itertext()) for cell in row] for row in tree.find_class("places")[0].iter("tr")]
    assert rows == [
        ["measure 2", "page 1", "the durations do not add up"],
        ["measure 3", "page 1", "uncertain: E5 (25%)"],
    ]


def test_links_lead_to_measures_on_the_page_and_in_the_music(page: str) -> None:
    tree = parsed(page)
    links = [link.get("href") for link in tree.iter("a")]
    assert links == ["#m1", "#m2"]
    for k in range(4):
        [area] = tree.xpath(f"//rect[@id='m{k}']")
        assert ("doubtful" in area.get("class")) == (k == 1)
        [engraved] = tree.xpath(f"//g[@data-m='{k}']")
        assert ("doubtful" in engraved.get("class")) == (k == 1)


def test_marks_lie_where_the_music_is(page: str) -> None:
    tree = parsed(page)
    [area] = tree.xpath("//rect[@id='m1']")
    x, y, width, height = (float(area.get(name)) for name in ("x", "y", "width", "height"))
    assert (x, x + width) == (307, 580)  # from the barline to the end of the staff
    assert y < 60
    assert 100 < y + height < 180
    [ring] = tree.find_class("unsure")[1:]  # the first is the key's
    assert float(ring.get("x")) < 60 + 65 * 2 < float(ring.get("x")) + float(ring.get("width"))
    assert float(ring.get("y")) > 180


def test_each_page_has_its_own_music(page: str) -> None:
    sides = parsed(page).find_class("music")
    assert [[g.get("data-m") for g in side.iter("g") if g.get("data-m")] for side in sides] == [
        ["0", "1", "2"],
        ["3"],
    ]


def test_ids_are_unique_and_references_lead_somewhere(page: str) -> None:
    tree = parsed(page)
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(set(ids)) == len(ids)
    uses = {use.get("href") for use in tree.iter("use")}
    assert uses
    assert {use[1:] for use in uses} <= set(ids)


def test_it_needs_no_other_file(page: str) -> None:
    assert not re.findall(r"""(?:src|href)=["'](?!#|data:)""", page)
    [script] = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page


def test_the_same_gives_the_same(page: str, tmp_path: Path) -> None:
    score = piece()
    assert written(tmp_path, Finding("scan.pdf", leaves(), score, to_musicxml(score))) == page


def test_names_are_no_markup(tmp_path: Path) -> None:
    score, evil = piece(), "<script>alert(1)</script>\"'&\udcff.pdf"
    pages = [Leaf(replace(leaf.page, name=evil), evil) for leaf in leaves()]
    page = written(tmp_path, Finding(evil, pages, score, to_musicxml(score)))
    assert page.count("<script>") == 1
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;&amp;" in page


def test_a_page_without_music_and_a_measure_without_symbols(tmp_path: Path) -> None:
    score = piece()
    [part] = score.parts
    lost = Score((Part(1, tuple(replace(one, chords=()) for one in part.measures)),))
    pages = [*leaves(), Leaf(replace(page_of(0), staff_lines=np.empty((0, 5)), staff_space=0.0), "blank.png")]
    page = written(tmp_path, Finding("a", pages, lost, to_musicxml(lost)))
    assert 'id="m1"' not in page
    assert page.count("No music was read here.") == 1


def test_nothing_uncertain_is_said(tmp_path: Path) -> None:
    score = Score((Part(1, piece().parts[0].measures[:1]),))
    assert doubts_of(score) == []
    page = written(tmp_path, Finding("a", leaves()[:1], score, to_musicxml(score)))
    assert "Every measure adds up" in page


def test_music_that_cannot_be_engraved_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crashes(*_: object, **__: object) -> list[str]:
        raise EngraverError("the music", "Verovio crashed (SIGSEGV)", "")  # noqa: EM101, TRY003

    monkeypatch.setattr(Typesetter, "engraved", crashes)
    score = piece()
    page = written(tmp_path, Finding("a", leaves(), score, to_musicxml(score)))
    assert page.count("the music: Verovio crashed (SIGSEGV)") == 2


# Its parts.


def test_uncertain_notes_are_coloured_and_breaks_are_those_of_the_pages() -> None:
    score = piece()
    root: Any = etree.fromstring(marked(to_musicxml(score), score, doubts_of(score)))
    [coloured] = [note for note in root.iter("note") if note.get("color")]
    assert (coloured.get("color"), coloured.findtext("pitch/step")) == (UNSURE_COLOUR, "E")
    assert coloured.getparent().get("id") == "m2"
    breaks = [dict(one.attrib) for measure in root.iter("measure") for one in measure.findall("print")]
    assert breaks == [{"new-system": "yes"}, {"new-page": "yes"}]


def test_only_what_draws_is_left() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" onload="x()"><script>x()</script><style>a{}</style>'
        '<defs><g id="E050"/></defs><foreignObject><b/></foreignObject><a href="javascript:x()"><path/></a>'
        '<g class="measure" id="m7" onclick="x()"><use href="#E050"/><use href="http://evil/"/></g>'
        '<g class="section placeholder"><ellipse/></g></svg>'
    )
    assert drawn(svg, {7}, 2) == (
        '<svg xmlns="http://www.w3.org/2000/svg"><defs><g id="e2-E050"/></defs>'
        '<g class="measure doubtful" data-m="7"><use href="#e2-E050"/><use/></g></svg>'
    )


@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_pictures_are_small(kind: str) -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (1500, 2 * WIDTH), np.uint8)
    image = page_of(2).image if kind == "png" else noise
    head, _, data = picture_address(image).partition(";base64,")
    assert head == f"data:image/{kind}"
    picture = Image.open(io.BytesIO(base64.b64decode(data)))
    assert picture.size[0] == min(WIDTH, image.shape[1])
    if kind == "png":
        assert np.abs(np.asarray(picture.convert("L")).astype(int) - image).max() <= 8


def test_pitches_are_written_as_people_do() -> None:
    names = [pitch_name(Pitch("C", alter, 4)) for alter in (-3, -2, -1, 0, 1, 2)]
    assert names == ["C(-3)4", "C\u266d\u266d4", "C\u266d4", "C4", "C\u266f4", "C\U0001d12a4"]
