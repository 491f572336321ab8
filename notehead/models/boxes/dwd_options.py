"""How the Deep Watershed Detector is trained and read, and the measures that its authors tried."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RareOptions:
    """Crops of rare symbols that are pasted into the top margin of pages (Elezi et al., 2018, III.A).

    Attributes:
        count: crops on a page.
        height: of a crop, in pixels.
        width: of a crop: twelve of them are as wide as the crops that were trained on, 960 pixels.
        share: of all symbols, below which a class is rare.
        kept: different symbols of a class, at most, that are pasted.
        top: share of a batch's crops that begin at the top of the page, where the rare ones are.
    """

    count: int = 12
    height: int = 130
    width: int = 80
    share: float = 0.01
    kept: int = 24
    top: float = 0.3


@dataclass(frozen=True, slots=True)
class DwdOptions:
    """The detector as published in 2018, and three measures against its flaws, off.

    Attributes:
        rare_crops: rare symbols are pasted into the margins of what it is trained on.
        pretrained: it is trained on composed scores, whose classes are even, before all others.
        cached_boxes: a symbol gets the mean box of its class, not the one that the network says.
        scored: a symbol's score is its mean energy; otherwise, as published, 1.
        levels: of energy, from 0 for none; the highest is at a symbol's centre.
        energy_side: pixels across the oval in which energy falls to 0, odd.
        class_side: pixels across the oval that learns class and box, odd.
        above: the energy that pixels of a symbol must exceed.
        least: pixels of a symbol.
        without: classes that are neither learnt nor found: they share their centre with others.
        pretraining: share of all steps that goes to composed scores first.
        rare: which crops are pasted.
    """

    rare_crops: bool = False
    pretrained: bool = False
    cached_boxes: bool = False
    scored: bool = False
    levels: int = 20
    energy_side: int = 17
    class_side: int = 9
    above: int = 1
    least: int = 4
    without: tuple[str, ...] = ("staff", "ledgerLine")
    pretraining: float = 0.2
    rare: RareOptions = field(default_factory=RareOptions)
