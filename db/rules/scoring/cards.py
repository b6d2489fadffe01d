"""Cards a person signs: yellow, red, veto; which is the gravest, and what they keep a unit from."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from db.rules.problems import N_, Check
from db.rules.scoring.rubric import Rubric
from db.rules.scoring.words import ItemKind
from db.rules.text import is_fit


class Kind(StrEnum):
    """From the lightest to the gravest (R-23, R-31, R-42)."""

    YELLOW = "yellow"
    RED = "red"
    VETO = "veto"


def gravest(kinds: Iterable[str]) -> str:
    """The gravest of some cards, "" without any."""
    held = set(kinds)
    return next((kind.value for kind in reversed(Kind) if kind in held), "")


def blocks(kinds: Iterable[str]) -> bool:
    """Whether one of these cards keeps a unit from the best grade: red and veto do, yellow does not."""
    return not {Kind.RED, Kind.VETO}.isdisjoint(kinds)


def check_card(*, kind: str, on_day: date | None, reason: str, year: int, today: date, rubric: Rubric | None) -> None:
    """Raise Problems beside the fields; a veto needs a rubric with a veto item."""
    check = Check()
    if check.that(kind in set(Kind), "kind", N_("This is not one of the choices.")) and kind == Kind.VETO:
        vetoes = rubric.of_kind(ItemKind.VETO) if rubric is not None else ()
        check.that(vetoes, "kind", N_("The rubric of this assessment knows no veto."))
    if check.that(on_day, "on_day", N_("Choose the day.")) and on_day is not None:
        check.that(on_day <= today, "on_day", N_("This day is still to come."))
        check.that(on_day.year == year, "on_day", N_("This day lies outside {year}."), year=year)
    if check.that(reason.strip(), "reason", N_("Say why.")):
        check.that(is_fit(reason), "reason", N_("Some characters can't be kept."))
    check.done()
