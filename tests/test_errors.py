"""One tree of errors: what each says, what it returns, and that it survives a process's border."""

from __future__ import annotations

import pickle

import pytest

from notehead import errors
from notehead.errors import (
    DatasetError,
    EngraverError,
    NoteheadError,
    ScoreError,
    ScoreFormatError,
    ScoreLimitError,
    error_from,
)

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, NoteheadError)]
SCORE_KINDS = [ScoreError, ScoreFormatError, ScoreLimitError, EngraverError]


@pytest.mark.parametrize(
    ("message", "remedy", "text"),
    [
        ("page 3 is missing", "", "page 3 is missing"),
        ("page 3 is missing", "Verify it.", "page 3 is missing. Verify it."),
        ("page 3 is missing.", "Verify it.", "page 3 is missing. Verify it."),
        ("which page?", "Say one.", "which page? Say one."),
    ],
)
def test_the_text_is_the_message_and_the_remedy(message: str, remedy: str, text: str) -> None:
    assert str(NoteheadError(message, remedy)) == text


def test_errors_of_scores_name_file_and_cause() -> None:
    error = ScoreFormatError("a.xml", "it is empty", "Give another.")
    assert str(error) == "a.xml: it is empty. Give another."
    assert (error.file, error.cause, error.remedy) == ("a.xml", "it is empty", "Give another.")


@pytest.mark.parametrize("kind", SCORE_KINDS)
def test_every_score_error_survives_pickling(kind: type[ScoreError]) -> None:
    copy = pickle.loads(pickle.dumps(kind("a.xml", "it is empty", "Give another.")))
    assert type(copy) is kind
    assert (copy.file, copy.cause, copy.remedy) == ("a.xml", "it is empty", "Give another.")
    assert str(copy) == "a.xml: it is empty. Give another."


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in SCORE_KINDS])
def test_every_other_error_survives_pickling(kind: type[NoteheadError]) -> None:
    copy = pickle.loads(pickle.dumps(kind("no disk", "Buy one.")))
    assert type(copy) is kind
    assert (copy.message, copy.remedy) == ("no disk", "Buy one.")


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_is_made_anew_from_its_name_and_arguments(kind: type[NoteheadError]) -> None:
    error = kind("a.xml", "it is empty")
    copy = error_from([kind.__name__, *error.args])
    assert type(copy) is kind
    assert (str(copy), vars(copy)) == (str(error), vars(error))


def test_exit_codes_tell_branches_apart() -> None:
    own = {kind: kind.exit_code for kind in KINDS if "exit_code" in vars(kind)}
    assert len(set(own.values())) == len(own)
    assert {kind.exit_code for kind in SCORE_KINDS} == {ScoreError.exit_code}
    # 0 is success, 2 is what command lines return for wrong usage.
    assert not {0, 2} & set(own.values())


@pytest.mark.parametrize("kind", KINDS)
def test_the_tree_in_the_documentation_names_every_class(kind: type[NoteheadError]) -> None:
    (line,) = [line for line in (errors.__doc__ or "").splitlines() if f" {kind.__name__} " in f" {line} "]
    if "exit_code" in vars(kind):
        assert str(kind.exit_code) in line.split()


def test_a_branch_catches_its_leaves_and_nothing_else() -> None:
    assert issubclass(EngraverError, ScoreError)
    assert not issubclass(DatasetError, ScoreError)
    assert all(issubclass(kind, NoteheadError) for kind in KINDS)
