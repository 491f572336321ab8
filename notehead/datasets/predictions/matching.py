"""Which pages of the truth the images of a prediction file are.

Files name images by integers or by texts. A text is a page's name, with or without its ending, or its
key. An integer is a page's key (the id of the image, in COCO and DeepScoresV2); a name that is a number,
as Ultralytics writes it; or, where no key is one, the page's place in it, from 1. Integers of
one file all mean the same: what fits most of them, and of what fits equally well the first of these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from notehead.datasets.index import PageEntry
from notehead.errors import DatasetError
from notehead.images import ENDINGS


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
        DatasetError: none of them is a page; an id is that of several pages; places count from 0.

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
    places = [] if keys else [(place, entry.name) for place, entry in enumerate(entries, start=1)]
    best = max((keys, named, places), key=lambda pairs: len({key for key, _ in pairs}.intersection(numbers)))
    times = Counter(key for key, _ in best)
    several = next((number for number in numbers if times[number] > 1), None)
    if several is not None:
        called = [name for key, name in best if key == several]
        message = f"{path}: image {several} is both {called[0]} and {called[1]} in the truth"
        raise DatasetError(message, "Take one split of the truth alone.")
    if best is places and 0 in numbers:
        message = f"{path}: image 0: the places of pages count from 1"
        raise DatasetError(message, "Add 1 to each image_id, or write the pages' names.")
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
