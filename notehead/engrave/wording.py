"""Words for heads and feet of pages, made up: titles, names, plate numbers, notices of rights, footnotes.

They are put together from words that music is commonly printed with, and name no real work or house.
"""

# ruff: noqa: RUF001  # names and titles come in several scripts

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_FORMS = (
    "Sonate", "Sonatina", "Fantaisie", "Lied", "Romance", "Prélude", "Étude", "Nocturne", "Walzer", "Menuett",
    "Rondo", "Scherzo", "Ballade", "Élégie", "Humoreske", "Píseň", "Pieśń", "Polka", "Marche", "Berceuse",
    "Caprice", "Air varié", "Gavotte", "Idylle", "Barcarolle", "Hymne", "Motet", "Kyrie", "Serenáda",
    "Рапсодия", "Романс", "Вальс", "Песня", "Ноктюрн", "Τραγούδι", "Σερενάτα", "Sång", "Tánc", "Cântec",
)  # fmt: skip
_OF = (
    "", "", "", " pastorale", " in F", " in D minor", " in A♭", " Es-dur", " g-moll", " en sol majeur",
    " facile", " für Anfänger", " pour piano", " per violino", " ohne Worte", " d’automne", " du soir",
)  # fmt: skip
_GIVEN = (
    "A.", "Ch.", "E.", "F.", "G.", "J.", "L.", "M.", "N.", "P.", "R.", "Th.", "Anna", "Józef", "Émile",
    "Åse", "Jiří", "Carl", "Lucía", "Σπύρος", "Н.", "С.", "А.",
)  # fmt: skip
_FAMILY = (
    "Ahlgren", "Bartolucci", "Čapek", "Dąbrowska", "Ebner", "Fournier", "Garrick", "Horváth", "Iversen",
    "Jørgensen", "Köhler", "Lemaître", "Müller", "Núñez", "Öberg", "Petrescu", "Quist", "Rasmussen", "Sørli",
    "Tremblay", "Ulrich", "Vogel", "Whitcombe", "Ystad", "Ziegler", "Белов", "Карпова", "Παππάς",
)  # fmt: skip
_HOUSES = (
    "Nordwind", "Lyra", "Harmonia", "Odeon", "Euterpe", "Alster", "Vega", "Minerva", "Polyhymnia", "Kithara",
)  # fmt: skip
_TRADES = ("Verlag", "Music Co.", "Éditions", "& Söhne", "Edition", "& Cie", "Publishers", "Musikförlag")
_TOWNS = ("Leipzig", "London", "Paris", "Praha", "København", "Wien", "Boston", "Kraków", "Milano", "Αθήναι")
_NOTES = (
    "*) Play the small notes only if the hand is large enough.",
    "*) In the manuscript this measure is missing.",
    "*) Vorschläge auf die Zeit.",
    "*) Les petites notes peuvent être omises.",
    "1) The pedal marks are the editor’s.",
    "**) Ossia im Erstdruck.",
    "*) So im Autograph.",
    "†) Slurs as in the first edition.",
)
_DEDICATIONS = (
    "Meinem Lehrer gewidmet",
    "à mon ami",
    "To my pupils",
    "věnováno sestře",
    "Dedicated to my wife",
)


@dataclass(frozen=True, slots=True)
class Titles:
    """What the head of a first page says; empty where it says nothing."""

    title: str = ""
    subtitle: str = ""
    dedication: str = ""
    composer: str = ""
    words: str = ""
    opus: str = ""


class Wording:
    """Makes words up, one draw after the other.

    Example:
        >>> words = Wording(np.random.default_rng(1))
        >>> words.plate() != words.plate()
        True
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def titles(self) -> Titles:
        """A title with all that may stand around it."""
        return Titles(
            title=(f"{self._number(1, 12)}. " if self._yes(0.25) else "")
            + self._one(_FORMS)
            + self._one(_OF),
            subtitle=self._one(_FORMS) + self._one(_OF) if self._yes(0.3) else "",
            dedication=self._one(_DEDICATIONS) if self._yes(0.2) else "",
            composer=self.name() + (self._dates() if self._yes(0.35) else ""),
            words=f"{self._one(('Words by ', 'Text: ', 'Paroles de ', ''))}{self.name()}"
            if self._yes(0.4)
            else "",
            opus=f"{self._one(('Op.', 'op.', 'Opus', 'Œuvre'))} {self._number(1, 120)}"
            + (f", No. {self._number(1, 6)}" if self._yes(0.5) else "")
            if self._yes(0.5)
            else "",
        )

    def name(self) -> str:
        """A person's."""
        return f"{self._one(_GIVEN)} {self._one(_FAMILY)}"

    def house(self) -> str:
        """A publisher's."""
        name, trade = self._one(_HOUSES), self._one(_TRADES)
        return f"{trade} {name}" if trade == "Éditions" else f"{name} {trade}"

    def plate(self) -> str:
        """A plate number."""
        number = self._number(12, 99_999)
        letters = "".join(self._one(tuple("ABCEFHKLMNPRSTV")) for _ in range(self._number(1, 3)))
        dotted = ". ".join(letters) + "."
        return self._one(
            (f"{number}", f"{letters} {number}", f"{dotted} {number}", f"{number} {letters[0]}.")
        )

    def rights(self) -> str:
        """A notice of rights."""
        year = self._number(1860, 2020)
        return self._one(
            (
                f"Copyright {year} by {self.house()}, {self._one(_TOWNS)}",
                f"© {year} {self.house()}",
                f"Copyright © {year}, {self.house()}. All rights reserved.",
                f"{self.house()}, {self._one(_TOWNS)}. Printed in {year}.",
                f"Eigentum des Verlegers. {self.house()}, {self._one(_TOWNS)}",
            )
        )

    def note(self) -> str:
        """A footnote."""
        return self._one(_NOTES)

    def _dates(self) -> str:
        born = self._number(1650, 1930)
        return f" ({born}–{born + self._number(30, 85)})"

    def _number(self, low: int, high: int) -> int:
        return int(self._rng.integers(low, high + 1))

    def _one(self, words: tuple[str, ...]) -> str:
        return words[int(self._rng.integers(len(words)))]

    def _yes(self, share: float) -> bool:
        return bool(self._rng.random() < share)
