"""`Plan`: which staves a score has, and how they are bracketed."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from notehead.compose.clef import Clef

_PERCUSSION = Clef("perc", 3)


@dataclass(frozen=True, slots=True)
class Plan:
    """The staves of a score.

    Attributes:
        clefs: at the beginning, one per staff; a shape of TAB means a tablature for six strings.
        symbol: `brace`, `bracket`, `bracketsq` or none, at the left of the systems.
        through: whether barlines run through all staves.
        names: of the parts, with the short forms for later systems.
    """

    clefs: tuple[Clef, ...]
    symbol: str = "none"
    through: bool = False
    names: tuple[tuple[str, str], ...] = ()

    def xml(self) -> str:
        """As `<staffGrp>`."""
        staves = "".join(
            self._staff(number, clef, *(self.names[number - 1] if self.names else ("", "")))
            for number, clef in enumerate(self.clefs, 1)
        )
        through = ' bar.thru="true"' if self.through else ""
        group = f'<staffGrp symbol="{self.symbol}"{through}>{staves}</staffGrp>'
        return f"<staffGrp>{group}</staffGrp>"

    def _staff(self, number: int, clef: Clef, name: str, short: str) -> str:
        labels = f"<label>{escape(name)}</label><labelAbbr>{escape(short)}</labelAbbr>" if name else ""
        if clef.shape == "TAB":
            kind = 'lines="6" notationtype="tab.guitar" clef.shape="TAB" clef.line="5"'
        else:
            kind = f'lines="5" {clef.attributes("clef.")}'
        return f'<staffDef n="{number}" {kind}>{labels}</staffDef>'


PLANS: dict[str, Plan] = {
    "solo": Plan((Clef(),), names=(("Flauto", "Fl."),)),
    "bass": Plan((Clef("F", 4),)),
    "piano": Plan((Clef(), Clef("F", 4)), "brace", through=True, names=(("Piano", "Pno."), ("", ""))),
    "voices": Plan((Clef(), Clef("C", 3)), "bracket", names=(("Canto", "C."), ("Alto", "A."))),
    "strings": Plan((Clef(), Clef("F", 4)), "bracketsq", through=True),
    "drums": Plan((Clef(), _PERCUSSION), names=(("Clarinet", "Cl."), ("Drums", "Dr."))),
    "guitar": Plan((Clef(octaves=-1), Clef("TAB", 5)), "bracket", names=(("Guitar", "G."), ("", ""))),
}
"""Plans by name; scores take them in turn."""
