"""The example that `docs/evaluate.md` computes by hand."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stdout
from pathlib import Path

from notehead.evaluate import DEFINITIONS

PAGE = Path(__file__).parents[2] / "docs" / "evaluate.md"


def test_the_example_gives_the_figures_computed_by_hand() -> None:
    text = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"(<!-- not run -->\n)?```python\n(.*?)\n```", text, re.DOTALL)
    names: dict[str, object] = {}
    printed = io.StringIO()
    with redirect_stdout(printed):
        for skipped, block in blocks:
            if not skipped:
                exec(compile(block, str(PAGE), "exec"), names)
    assert sum(not skipped for skipped, _ in blocks) >= 5
    assert "stem" in printed.getvalue()


def test_every_definition_is_described() -> None:
    text = PAGE.read_text(encoding="utf-8")
    described = dict(re.findall(r"^\| ([^|`]+) \| `(\w+)` \|", text, re.MULTILINE))
    assert {key: title for title, key in described.items()} == {
        key: definition.title for key, definition in DEFINITIONS.items()
    }
