"""`make demo`: real scores that come with music21, engraved into a small dataset; and a scan that is read.

The scan is Petzold's Menuet in G (`benchmarks/scan/menuet.musicxml`), engraved by MuseScore, of which the
detector has seen no page in its training, and degraded by the recipe `flatbed-scan`.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from notehead import BuildOptions, build
from notehead.cli.bar import Bar
from notehead.datasets.overlay import OverlayOptions, overlay
from notehead.detect import Detector
from notehead.files import write_file
from notehead.images import encode_png

PIECES = {
    "Bach, chorale BWV 66.6": "bach/bwv66.6",
    "Haydn, string quartet op. 74 no. 1, first movement": "haydn/opus74no1/movement1",
    "Schumann, Dichterliebe no. 2 (song with piano)": "schumann_robert/opus48no2",
    "Joplin, Maple Leaf Rag (piano)": "joplin/maple_leaf_rag",
}

SCAN = Path(__file__).parent / "scan" / "menuet.jpg"
LEAST = 0.4
"""Score of the symbols that are shown."""


def corpus_file(name: str) -> Path:
    """The file of a piece in music21's corpus."""
    from music21 import corpus  # noqa: PLC0415  # takes a second to import

    return Path(str(corpus.getWork(name)))


def read_scan(picture: Path) -> None:
    """Find the symbols of the scan, say what they are, and draw them."""
    detector = Detector()
    detector.detect(SCAN)  # the first page of a process waits for compiled code to be loaded
    begun = time.perf_counter()
    page = detector.detect(SCAN)
    seconds = time.perf_counter() - begun
    page = replace(page, symbols=page.symbols[page.symbols.score >= LEAST])
    write_file(picture, encode_png(overlay(page, OverlayOptions(scale=2))))
    counts = ", ".join(f"{count} {name}" for name, count in Counter(page.symbols.names).most_common(5))
    print(f"{SCAN.name}: {len(page.symbols)} symbols found in {seconds:.1f} s: {counts} ...")
    print(f"Look at {picture.resolve()}.")


def main(folder: str) -> None:
    """Build the dataset and say where to look."""
    shutil.rmtree(folder, ignore_errors=True)
    scores = Path(f"{folder}-scores")
    scores.mkdir(exist_ok=True)
    for title, name in PIECES.items():
        source = corpus_file(name)
        print(f"{title}: {source.name}", file=sys.stderr)
        shutil.copy(source, scores / source.name)
    result = build(scores, folder, BuildOptions(per_score=2, limit=24), Bar())
    print(
        f"{result.pages} pages, {result.symbols:,} symbols of {result.scores} scores, {result.seconds:.0f} s"
    )
    for failure in result.failures:
        print(f"left out: {failure.file}: {failure.reason}", file=sys.stderr)
    read_scan(Path(folder) / "scan.png")
    print(f"Open {Path(folder).resolve() / 'index.html'} in a browser.")


if __name__ == "__main__":
    main(*sys.argv[1:])
