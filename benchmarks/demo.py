"""`make demo`: real scores that come with music21, engraved into a small dataset to look at."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from notehead import BuildOptions, build
from notehead.cli.bar import Bar

PIECES = {
    "Bach, chorale BWV 66.6": "bach/bwv66.6",
    "Haydn, string quartet op. 74 no. 1, first movement": "haydn/opus74no1/movement1",
    "Schumann, Dichterliebe no. 2 (song with piano)": "schumann_robert/opus48no2",
    "Joplin, Maple Leaf Rag (piano)": "joplin/maple_leaf_rag",
}


def corpus_file(name: str) -> Path:
    """The file of a piece in music21's corpus."""
    from music21 import corpus  # noqa: PLC0415  # takes a second to import

    return Path(str(corpus.getWork(name)))


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
    print(f"Open {Path(folder).resolve() / 'index.html'} in a browser.")


if __name__ == "__main__":
    main(*sys.argv[1:])
