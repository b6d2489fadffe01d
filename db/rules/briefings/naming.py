"""Figures named in a text: {registered}, in either language or by code, stands for the number of a briefing's days."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from db.rules.briefings.chart import ChartSpec, Compare, Words

# A name in braces, the full-width ones of a Chinese keyboard too; braces around anything else are plain text.
_NAMED = re.compile(r"[{｛][ 　]*(\w[\w .\-－·]{0,58})[}｝]")
_MOST_CLOSE, _ALIKE = 3, 0.34
_BETWEEN = "."


class Show(StrEnum):
    """What of a figure is shown."""

    NOW = "now"
    BEFORE = "before"
    CHANGE = "change"
    YEAR_AGO = "year_ago"
    CHANGE_YEAR = "change_year"


# What follows a figure's own name, and what it is compared with.
_AFTER: Mapping[Show, tuple[Words, Compare]] = {
    Show.BEFORE: (Words("上期", " before"), Compare.BEFORE),
    Show.CHANGE: (Words("比上期", " change"), Compare.BEFORE),
    Show.YEAR_AGO: (Words("去年同期", " a year ago"), Compare.YEAR_AGO),
    Show.CHANGE_YEAR: (Words("比去年同期", " change on a year ago"), Compare.YEAR_AGO),
}


@dataclass(frozen=True)
class Declared:
    """A figure an office can name: a measure of a register without a split."""

    code: str
    name: Words
    register: str
    measure: str
    group: str = ""
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Figure:
    """One name: a declared figure, and what of it is shown. The code of "registered, change" is registered.change."""

    declared: Declared
    show: Show = Show.NOW

    @property
    def code(self) -> str:
        """What is stored."""
        return self.declared.code + (f"{_BETWEEN}{self.show.value}" if self.show is not Show.NOW else "")

    @property
    def name(self) -> Words:
        """What stands in the braces, without spaces at the ends."""
        after = _AFTER[self.show][0] if self.show is not Show.NOW else Words("", "")
        return Words(self.declared.name.zh + after.zh, self.declared.name.en + after.en)

    @property
    def question(self) -> ChartSpec:
        """What is asked of the register."""
        compare = _AFTER[self.show][1].value if self.show is not Show.NOW else ""
        told = self.declared
        return ChartSpec(register=told.register, measure=told.measure, filters=told.filters, compare=compare)


class Names:
    """Every name, in both languages and by code."""

    def __init__(self, declared: Iterable[Declared]) -> None:
        self.figures: Mapping[str, Figure] = {
            figure.code: figure for one in declared for show in Show for figure in (Figure(one, show),)
        }
        self._known: dict[str, Figure] = {}
        for figure in self.figures.values():
            self._known |= {_plain(one): figure for one in (figure.code, figure.name.zh, figure.name.en)}

    def find(self, name: str) -> Figure | None:
        """The figure of a name, written with or without spaces and capitals."""
        return self._known.get(_plain(name))

    def close_to(self, name: str) -> tuple[str, ...]:
        """The known names most like this one, at most three, in the language it was written in."""
        chinese = any("一" <= one <= "鿿" for one in name)
        names = {
            _plain(own): own
            for figure in self.figures.values()
            for own in (figure.name.zh if chinese else figure.name.en,)
        }
        found = get_close_matches(_plain(name), names, n=_MOST_CLOSE, cutoff=_ALIKE)
        return tuple(names[one] for one in found)

    def pieces(self, text: str) -> tuple["str | Figure", ...]:
        """A text as plain pieces and figures; a name nobody knows stays as it was typed."""
        made: list[str | Figure] = []
        last = 0
        for found in _NAMED.finditer(text):
            figure = self.find(found[1])
            if figure is not None:
                made += [text[last : found.start()], figure]
                last = found.end()
        made.append(text[last:])
        return tuple(one for one in made if one != "")

    def unknown(self, text: str) -> tuple[str, ...]:
        """The names in a text nobody knows, each once."""
        names = (found[1].strip() for found in _NAMED.finditer(text))
        return tuple(dict.fromkeys(name for name in names if self.find(name) is None))

    def of(self, codes: Sequence[str]) -> tuple[Figure, ...]:
        """The figures of these codes; codes nobody knows any more are left out."""
        return tuple(self.figures[code] for code in codes if code in self.figures)


def _plain(name: str) -> str:
    """How a name is compared: full-width as half-width, no capitals, no spaces."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
