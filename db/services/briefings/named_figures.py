"""Named figures: asked of their registers for the days of a briefing, told in both languages, and listed to choose."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.orm import Session

from db.documents import chart_words
from db.languages import speaker
from db.rules.briefings.chart import Cell, ChartSpec, Compare, Drawn, Words
from db.rules.briefings.hiding import hide
from db.rules.briefings.issuing import Days
from db.rules.briefings.naming import Figure, Show
from db.rules.briefings.parts import DASH, Told
from db.rules.permissions import Actor
from db.rules.problems import N_
from db.services.briefings.drawing import draw_in

# With each of these the figures of both periods come at once, so that one question serves several names.
_ASKED = {Show.YEAR_AGO: Compare.YEAR_AGO, Show.CHANGE_YEAR: Compare.YEAR_AGO}
_OF_BEFORE, _CHANGES = (Show.BEFORE, Show.YEAR_AGO), (Show.CHANGE, Show.CHANGE_YEAR)


class Answers:
    """What the registers answer about a briefing's days; each question is asked once."""

    def __init__(self, session: Session, actor: Actor, days: Days, below: int) -> None:
        self._ask: Callable[[ChartSpec], Drawn] = lambda spec: draw_in(session, actor, spec, hidden=False)
        self._days, self._below = days, below
        self._known: dict[ChartSpec, Drawn] = {}

    def told(self, figure: Figure) -> Told:
        """A figure in words; raises Refused and Problems as drawing does."""
        full = self._drawn(figure)
        little = hide(full, self._below)
        return Told(
            code=figure.code,
            name=figure.name,
            register=figure.declared.register,
            value=_value(figure, full),
            less=_value(figure, little),
            change=_change(full),
            less_change=_change(little),
            definition=full.definition,
        )

    def _drawn(self, figure: Figure) -> Drawn:
        compare = _ASKED.get(figure.show, Compare.BEFORE).value
        spec = replace(figure.question, compare=compare).over(self._days.begins, self._days.ends)
        if spec not in self._known:
            self._known[spec] = self._ask(spec)
        return self._known[spec]


def _value(figure: Figure, drawn: Drawn) -> Words:
    if figure.show in _CHANGES:
        return _change(drawn)
    cell = drawn.total_before if figure.show in _OF_BEFORE else drawn.total
    return _words(lambda language: _figure(cell, drawn, language))


def _figure(cell: Cell | None, drawn: Drawn, language: str) -> str:
    return chart_words.figure(cell, drawn, language) if cell is not None else DASH.zh


def _change(drawn: Drawn) -> Words:
    return _words(lambda language: _moved(drawn, language))


def _moved(drawn: Drawn, language: str) -> str:
    """up 6 (16%), down 2.1 percentage points, unchanged: as it is said in a sentence."""
    now, before = drawn.total, drawn.total_before
    known = before is not None and not now.hidden and not before.hidden
    if not known or before is None or now.value is None or before.value is None:
        return DASH.zh
    t, moved = speaker(language), now.value - before.value
    amount = chart_words.figure(Cell("", "", abs(moved)), drawn, language)
    if amount == chart_words.figure(Cell("", "", 0.0), drawn, language):
        return t(N_("unchanged"))
    if drawn.unit == "rate":
        points = f"{abs(moved) * 100:.1f}"
        up, down = N_("up {n} percentage points"), N_("down {n} percentage points")
        return t(up if moved > 0 else down, n=points)
    said = t(N_("up {n}") if moved > 0 else N_("down {n}"), n=amount)
    share = f"{abs(moved) / before.value:.0%}" if before.value > 0 else ""
    return t(N_("{moved} ({share})"), moved=said, share=share) if share else said


def _words(said: Callable[[str], str]) -> Words:
    return Words(said("zh"), said("en"))
