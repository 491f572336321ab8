"""The report is whole, shows every fact, and takes no name for markup."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notehead.datasets.overlay import class_colours
from notehead.datasets.report import PageSummary, ReportFacts, write_report
from notehead.datasets.report.pages import page_script, safe_json
from notehead.datasets.statistics import Statistics, StatisticsBuilder
from notehead.errors import DatasetError, OutputError
from notehead.page import ABSENT, Symbols
from notehead.vocabulary import VOCABULARY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOSTILE = "</script><img src=x onerror=alert(1)> \"'&$title ${x} \u2028 \udcff"
FACTS = ReportFacts("A dataset")


def symbols() -> Symbols:
    return Symbols.build(
        ["stem", "noteheadBlackOnLine", "stem"],
        np.array([[20, 10, 22.04, 40], [10, 35, 20, 45.26], [50, 10, 52, 40]]),
        id=[3, 7, 9],
        corners=np.array(
            [
                [[20, 10], [22.04, 10], [22.04, 40], [20, 40]],
                [[9, 40], [15, 34], [21, 40], [15, 46]],
                [[50, 10], [52, 10], [52, 40], [50, 40]],
            ]
        ),
        onset=[np.nan, 2.0, np.nan],
        duration=[np.nan, 1 / 3, np.nan],
        diatonic=[ABSENT, 28, ABSENT],
        alter=[ABSENT, 1, ABSENT],
        staff=[0, 0, 1],
        text=np.array([None, HOSTILE, None], object),
        links=[[7, 3]],
    )


def summary(folder: Path, name: str = "lg-1--page-1", **changes: Any) -> PageSummary:
    """A page whose image is in the folder."""
    page = replace(PageSummary(name, f"images/{name}.png", 400, 600, symbols(), "train"), **changes)
    file = folder / page.image
    file.parent.mkdir(parents=True, exist_ok=True)
    image = np.full((page.height, page.width), 255, np.uint8)
    image[100:140] = 0
    file.write_bytes(cv2.imencode(".png", image)[1].tobytes())
    return page


def statistics(pages: int = 1) -> Statistics:
    builder = StatisticsBuilder()
    for number in range(pages):
        builder.add(f"page-{number}", symbols(), 400, 600, 10.0)
    return builder.finish()


class Reader(HTMLParser):
    """All elements with their attributes, and all text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {key: value or "" for key, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, key: str) -> list[str]:
        return [attributes[key] for name, attributes in self.elements if name == tag and key in attributes]


def read(index: Path) -> Reader:
    return Reader(index.read_text(encoding="utf-8"))


def page_data(page: PageSummary) -> dict[str, Any]:
    match = re.fullmatch(r'notehead\.pages\.set\("(.*?)",(.*)\);\n', page_script(page))
    assert match is not None
    assert json.loads(f'"{match[1]}"') == page.key
    data: dict[str, Any] = json.loads(match[2])
    return data


def test_every_file_that_the_page_names_exists(tmp_path: Path) -> None:
    pages = [summary(tmp_path, f"lg-{n} é%41#?--page") for n in range(3)]
    index = write_report(tmp_path, pages, statistics(3), FACTS)
    assert index == tmp_path / "index.html"
    page = read(index)
    addresses = page.all("script", "src") + page.all("link", "href") + page.all("a", "data-source")
    addresses += [address for address in page.all("img", "src") if address]
    assert len(addresses) == 3 + 1 + 3 + (4 + 3)
    for address in addresses + [item.url for item in pages]:
        assert (tmp_path / unquote(address)).is_file(), address
        assert not re.match(r"[a-z]+:|/", address)


def test_the_scripts_find_the_elements_that_they_ask_for() -> None:
    files = resources.files("notehead.datasets.report")
    page = Reader(files.joinpath("index.html").read_text(encoding="utf-8"))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for name in ("sheet.js", "viewer.js"):
        text = files.joinpath(name).read_text(encoding="utf-8")
        wanted = set(re.findall(r'(?:getElementById|\$)\("(\w+)"\)', text))
        assert wanted
        assert wanted <= set(ids)
        assert "innerHTML" not in text


def test_facts_and_figures_are_told(tmp_path: Path) -> None:
    facts = ReportFacts(
        "Songs & airs",
        scores=1,
        seed=7,
        command="notehead build <scores>",
        versions={"notehead": "0.1.0", "verovio": "6.4.1"},
        failures=[("bad.mxl", "damaged <archive>")],
    )
    text = read(write_report(tmp_path, [summary(tmp_path)], statistics(1200), facts)).text
    for part in ("Songs & airs", "1,200 pages", "3,600 symbols", "2 classes", "1 score", "seed 7"):
        assert part in text
    for part in (
        "notehead build <scores>",
        "notehead 0.1.0, verovio 6.4.1",
        "1 file left out",
        "damaged <archive>",
    ):
        assert part in text
    assert "1 of 1,200 pages." in text
    assert "noteheadBlackOnLine" in text


def test_a_dataset_without_failures_has_no_table_of_them(tmp_path: Path) -> None:
    assert "left out" not in read(write_report(tmp_path, [summary(tmp_path)], statistics(), FACTS)).text


def test_an_empty_dataset_has_a_report(tmp_path: Path) -> None:
    page = read(write_report(tmp_path, [], StatisticsBuilder().finish(), FACTS))
    assert "0 pages" in page.text
    assert page.all("a", "data-page") == []


def test_names_are_never_markup(tmp_path: Path) -> None:
    page = summary(tmp_path, HOSTILE, image="images/a.png", score=HOSTILE, font=HOSTILE, split=HOSTILE)
    facts = ReportFacts(
        HOSTILE, command=HOSTILE, versions={HOSTILE: HOSTILE}, failures=[(HOSTILE, HOSTILE)], seed=1
    )
    hostile = read(write_report(tmp_path / "a", [summary(tmp_path / "a")], statistics(), FACTS))
    plain = read(write_report(tmp_path, [page], statistics(), facts))
    assert sum(tag == "img" for tag, _ in plain.elements) == sum(tag == "img" for tag, _ in hostile.elements)
    assert sum(tag == "script" for tag, _ in plain.elements) == 3
    assert not any("onerror" in attributes for _, attributes in plain.elements)
    assert plain.text.count("</script><img src=x onerror=alert(1)>") == 11
    assert "$title ${x}" in plain.text


def test_a_pages_data_is_plain_ascii_without_markup(tmp_path: Path) -> None:
    page = summary(tmp_path, HOSTILE, image="images/a.png", score=HOSTILE)
    script = page_script(page)
    assert script.isascii()
    assert "<" not in script
    data = page_data(page)
    assert data["name"] == data["score"] == data["text"][1] == HOSTILE


def test_a_pages_data_tells_its_symbols_by_column(tmp_path: Path) -> None:
    data = page_data(summary(tmp_path, staff_space=10.123))
    colours = [
        "#" + class_colours()[VOCABULARY.id(name)].tobytes().hex() for name in ("stem", "noteheadBlackOnLine")
    ]
    assert data["classes"] == [["stem", colours[0], 2], ["noteheadBlackOnLine", colours[1], 1]]
    assert data["label"] == [0, 1, 0]
    assert data["id"] == [3, 7, 9]
    assert data["box"] == [20, 10, 22, 40, 10, 35, 20, 45.3, 50, 10, 52, 40]
    assert data["oriented"] == {"1": [9, 40, 15, 34, 21, 40, 15, 46]}
    assert data["links"] == [1, 0]
    assert (data["onset"], data["duration"]) == ([None, 2, None], [None, 0.3333, None])
    assert (data["diatonic"], data["alter"], data["staff"]) == ([None, 28, None], [None, 1, None], [0, 0, 1])
    assert data["space"] == 10.12
    assert not {"voice", "measure", "confidence"} & set(data)


def test_scores_are_told_where_they_are_not_certain(tmp_path: Path) -> None:
    doubtful = symbols().replace(score=np.array([1, 0.51239, 0]))
    assert page_data(summary(tmp_path, symbols=doubtful))["confidence"] == [None, 0.512, 0]


def test_a_page_without_symbols_is_shown(tmp_path: Path) -> None:
    data = page_data(summary(tmp_path, symbols=Symbols()))
    assert data["classes"] == data["label"] == data["box"] == []


def test_no_more_pages_are_asked_for_than_shown(tmp_path: Path) -> None:
    asked = []

    def pages() -> Iterator[PageSummary]:
        for number in range(9):
            asked.append(number)
            yield summary(tmp_path, f"page-{number}")

    facts = ReportFacts("Many", max_pages=2)
    page = read(write_report(tmp_path, pages(), statistics(9), facts))
    assert page.all("a", "data-page") == ["page-0", "page-1"]
    assert asked == [0, 1]
    assert "2 of 9 pages." in page.text


def test_the_same_dataset_gives_the_same_bytes(tmp_path: Path) -> None:
    found = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        write_report(folder, [summary(folder)], statistics(), FACTS)
        found.append(
            {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
        )
    assert found[0] == found[1]


@pytest.mark.parametrize(("width", "height"), [(400, 600), (2000, 2800), (3000, 400), (9, 9)])
def test_thumbnails_keep_the_pages_shape(tmp_path: Path, width: int, height: int) -> None:
    page = summary(tmp_path, width=width, height=height)
    write_report(tmp_path, [page], statistics(), FACTS)
    small = cv2.imread(str(tmp_path / "report" / "pages" / f"{page.key}.png"), cv2.IMREAD_UNCHANGED)
    assert small is not None
    assert small.ndim == 2
    assert small.shape[0] <= min(height, 540)
    assert small.shape[1] <= min(width, 380)
    assert small.shape[1] / small.shape[0] == pytest.approx(width / height, rel=0.02)


def test_a_missing_image_is_named(tmp_path: Path) -> None:
    page = summary(tmp_path)
    (tmp_path / page.image).unlink()
    with pytest.raises(DatasetError, match=r"lg-1--page-1 cannot be read: images/lg-1--page-1\.png"):
        write_report(tmp_path, [page], statistics(), FACTS)
    (tmp_path / page.image).write_bytes(b"no image")
    with pytest.raises(DatasetError, match="cannot be read"):
        write_report(tmp_path, [page], statistics(), FACTS)


@pytest.mark.parametrize(
    "image", ["../outside.png", "/etc/outside.png", "//host/outside.png", "a/../../b.png"]
)
def test_images_outside_of_the_dataset_are_refused(image: str) -> None:
    page = PageSummary("page", image, 9, 9, Symbols(), "train")
    with pytest.raises(DatasetError, match="outside of the dataset"):
        page_script(page)


def test_a_report_that_cannot_be_written_is_an_output_error(tmp_path: Path) -> None:
    page = summary(tmp_path)
    (tmp_path / "report").write_text("a file where the folder should be")
    with pytest.raises(OutputError, match="cannot be written"):
        write_report(tmp_path, [page], statistics(), FACTS)


@given(st.text(max_size=40), st.text(max_size=40))
@settings(max_examples=200)
def test_keys_are_fit_for_files_and_tell_names_apart(one: str, other: str) -> None:
    first, second = (PageSummary(name, "a.png", 9, 9, Symbols(), "test").key for name in (one, other))
    assert re.fullmatch(r"[\w.~-]*", first)
    assert (first == second) == (one == other)


def test_long_names_have_short_keys_of_their_own() -> None:
    keys = {PageSummary("é " * 200 + end, "a.png", 9, 9, Symbols(), "test").key for end in "ab"}
    assert len(keys) == 2
    assert all(len(key.encode()) <= 180 for key in keys)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_safe_json_is_json_and_safe(value: Any) -> None:
    text = safe_json(value)
    assert json.loads(text) == value
    assert text.isascii()
    assert "<" not in text
