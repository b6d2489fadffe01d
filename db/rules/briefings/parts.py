"""What a reader of a briefing is shown, part by part; an issued one is kept as exactly this, in both languages."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from db.rules.briefings.chart import Drawn, Words
from db.rules.briefings.hiding import hide

_CHINESE, _LATIN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]")
DASH, NOTHING = Words("–", "–"), Words("", "")
Hides = Callable[[str], bool]


@dataclass(frozen=True)
class Told:
    """A named figure in words: its value, the change on the period before, and what is counted.

    `less` and `less_change` stand in their place for a reader small numbers are hidden from.
    """

    code: str
    name: Words
    register: str
    value: Words
    less: Words
    change: Words = DASH
    less_change: Words = DASH
    definition: Words = NOTHING

    def heading(self, language: str) -> str:
        """Its name where it stands alone, not in a sentence."""
        name = self.name.within(language)
        return name[:1].upper() + name[1:]

    def for_reader(self, hides: Hides) -> "Told":
        """The same, without what this reader may not see."""
        if not hides(self.register):
            return self
        return replace(self, value=self.less, change=self.less_change)


@dataclass(frozen=True)
class Part:
    """A heading, a text (`pieces`: what was typed and the figures named in it), a chart or a row of figures.

    `why` is a message saying why there is nothing to show; `block_id` and `version` are those of a draft's block.
    """

    kind: str
    text: str = ""
    pieces: tuple["str | Told", ...] = ()
    figures: tuple[Told, ...] = ()
    drawn: Drawn | None = None
    why: str = ""
    block_id: int = 0
    version: int = 0

    def within(self, language: str) -> str:
        """The text as a reader of a language sees it; figures speak the language of the sentence around them."""
        typed = "".join(one for one in self.pieces if isinstance(one, str))
        into = "zh" if _CHINESE.search(typed) else "en" if _LATIN.search(typed) else language
        return "".join(one if isinstance(one, str) else one.value.within(into) for one in self.pieces)

    def definitions(self, language: str) -> tuple[str, ...]:
        """What its figures count, each said once behind the names of its figures."""
        named: dict[str, list[str]] = {}
        for one in self.figures:
            named.setdefault(one.definition.within(language), []).append(one.heading(language))
        comma, colon = ("、", "：") if language == "zh" else (", ", ": ")
        return tuple(f"{comma.join(names)}{colon}{said}" for said, names in named.items() if said)

    def for_reader(self, hides: Hides, below: int) -> "Part":
        """The same, with numbers below the limit hidden from a reader whose right is smaller."""
        return replace(
            self,
            pieces=tuple(one if isinstance(one, str) else one.for_reader(hides) for one in self.pieces),
            figures=tuple(one.for_reader(hides) for one in self.figures),
            drawn=hide(self.drawn, below) if self.drawn is not None and hides(self.drawn.spec.register) else self.drawn,
        )


def packed(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """As an issued briefing keeps them; nothing in it points at a block that may change."""
    return [_packed(part) for part in parts]


def unpacked(kept: Iterable[dict[str, Any]]) -> tuple[Part, ...]:
    """As they were before."""
    return tuple(
        Part(
            kind=one["kind"],
            text=one["text"],
            pieces=tuple(piece if isinstance(piece, str) else _told(piece) for piece in one["pieces"]),
            figures=tuple(_told(figure) for figure in one["figures"]),
            drawn=Drawn.from_json(json.dumps(one["drawn"])) if one["drawn"] else None,
        )
        for one in kept
    )


def _packed(part: Part) -> dict[str, Any]:
    return {
        "kind": part.kind,
        "text": part.text,
        "pieces": [piece if isinstance(piece, str) else asdict(piece) for piece in part.pieces],
        "figures": [asdict(figure) for figure in part.figures],
        "drawn": json.loads(part.drawn.to_json()) if part.drawn is not None else None,
    }


def _told(kept: dict[str, Any]) -> Told:
    words = {name: Words(**told) for name, told in kept.items() if isinstance(told, dict)}
    return Told(**(kept | words))
