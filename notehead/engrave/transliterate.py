"""Latin letters put into other scripts, so that lyrics come in more letters than a collection has.

This is for the look of a page, not for reading: every letter becomes one that often stands for it.
"""

# ruff: noqa: RUF001, RUF002  # letters that look alike are what this file is about

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

_LATIN = "abcdefghijklmnopqrstuvwxyz"
_CYRILLIC = dict(zip(_LATIN, "абцдефгхийклмнопкрстувwжыз", strict=True)) | {"w": "в"}
_GREEK = dict(zip(_LATIN, "αβκδεφγηιικλμνοπκρστυβωξυζ", strict=True))
_HEBREW = dict(zip(_LATIN, "אבכדהפגחיימלמנופקרשטוווסיז", strict=True))
_ACCENTED = dict(zip(_LATIN, "áƀčďéfğhíjķľmňóþqřšťúvŵxýž", strict=True)) | {"b": "b", "p": "p"}
_GROUPS: Mapping[str, Mapping[str, str]] = {
    "Cyrillic": {"sch": "ш", "sh": "ш", "ch": "ч", "th": "т", "ph": "ф", "ya": "я", "yu": "ю", "ts": "ц"},
    "Greek": {"th": "θ", "ph": "φ", "ch": "χ", "ps": "ψ"},
    "Hebrew": {"sh": "ש", "sch": "ש", "ts": "צ", "th": "ת", "ch": "ח"},
    "accented": {},
}
_LETTERS = {"Cyrillic": _CYRILLIC, "Greek": _GREEK, "Hebrew": _HEBREW, "accented": _ACCENTED}
_ENDINGS = {"Greek": {"σ": "ς"}, "Hebrew": dict(zip("כמנפצ", "ךםןףץ", strict=True))}
"""Letters that look otherwise at the end of a word."""
SCRIPTS = tuple(_LETTERS)


def transliterate(text: str, script: str, *, word_ends: bool = True) -> str:
    """A text in another script; what is no letter stays.

    Args:
        text: in Latin letters, with or without accents.
        script: one of `SCRIPTS`.
        word_ends: whether the text's end is a word's, which changes a Greek sigma and Hebrew letters.

    Example:
        >>> transliterate("Schöne Rose", "Cyrillic"), transliterate("notos", "Greek")
        ('Шоне Росе', 'νοτος')
    """
    letters, groups = _LETTERS[script], _GROUPS[script]
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
    found, i = [], 0
    while i < len(plain):
        length = next((n for n in (3, 2) if plain[i : i + n].lower() in groups), 1)
        part = plain[i : i + length]
        new = groups.get(part.lower()) or letters.get(part.lower(), part)
        found.append(new.upper() if part[0].isupper() else new)
        i += length
    return _last_letters("".join(found), _ENDINGS.get(script, {}), word_ends=word_ends)


def _last_letters(text: str, ends: Mapping[str, str], *, word_ends: bool) -> str:
    """Letters that look otherwise at the end of a word, changed there."""
    changed = list(text)
    for i, letter in enumerate(text):
        last = word_ends if i + 1 == len(text) else not text[i + 1].isalpha()
        if last and letter in ends and i and text[i - 1].isalpha():
            changed[i] = ends[letter]
    return "".join(changed)
