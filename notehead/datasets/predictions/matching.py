"""Which pages of the truth the images of a prediction file are.

Files name images by integers or by texts. A text is a page's name, with or without its ending, or its
key. An integer is a page's key (the id of the image, in COCO and DeepScoresV2), or a name that is a number,
as Ultralytics writes it. Integers of one file all mean the same: what fits most of them, keys if both fit
equally well. It is no page's place: formats have their pages in different orders, and figures of pages that
are mistaken for others look like those of a bad detector.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from notehead.datasets.index import PageEntry
from notehead.errors import DatasetError
from notehead.images import ENDINGS

_NO_IDS = (
    "Write the pages' names as image_id, "
    "or give as the truth the COCO or DeepScoresV2 dataset that the numbers are from."
)


@dataclass(slots=True)
class Matched:
    """What the images of a file are.

    Attributes:
        images: the images that are a page, by the page's name; more than one if it is named variously.
        unmatched: the images that are no page.
    """

    images: dict[str, list[int | str]] = field(default_factory=dict)
    unmatched: list[str] = field(default_factory=list)


def match_images(
    path: Path, images: Iterable[int | str], entries: Sequence[PageEntry], *, names: bool = True
) -> Matched:
    """Find the pages that the images of a file are.

    Args:
        path: the file, for messages.
        images: as it names them.
        entries: the pages of the truth.
        names: whether an integer may be the name of a page.

    Raises:
        DatasetError: none of them is a page; an id is that of several pages; they are integers and the truth
            has no image ids.

    Example:
        >>> pages = [PageEntry("a", key="7"), PageEntry("b", key="9")]
        >>> match_images(Path("results.json"), [9, "a.png", 3], pages).images
        {'b': [9], 'a': ['a.png']}
    """
    images = list(images)
    numbers = [image for image in images if isinstance(image, int)]
    by_number, by_text = _best_numbers(path, numbers, entries, names=names), _texts(entries)
    matched = Matched()
    for image in images:
        name = by_number(image) if isinstance(image, int) else by_text(image)
        if name is None:
            matched.unmatched.append(str(image))
        else:
            matched.images.setdefault(name, []).append(image)
    if numbers and not matched.images and not any(is_number(entry.key) for entry in entries):
        message = f"{path}: it numbers its images ({numbers[0]}, ...), and the truth has no image ids"
        raise DatasetError(message, _NO_IDS)
    if images and not matched.images:
        some = ", ".join(map(str, images[:3]))
        message = f"{path}: none of its images ({some}, ...) is a page of the truth"
        raise DatasetError(
            message, "Predict the pages of this dataset, or choose the dataset it was made for."
        )
    return matched


_Find = Callable[[int], str | None]


def _best_numbers(path: Path, numbers: list[int], entries: Sequence[PageEntry], *, names: bool) -> _Find:
    keys = [(int(entry.key), entry.name) for entry in entries if is_number(entry.key)]
    named = [(int(entry.name), entry.name) for entry in entries if names and is_number(entry.name)]
    best = max((keys, named), key=lambda pairs: len({key for key, _ in pairs}.intersection(numbers)))
    times = Counter(key for key, _ in best)
    several = next((number for number in numbers if times[number] > 1), None)
    if several is not None:
        called = [name for key, name in best if key == several]
        message = f"{path}: image {several} is both {called[0]} and {called[1]} in the truth"
        raise DatasetError(message, "Take one split of the truth alone.")
    return dict(best).get


def is_number(text: str) -> bool:
    """Whether a text is an integer from 0 on."""
    return text.isascii() and text.isdigit() and len(text) < 19


def _texts(entries: Sequence[PageEntry]) -> Callable[[str], str | None]:
    names = {entry.name for entry in entries}
    keys = {entry.key: entry.name for entry in entries if entry.key}

    def find(text: str) -> str | None:
        last = PurePosixPath(text.replace("\\", "/"))
        bare = last.stem if last.suffix.lower() in ENDINGS else last.name
        return next((name for name in (text, bare) if name in names), keys.get(text))

    return find
