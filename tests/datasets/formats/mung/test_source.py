"""MuNG: what we write comes back and `mung` reads it, what `mung` writes we read, bad files are told of."""

from __future__ import annotations

import pickle
import random
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import mung.io
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from mung.node import Node as TheirNode
from numpy.typing import NDArray
from PIL import Image

from notehead import VOCABULARY, Dataset, Page, Symbols
from notehead.datasets.convert import ConvertOptions, LossWarning, convert
from notehead.datasets.formats import WriteOptions, parts_of
from notehead.datasets.formats.mung.masks import Patch, full_runs, paint, parse_runs, runs_of, spell_runs
from notehead.datasets.formats.mung.source import FORMAT, MungSource
from notehead.datasets.source import ReadOptions
from notehead.errors import DatasetError
from notehead.images import encode_png
from notehead.page import ABSENT, COLUMNS, Origin
from notehead.vocabulary import Vocabulary, named_vocabulary
from tests.support.mutate import mutate
from tests.support.pages import MemorySource, blank_page, disc_page, random_symbols

OWN = Vocabulary.of([(900, "stem"), (3, "smudge & <blot>"), (0, "größe")])
SPLIT_OF = {"a": "train", "b": "", "c": "val"}


@contextmanager
def converted(
    *pages: Page, vocabulary: Vocabulary = VOCABULARY, options: WriteOptions | None = None
) -> Iterator[Path]:
    """The pages as MuNG files in a folder of their own."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", LossWarning)
        place = Path(folder) / "mung"
        source = Dataset(MemorySource(pages, vocabulary))
        convert(source, place, "mung", ConvertOptions(options or WriteOptions()))
        yield place


def their_nodes(path: Path) -> dict[int, TheirNode]:
    """The nodes of a file as the package `mung` reads it."""
    return {node.id: node for node in mung.io.read_nodes_from_file(str(path))}


def assert_same(found: Symbols, wanted: Symbols) -> None:
    """All columns are the same, boxes to a thousandth of a pixel, links in any order."""
    assert found.vocabulary == wanted.vocabulary
    for column in COLUMNS:
        one, other = getattr(found, column), getattr(wanted, column)
        assert one.dtype == other.dtype, column
        if column == "links":
            assert sorted(one.tolist()) == sorted(other.tolist())
        elif one.dtype == np.float64:
            np.testing.assert_allclose(one, other, rtol=0, atol=1e-3 if column in ("box", "corners") else 0)
        else:
            assert one.tolist() == other.tolist(), column


# Round trips.


@st.composite
def rich_symbols(draw: st.DrawFn, vocabulary: Vocabulary) -> Symbols:
    """Random symbols that have something in every column."""
    symbols = draw(random_symbols(vocabulary=vocabulary))
    count = len(symbols)
    whole = st.integers(0, 99) | st.just(ABSENT)
    text = np.full(count, None, object)
    text[:] = draw(st.lists(st.none() | st.text("aé♯ &<\r\n\"'", max_size=4), min_size=count, max_size=count))
    columns: dict[str, Any] = {
        name: np.array(draw(st.lists(values, min_size=count, max_size=count)), dtype)
        for name, values, dtype in (
            ("system", whole, np.int32),
            ("measure", whole, np.int32),
            ("voice", whole, np.int32),
            ("diatonic", st.integers(-14, 70) | st.just(ABSENT), np.int32),
            ("alter", st.integers(-3, 3) | st.just(ABSENT), np.int32),
            ("score", st.sampled_from([1.0, 0.0, 0.123456789]), np.float64),
        )
    }
    columns["alter"] = np.where(columns["diatonic"] == ABSENT, ABSENT, columns["alter"]).astype(np.int32)
    return symbols.replace(text=text, **columns)


@settings(max_examples=40)
@given(data=st.data(), vocabulary=st.sampled_from([VOCABULARY, named_vocabulary("mung"), OWN]))
def test_symbols_come_back_whole(data: st.DataObject, vocabulary: Vocabulary) -> None:
    symbols = data.draw(rich_symbols(vocabulary))
    page = blank_page("a", symbols)
    with converted(page, vocabulary=vocabulary) as folder:
        dataset = Dataset(folder, format="mung")
        found = dataset[0]
        assert found.name == "a"
        assert dataset.vocabulary == vocabulary
        assert_same(found.symbols, symbols)
        assert_same(dataset.symbols(0), found.symbols)
        assert np.array_equal(found.image, page.image)
        assert found.ids is None
        nodes = their_nodes(folder / "annotations" / "a.xml")
    assert list(nodes) == symbols.id.tolist()
    assert [node.class_name for node in nodes.values()] == symbols.names
    for node, box in zip(nodes.values(), symbols.box, strict=True):
        assert node.bounding_box == (
            np.floor(box[1]), np.floor(box[0]), np.ceil(box[3]), np.ceil(box[2])
        )  # fmt: skip
        assert node.mask is None


def test_notehead_s_own_vocabulary_is_itself_again() -> None:
    with converted(disc_page()) as folder:
        assert Dataset(folder).vocabulary is VOCABULARY


LAYER = arrays(np.uint16, (5, 7), elements=st.sampled_from([0, 0, 4, 9, 65535]))


@settings(max_examples=40)
@given(ids=LAYER, under=LAYER, box=st.tuples(*[st.integers(0, 4)] * 4))
def test_layers_come_back_whole(
    ids: NDArray[np.uint16], under: NDArray[np.uint16], box: tuple[int, int, int, int]
) -> None:
    """Whatever lies on what, in rings, too; and where pixels lie outside of their symbol's box."""
    under[under == ids] = 0
    x0, y0, width, height = box
    boxes: list[list[float]] = [
        [x0 / 2, y0 / 2, x0 / 2 + width / 2, y0 / 2 + height / 2],
        [0, 0, 7, 5],
        [6.5, 4.5, 7.25, 5.5],
    ]
    symbols = Symbols.build(["beam", "stem", "slur"], boxes, id=[4, 65535, 9])
    page = Page("a", np.zeros((5, 7), np.uint8), symbols, ids, under)
    with converted(page) as folder:
        found = Dataset(folder)[0]
        nodes = their_nodes(folder / "annotations" / "a.xml")
    assert found.ids is not None
    assert found.under is not None
    assert found.ids.tolist() == ids.tolist()
    assert found.under.tolist() == under.tolist()
    assert np.allclose(found.symbols.box, boxes, atol=1e-3)
    for identity, node in nodes.items():
        whole = np.zeros((7, 9), bool)
        whole[node.top : node.bottom, node.left : node.right] = node.mask
        assert whole[:5, :7].tolist() == page.mask(identity).tolist()
        assert not whole[5:].any()
        assert not whole[:, 7:].any()


def test_a_page_of_discs_comes_back_and_mung_reads_it() -> None:
    page = disc_page()
    with converted(page) as folder:
        dataset = Dataset(folder)
        found = dataset[0]
        nodes = their_nodes(folder / "annotations" / "discs.xml")
        assert_same(dataset.symbols("discs"), found.symbols)
    assert_same(found.symbols, page.symbols)
    assert np.array_equal(found.ids if found.ids is not None else 0, page.ids if page.ids is not None else 1)
    assert np.array_equal(
        found.under if found.under is not None else 0, page.under if page.under is not None else 1
    )
    edges = [(node.id, target) for node in nodes.values() for target in node.outlinks]
    assert sorted(edges) == sorted(map(tuple, page.symbols.links.tolist()))
    assert sorted((source, node.id) for node in nodes.values() for source in node.inlinks) == sorted(edges)
    for symbol in page.symbols:
        node = nodes[symbol.id]
        assert node.class_name == symbol.name
        assert node.bounding_box == (symbol.box[1], symbol.box[0], symbol.box[3], symbol.box[2])
        full = np.zeros(page.image.shape, bool)
        full[node.top : node.bottom, node.left : node.right] = node.mask
        assert np.array_equal(full, page.mask(symbol))


def test_real_pages_come_back_whole(dataset_folder: Path, tmp_path: Path) -> None:
    wanted = Dataset(dataset_folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LossWarning)
        convert(wanted, tmp_path / "mung", "mung")
    found = Dataset(tmp_path / "mung")
    for page in wanted:
        other = found[page.name]
        assert_same(other.symbols, page.symbols)
        assert np.array_equal(other.image, page.image)
        assert other.ids is not None
        assert np.array_equal(other.ids, page.ids)  # type: ignore[arg-type]
        assert np.array_equal(other.under, page.under)  # type: ignore[arg-type]
    assert {entry.name: entry.split for entry in found.entries} == {
        entry.name: entry.split for entry in wanted.entries
    }


def rich_page() -> Page:
    """A page that has every part that a page can have."""
    page = disc_page()
    symbols = page.symbols.replace(
        corners=page.symbols.corners[:, [1, 2, 3, 0]] + [[[0, 1], [0, 0], [0, 0], [0, 0]]],
        score=np.full(5, 0.5),
        onset=np.arange(5.0),
        duration=np.array([1, np.nan, 1 / 3, 2, 0]),
        position=np.array([-3, 0, 4, ABSENT, 8], np.int32),
        diatonic=np.array([28, 30, ABSENT, 0, 45], np.int32),
        alter=np.array([1, -1, ABSENT, 0, 2], np.int32),
        staff=np.arange(5, dtype=np.int32),
        system=np.zeros(5, np.int32),
        measure=np.arange(7, 12, dtype=np.int32),
        voice=np.ones(5, np.int32),
        text=np.array(["Größe", None, "", "  a ", "<&>"], object),
    )
    return replace(page, symbols=symbols, staff_lines=np.array([[0.0, 1, 2, 3, 4]]))


def test_it_holds_what_it_says_it_holds(tmp_path: Path) -> None:
    page = rich_page()
    assert parts_of(page) >= FORMAT.holds - {"split", "class ids"}
    with pytest.warns(LossWarning, match="mung cannot hold origin, staff lines$"):
        convert(Dataset(MemorySource([page])), tmp_path / "mung", "mung")
    found = Dataset(tmp_path / "mung")[0]
    assert parts_of(found) == parts_of(page) & FORMAT.holds
    assert_same(found.symbols, page.symbols)
    data = their_nodes(tmp_path / "mung" / "annotations" / "discs.xml")[2].data
    assert data["onset_beats"] == 0.0
    assert data["duration_beats"] == 1.0
    assert (data["normalized_pitch_step"], data["pitch_octave"], data["midi_pitch_code"]) == ("C", 4, 61)
    assert data["staff_id"] == 0
    assert data["text"] == "Größe"
    assert data["box"] == list(page.symbols[0].box)


def test_masks_are_left_out_on_request() -> None:
    page = disc_page()
    with converted(page, options=WriteOptions(masks=False)) as folder:
        found = Dataset(folder)[0]
    assert found.ids is None
    assert_same(found.symbols, page.symbols)


def test_splits_come_back(tmp_path: Path) -> None:
    source = MemorySource([blank_page(name, Symbols()) for name in SPLIT_OF])
    source.entries = [replace(entry, split=SPLIT_OF[entry.name]) for entry in source.entries]
    convert(Dataset(source), tmp_path / "mung", "mung")
    assert [(entry.name, entry.split) for entry in Dataset(tmp_path / "mung").entries] == [*SPLIT_OF.items()]


def test_the_same_pages_give_the_same_bytes() -> None:
    with converted(disc_page()) as one, converted(disc_page()) as other:
        files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
        assert len(files) == 4
        for path in files:
            assert (one / path).read_bytes() == (other / path).read_bytes()


def test_classes_that_xml_cannot_name_are_refused(tmp_path: Path) -> None:
    vocabulary = Vocabulary.of([(1, "a\x01")])
    with pytest.raises(DatasetError, match="XML cannot hold the name of the class"):
        convert(Dataset(MemorySource([], vocabulary)), tmp_path / "mung", "mung")


def test_pages_whose_names_lead_elsewhere_are_refused(tmp_path: Path) -> None:
    page = blank_page("../a", Symbols())
    with pytest.raises(DatasetError, match="cannot be the name of a page's file"):
        convert(Dataset(MemorySource([page])), tmp_path / "mung", "mung")


# What `mung` writes.


def test_what_mung_writes_is_read(tmp_path: Path) -> None:
    mask = np.array([[1, 0, 1], [0, 1, 1]], np.uint8)
    nodes = [
        TheirNode(
            7, "noteheadFull", 5, 10, 3, 2, outlinks=[9], mask=mask, data={"onset_beats": 1.5, "x": [1, 2]}
        ),
        TheirNode(9, "stem", 1, 21, 1, 9, inlinks=[7], mask=np.ones((9, 1), np.uint8)),
        TheirNode(12, "staff", 0, 0, 40, 20),
    ]
    mung.io.write_nodes_to_file(nodes, str(tmp_path / "p.xml"), document="p", dataset="mine")
    (tmp_path / "p.png").write_bytes(encode_png(np.zeros((20, 40), np.uint8)))
    dataset = Dataset(tmp_path)
    page = dataset[0]
    assert dataset.vocabulary == named_vocabulary("mung")
    assert page.symbols.id.tolist() == [7, 9, 12]
    assert page.symbols.names == ["noteheadFull", "stem", "staff"]
    assert page.symbols.box.tolist() == [[10, 5, 13, 7], [21, 1, 22, 10], [0, 0, 40, 20]]
    assert page.symbols.links.tolist() == [[7, 9]]
    assert page.symbols.onset[0] == 1.5
    assert page.mask(7)[5:7, 10:13].tolist() == mask.astype(bool).tolist()
    assert page.mask(9).sum() == 9
    assert page.mask(12).all(), "a node without a mask fills its box"
    assert page.symbols.area.tolist() == [4, 9, 20 * 40 - 13]


MASKS = arrays(np.bool_, st.tuples(st.integers(0, 6), st.integers(0, 6)))


@given(mask=MASKS)
def test_runs_are_spelled_as_mung_does(mask: NDArray[np.bool_]) -> None:
    spelled = spell_runs(runs_of(mask))
    assert spelled == TheirNode.encode_mask_rle(mask.astype(np.uint8))
    found = parse_runs(spelled, (mask.shape[0], mask.shape[1]))
    assert found.array().tolist() == mask.tolist()
    assert found.pixels == mask.sum()


@given(mask=MASKS.filter(lambda mask: mask.size > 0))
def test_a_number_for_each_pixel_is_a_mask_too(mask: NDArray[np.bool_]) -> None:
    text = TheirNode.encode_mask_bitmap(mask.astype(np.uint8))
    assert parse_runs(text, (mask.shape[0], mask.shape[1])).array().tolist() == mask.tolist()


def test_large_symbols_lie_below_small_ones() -> None:
    patches = [
        Patch(1, 2, 2, full_runs((2, 2))),
        Patch(2, -1, 0, full_runs((9, 9))),
        Patch(3, 3, 3, full_runs((1, 1))),
    ]
    ids, under = paint(patches, (5, 6))
    assert ids[2:4, 2:4].tolist() == [[1, 1], [1, 3]]
    assert under[2:4, 2:4].tolist() == [[2, 2], [2, 1]]
    assert (ids > 0).all()
    assert under.sum() == 3 * 2 + 1


# What is published.

NODE = (
    "<Node><Id>{id}</Id><ClassName>{name}</ClassName><Top>3</Top><Left>2</Left><Width>4</Width><Height>2</Height>"
    "{more}</Node>"
)


def node(identity: int | str = 1, name: str = "stem", more: str = "") -> str:
    return NODE.format(id=identity, name=name, more=more)


def write_page(path: Path, *nodes: str, image: bool = True) -> Path:
    """A file of nodes, and an image of 20 x 10 pixels beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<Nodes dataset="d">{"".join(nodes)}</Nodes>')
    if image:
        path.with_suffix(".png").write_bytes(encode_png(np.zeros((10, 20), np.uint8)))
    return path


def data(**items: str) -> str:
    rows = (f'<DataItem key="{key}" type="str">{value}</DataItem>' for key, value in items.items())
    return f"<Data>{''.join(rows)}</Data>"


def read_one(tmp_path: Path, *nodes: str) -> Symbols:
    write_page(tmp_path / "p.xml", *nodes)
    return Dataset(tmp_path).symbols(0)


NAMES = ("CVC-MUSCIMA_W-01_N-10_D-ideal", "CVC-MUSCIMA_W-02_N-10_D-ideal", "CVC-MUSCIMA_W-02_N-11_D-ideal")


@pytest.mark.parametrize("given_folder", ["", "v2.0", "v2.0/data", "v2.0/data/annotations"])
def test_muscima_as_it_is_unpacked(tmp_path: Path, given_folder: str) -> None:
    data_folder = tmp_path / "v2.0" / "data"
    for name in NAMES:
        write_page(data_folder / "annotations" / f"{name}.xml", node(0), image=False)
        (data_folder / "images").mkdir(exist_ok=True)
        (data_folder / "images" / f"{name}.png").write_bytes(encode_png(np.zeros((10, 20), np.uint8)))
    lists = tmp_path / "v2.0" / "specifications"
    lists.mkdir()
    (lists / "testset-independent.txt").write_text(f"{NAMES[1]}\n")
    (lists / "testset-dependent.txt").write_text(f"{NAMES[0]}\n")
    dataset = Dataset(tmp_path / given_folder)
    assert [page.name for page in dataset] == [*NAMES]
    assert [page.width for page in dataset] == [20, 20, 20]
    if given_folder != "v2.0/data":
        assert [entry.split for entry in dataset.entries] == ["train", "test", "train"]
    assert [entry.score_id for entry in dataset.entries] == [
        f"CVC-MUSCIMA N-{number}" for number in (10, 10, 11)
    ]


def test_images_in_the_folders_of_cvc_muscima(tmp_path: Path) -> None:
    write_page(tmp_path / "annotations" / f"{NAMES[0]}.xml", node(), image=False)
    image = tmp_path / "CvcMuscima-Distortions" / "ideal" / "w-01" / "image" / "p010.png"
    image.parent.mkdir(parents=True)
    image.write_bytes(encode_png(np.full((10, 20), 7, np.uint8)))
    assert (Dataset(tmp_path)[0].image == 7).all()


def test_an_id_of_nought_moves_all_ids_up(tmp_path: Path) -> None:
    links, mask = "<Outlinks>5 0</Outlinks>", "<Mask>0:7 1:1</Mask>"
    write_page(tmp_path / "p.xml", node(5, more=links), node(0, more=mask), node(65534))
    page = Dataset(tmp_path)[0]
    assert page.symbols.id.tolist() == [6, 1, 65535]
    assert page.symbols.links.tolist() == [[6, 6], [6, 1]]
    assert page.ids is not None
    assert page.ids[4, 5] == 1


@pytest.mark.parametrize("tags", [("Top", "Left", "MLClassName"), ("Y", "X", "ClassName")])
def test_crop_objects_of_the_first_version(tmp_path: Path, tags: tuple[str, str, str]) -> None:
    top, left, name = tags
    found = (
        f'<CropObject xml:id="MUSCIMA-pp_1.0___x___4"><Id>4</Id><{name}>notehead-full</{name}>'
        f"<{left}>2</{left}><{top}>3</{top}><Width>4</Width><Height>2</Height>"
        "<Mask>0:1 1:2\n  0:5\n </Mask></CropObject>"
    )
    text = f"<CropObjectList><CropObjects>{found}</CropObjects></CropObjectList>"
    (tmp_path / "p.xml").write_text(text)
    symbols = Dataset(tmp_path).symbols(0)
    assert symbols.names == ["noteheadFull"]
    assert symbols.box.tolist() == [[2, 3, 6, 5]]
    assert symbols.area.tolist() == [2]


@pytest.mark.parametrize(
    ("former", "name"),
    [
        ("notehead-full", "noteheadFull"), ('trill_"wobble"', "wiggleTrill"),
        ("letter_P", "characterCapitalP"), ("multi-measure_rest", "multiMeasureRest"),
        ("restHBar", "multiMeasureRest"), ("clefG", "gClef"),
    ],
)  # fmt: skip
def test_former_names_of_classes(tmp_path: Path, former: str, name: str) -> None:
    assert read_one(tmp_path, node(name=former)).names == [name]


def test_names_that_became_several_are_unknown(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="node 1: its class 'notehead-empty' is unknown"):
        read_one(tmp_path, node(name="notehead-empty"))


def class_list(*names: str) -> str:
    rows = (
        f"<NodeClass><Id>{2 * place}</Id><Name>{name}</Name></NodeClass>" for place, name in enumerate(names)
    )
    return f"<NodeClasses>{''.join(rows)}</NodeClasses>"


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (("notehead-full", "stem"), [(0, "notehead-full"), (2, "stem")]),
        (("noteheadFull", "stem"), [(row.id, row.name) for row in named_vocabulary("mung").classes]),
    ],
)
def test_the_list_of_another_version_has_its_classes(
    tmp_path: Path, names: tuple[str, ...], wanted: list[tuple[int, str]]
) -> None:
    write_page(tmp_path / "data" / "annotations" / "p.xml", node())
    path = tmp_path / "specifications" / "mff-muscima-mlclasses-annot.xml"
    path.parent.mkdir()
    path.write_text(class_list(*names))
    vocabulary = Dataset(tmp_path).vocabulary
    assert [(row.id, row.name) for row in vocabulary.classes] == wanted


def test_a_vocabulary_given_comes_first(tmp_path: Path) -> None:
    write_page(tmp_path / "p.xml", node(name="smudge & <blot>".replace("&", "&amp;").replace("<", "&lt;")))
    (tmp_path / "classes.csv").write_text("id,name\n1,a\n")
    symbols = Dataset(tmp_path, options=ReadOptions(vocabulary=OWN)).symbols(0)
    assert symbols.label.tolist() == [3]


@pytest.mark.parametrize(
    ("items", "columns"),
    [
        ({"onset_beats": " 1.25 ", "duration_beats": "0.333333"}, {"onset": 1.25, "duration": 0.333333}),
        ({"onset_beats": "nan", "staff_id": "None", "duration_beats": ""}, {"staff": ABSENT}),
        ({"staff_id": "3", "dorico_event_id": "-1", "clef_hotspot": "G4"}, {"staff": 3}),
        (
            {"normalized_pitch_step": "A", "pitch_octave": "4", "midi_pitch_code": "69"},
            {"diatonic": 33, "alter": 0},
        ),
        (
            {"normalized_pitch_step": "F#", "pitch_octave": "4", "midi_pitch_code": "66"},
            {"diatonic": 31, "alter": 1},
        ),
        ({"pitch_step": "D", "pitch_octave": "4", "pitch_modification": "1"}, {"diatonic": 29, "alter": 1}),
        ({"pitch_step": "D", "pitch_octave": "4"}, {"diatonic": 29, "alter": ABSENT}),
        ({"midi_pitch_code": "66"}, {"diatonic": ABSENT, "alter": ABSENT}),
        ({"text": "rit."}, {"text": "rit."}),
    ],
)
def test_data_of_others(tmp_path: Path, items: dict[str, str], columns: dict[str, Any]) -> None:
    symbols = read_one(tmp_path, node(more=data(**items)))
    for name, value in columns.items():
        assert getattr(symbols, name)[0] == value, name


def test_an_exact_box_that_is_out_of_date_is_not_used(tmp_path: Path) -> None:
    symbols = read_one(
        tmp_path, node(1, more=data(box="2.5 3.25 6 5")), node(2, more=data(box="1.5 3 6 5")),
        node(3, more=data(box="5 4 3 4")),
    )  # fmt: skip
    assert symbols.box.tolist() == [[2.5, 3.25, 6, 5], [2, 3, 6, 5], [2, 3, 6, 5]]


def test_pages_without_an_image_have_symbols(tmp_path: Path) -> None:
    path = write_page(tmp_path / "p.xml", node(more="<Mask>1:8</Mask>"), image=False)
    dataset = Dataset(tmp_path)
    assert dataset.symbols(0).area.tolist() == [8]
    with pytest.raises(DatasetError, match=rf"{path}: there is no image for it\. Put it"):
        dataset[0]


def test_white_on_black_and_one_bit_are_read_as_they_are(tmp_path: Path) -> None:
    write_page(tmp_path / "p.xml", node(), image=False)
    pixels = np.zeros((10, 20), bool)
    pixels[3, 5] = True
    Image.fromarray(pixels).save(tmp_path / "p.png")
    assert Dataset(tmp_path)[0].image.tolist() == (pixels * np.uint8(255)).tolist()


def test_a_source_can_be_sent_to_a_worker(tmp_path: Path) -> None:
    write_page(tmp_path / "p.xml", node())
    source = pickle.loads(pickle.dumps(MungSource(tmp_path, ReadOptions())))
    assert len(source.page(source.entries[0]).symbols) == 1


# Bad files.

MASK = "<Mask>1:8</Mask>"
BAD_NODES = [
    (node("x"), "node number 2: its Id is no number ('x')"),
    (node(""), "node number 2: it has no Id"),
    (node(-3), "node -3: its Id is not from 0 to 65535"),
    (node(65536), "node 65536: its Id is not from 0 to 65535"),
    (node(1), "node 1: another node has the same Id"),
    (node(2, "smudge"), "node 2: its class 'smudge' is unknown"),
    (node(2, ""), "node 2: its class '' is unknown"),
    (node(2).replace("<Top>3</Top>", ""), "node 2: it has no Top"),
    (node(2).replace("<Top>3<", "<Top>?<"), "node 2: its Top is no number ('?')"),
    (node(2).replace("<Top>3<", "<Top>nan<"), "node 2: its box is not made of numbers"),
    (node(2, more=MASK).replace("<Left>2<", "<Left>inf<"), "node 2: its box is not made of numbers"),
    (node(2).replace("<Width>4<", "<Width>-4<"), "node 2: its box has a negative width or height (2, 3, -2"),
    (node(2, more=MASK).replace("<Height>2<", "<Height>-2<"), "node 2: its box has a negative"),
    (node(2).replace("<Left>2<", "<Left>18<"), "node 2: its box lies outside of the page (18, 3, 22, 5)"),
    (node(2).replace("<Width>4<", "<Width>1e300<"), "node 2: its box lies outside of the page"),
    (node(2, more="<Mask>1:7</Mask>"), "node 2: its mask has 7 pixels, its box 4 x 2"),
    (node(2, more="<Mask>0:1000000000000000 1:8</Mask>"), "node 2: its mask has 1000000000000008 pixels"),
    (node(2, more="<Mask>0:99999999999999999999</Mask>"), "node 2: its mask is no list of runs"),
    (node(2, more="<Mask>0:-1 1:9</Mask>"), "node 2: its mask is no list of runs"),
    (node(2, more="<Mask>2:8</Mask>"), "node 2: its mask is no list of runs"),
    (node(2, more="<Mask>0:4 1</Mask>"), "node 2: its mask is no list of runs"),
    (node(2, more="<Mask>mask</Mask>"), "node 2: its mask is no list of runs"),
    (
        node(2, more=MASK).replace("<Left>2<", "<Left>2.5<"),
        "node 2: it has a mask, but its box is not made of whole pixels",
    ),
    (node(2, more="<Outlinks>1 x</Outlinks>"), "node 2: its Outlinks is no number ('x')"),
    (node(2, more=data(onset_beats="soon")), "node 2: its onset_beats is no number ('soon')"),
    (node(2, more=data(onset_beats="inf")), "node 2: its onset_beats is no number ('inf')"),
    (node(2, more=data(staff_id="1.5")), "node 2: its staff_id is no whole number ('1.5')"),
    (node(2, more=data(staff_id="9999999999")), "node 2: its staff_id is no whole number ('9999999999')"),
    (node(2, more=data(pitch_step="H", pitch_octave="4")), "node 2: it has no pitch step 'H'"),
    (node(2, more=data(pitch_step="C", pitch_octave="400")), "node 2: its pitch_octave is no whole number"),
    (node(2, more=data(box="1 2 3")), "node 2: its box has 3 numbers, not 4"),
    (node(2, more=data(box="2 3 6 5", corners="1 2")), "node 2: its corners has 2 numbers, not 8"),
    (node(2, more=data(covered="1:9")), "node 2: its mask has 9 pixels"),
]  # fmt: skip


@pytest.mark.parametrize(("bad", "message"), BAD_NODES)
def test_bad_nodes_are_told_of_or_left_out(tmp_path: Path, bad: str, message: str) -> None:
    path = write_page(tmp_path / "p.xml", node(1), bad)
    with pytest.raises(DatasetError) as caught:
        Dataset(tmp_path)[0]
    assert caught.value.message.startswith(f"{path}: {message}")
    assert caught.value.remedy
    dataset = Dataset(tmp_path, options=ReadOptions(keep_going=True))
    assert dataset[0].symbols.id.tolist() == [1]
    assert dataset.complaints.counts == {"symbols": 1}
    assert str(dataset.complaints.kept[0]).startswith(f"{path}: {message}")


def test_links_to_nowhere_are_told_of_or_left_out(tmp_path: Path) -> None:
    path = write_page(tmp_path / "p.xml", node(1, more="<Outlinks>1 9</Outlinks>"))
    with pytest.raises(DatasetError) as caught:
        Dataset(tmp_path).symbols(0)
    assert caught.value.message == f"{path}: node 1: it has a link to a node that is not there"
    dataset = Dataset(tmp_path, options=ReadOptions(keep_going=True))
    assert dataset.symbols(0).links.tolist() == [[1, 1]]
    assert dataset.complaints.counts == {"symbols": 1}


@pytest.mark.parametrize("bad", [node(2, "smudge"), node(2).replace("<Left>2<", "<Left>99<")])
def test_links_to_what_was_left_out_go_with_it(tmp_path: Path, bad: str) -> None:
    write_page(tmp_path / "p.xml", node(1, more="<Outlinks>2</Outlinks>"), bad)
    dataset = Dataset(tmp_path, options=ReadOptions(keep_going=True))
    symbols = dataset.symbols(0)
    assert (symbols.id.tolist(), symbols.links.tolist()) == ([1], [])
    assert dataset.complaints.counts == {"symbols": 1}


BOMB = '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY c "&a;&a;">]><Nodes>&c;</Nodes>'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<Nodes><Node><Id>1</Id>", "it is no well-formed XML"),
        ("", "it is no well-formed XML"),
        (BOMB, "it defines a document type of its own"),
        ("<annotation/>", "it holds no MuNG nodes (its root is <annotation>)"),
    ],
)
def test_bad_files_are_told_of_or_left_out(tmp_path: Path, text: str, message: str) -> None:
    write_page(tmp_path / "a.xml", node())
    path = write_page(tmp_path / "b.xml")
    path.write_text(text)
    with pytest.raises(DatasetError, match=r"b\.xml") as caught:
        Dataset(tmp_path)[1]
    assert message in caught.value.message
    assert caught.value.remedy
    dataset = Dataset(tmp_path, options=ReadOptions(keep_going=True))
    assert [page.name for page in dataset] == ["a"]
    assert dataset.complaints.counts == {"pages": 1}


def test_images_that_are_damaged_or_smaller(tmp_path: Path) -> None:
    path = write_page(tmp_path / "p.xml", node())
    image = path.with_suffix(".png")
    image.write_bytes(encode_png(np.zeros((3, 20), np.uint8)))
    with pytest.raises(DatasetError) as caught:
        Dataset(tmp_path)[0]
    assert caught.value.message == f"{path}: node 1: its box lies outside of the page (2, 3, 6, 5)"
    image.write_bytes(encode_png(np.zeros((10, 20), np.uint8))[:45])
    with pytest.raises(DatasetError, match=rf"^{image}: "):
        Dataset(tmp_path)[0]


def test_masks_beyond_any_page(tmp_path: Path) -> None:
    wide = node(more="<Mask>0:10000000000</Mask>").replace("<Width>4<", "<Width>5000000000<")
    path = write_page(tmp_path / "p.xml", wide, image=False)
    with pytest.raises(DatasetError, match=rf"{path}: its symbols span 5000000002 x 5 pixels"):
        Dataset(tmp_path).symbols(0)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("classes.csv", "id,name\n1,a\n1,b\n", "no list of classes"),
        ("splits.csv", "page\np\n", "no list of splits"),
        ("specifications/mff-muscima-mlclasses-annot.xml", class_list("a", "a"), "no list of classes"),
        ("specifications/mff-muscima-mlclasses-annot.xml", "<NodeClasses>", "no well-formed XML"),
        ("specifications/testset-independent.txt", b"\xff\xfe", "no list of splits"),
    ],
)
def test_damaged_lists(tmp_path: Path, name: str, text: str | bytes, message: str) -> None:
    write_page(tmp_path / "p.xml", node())
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(DatasetError, match=message) as caught:
        Dataset(tmp_path, format="mung")
    assert str(path) in caught.value.message
    assert caught.value.remedy


def symbols_or_error(folder: Path, options: ReadOptions) -> Symbols | DatasetError:
    try:
        return Dataset(folder, options=options, format="mung").symbols(0)
    except DatasetError as error:
        return error


@pytest.mark.parametrize("seed", range(40))
def test_damaged_files_are_read_or_told_of(tmp_path: Path, seed: int) -> None:
    with converted(rich_page()) as folder:
        path = folder / "annotations" / "discs.xml"
        path.write_text(mutate(path.read_text(), "musicxml", random.Random(seed)), errors="surrogatepass")
        for keep_going in (False, True):
            found = symbols_or_error(folder, ReadOptions(keep_going))
            if isinstance(found, DatasetError):
                assert str(folder) in found.message
                assert found.remedy
            else:
                assert len(set(found.id.tolist())) == len(found)
                assert set(found.links.ravel().tolist()) <= set(found.id.tolist())


@pytest.mark.parametrize("classes", [VOCABULARY, OWN])
def test_a_dataset_without_pages_is_one(classes: Vocabulary) -> None:
    with converted(vocabulary=classes) as folder:
        dataset = Dataset(folder)
        assert (len(dataset), dataset.format, dataset.vocabulary) == (0, "mung", classes)
        (folder / "annotations" / "x.json").write_text("{}")
        assert not FORMAT.here(folder), "something else may be there"


def test_a_folder_without_nodes_is_none(tmp_path: Path) -> None:
    (tmp_path / "p.xml").write_text("<annotation/>")
    assert not FORMAT.here(tmp_path)
    assert not FORMAT.here(tmp_path / "p.xml")
    assert not FORMAT.here(tmp_path / "missing")
    with pytest.raises(DatasetError, match="there are no MuNG files"):
        Dataset(tmp_path, format="mung")


def test_a_page_s_resolution_is_in_its_image() -> None:
    page = replace(disc_page(), origin=Origin(resolution=300.0))
    with converted(page) as folder:
        assert b"pHYs" in (folder / "images" / "discs.png").read_bytes()
