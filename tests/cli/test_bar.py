"""The bar is for people: it goes to a terminal's standard error, and nowhere else."""

from __future__ import annotations

import io
import sys

import pytest

from notehead.cli.bar import Bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def use(bar: Bar) -> None:
    bar.stage("building", 4)
    for pages in (1, 2, 0, 1):
        bar.step(pages)
    bar.stage("finishing", 1)
    bar.step()
    bar.close()
    bar.close()


def test_a_terminal_sees_the_stages_and_the_pages(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    use(Bar())
    shown = terminal.getvalue()
    assert " building: 100%" in shown
    assert "| 4/4" in shown
    assert " 4 pages, " in shown
    assert " pages/s" in shown
    assert "finishing: 100%" in shown
    assert "1/1" in shown
    assert capsys.readouterr().out == ""


def test_a_stage_without_an_end_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    bar = Bar()
    bar.stage("files", 0)
    for _ in range(3):
        bar.step()
    bar.close()
    assert "3/" in terminal.getvalue()


def test_several_steps_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    bar = Bar()
    bar.step()
    bar.stage("reading", 9)
    bar.step(steps=4)
    bar.step(7, steps=5, failures=2)
    bar.close()
    assert "| 9/9 7 pages, " in terminal.getvalue().replace(", 7", " 7")
    assert " pages/s, 2 failed" in terminal.getvalue()


def test_nobody_else_sees_anything(capfd: pytest.CaptureFixture[str]) -> None:
    use(Bar())
    assert capfd.readouterr() == ("", "")


def test_steps_outside_a_stage_do_no_harm() -> None:
    Bar().step(3)
