"""When two matters may become one, and what the kept one then says; the other stays whole beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from db.rules.case_flow import State
from db.rules.cases import Grade
from db.rules.problems import N_, Check, Problem

UNDER_REVIEW = frozenset({State.REVIEW, State.REVIEWED, State.REREVIEW})


class Take(StrEnum):
    """Whose words the kept matter says: its own, the other's, or both."""

    KEPT = "kept"
    GONE = "gone"
    BOTH = "both"


_ONE = (Take.KEPT, Take.GONE)
_JOINED = (Take.BOTH, Take.KEPT, Take.GONE)
# The first is what a person begins with.
CHOICES: Mapping[str, tuple[Take, ...]] = {
    "subject": _ONE,
    "text": _JOINED,
    "request": _JOINED,
    "place": _ONE,
    "category": _ONE,
    "grade": _ONE,
    "note": _JOINED,
}


@dataclass(frozen=True)
class Side:
    """What a merge asks about one of the two matters."""

    id: int
    number: str
    state: State
    kind: str
    open: bool
    grade: Grade
    gone: str = ""
    sealed: bool = False
    accused_unit_id: int | None = None
    access: frozenset[int] = frozenset()
    aside: frozenset[int] = frozenset()
    handler_id: int | None = None
    supervised: bool = False
    parts: int = 0


def why_not(kept: Side, gone: Side) -> Problem | None:
    """None when `gone` may become part of `kept`, else the reason in a sentence."""
    if kept.id == gone.id:
        return Problem("", N_("A matter can't be merged with itself."))
    if kept.sealed != gone.sealed:
        return Problem("", N_("A sealed matter is never merged with one that is not."))
    if kept.accused_unit_id != gone.accused_unit_id:
        return Problem("", N_("The two accusations are about different units."))
    if kept.access != gone.access:
        return Problem("", N_("Not the same people may see the two sealed matters."))
    if kept.kind != gone.kind:
        return Problem("", N_("Only matters of the same kind become one: each kind has its own way and limits."))
    for side in (kept, gone):
        if why := _why_not_either(side):
            return Problem("", why, {"number": side.number})
    return _why_not_gone(kept, gone)


def _why_not_either(side: Side) -> str:
    if side.gone:
        return N_("{number} is in the bin or in another matter already.")
    if side.state is State.ARCHIVED:
        return N_("{number} is archived; reopen it first.")
    if side.supervised:
        return N_("A supervision notice about {number} is still open.")
    if side.state in UNDER_REVIEW:
        return N_("{number} is under review.")
    return ""


def _why_not_gone(kept: Side, gone: Side) -> Problem | None:
    if gone.open and not kept.open:
        sentence = N_("{number} is settled and the other is still open. Reopen it, or link the two as a repeat.")
        return Problem("", sentence, {"number": kept.number})
    if gone.parts:
        return Problem("", N_("Other matters are part of {number}. Take them out first."), {"number": gone.number})
    if kept.handler_id is not None and kept.handler_id in gone.aside:
        sentence = N_("The handler of {number} has stepped aside from the other matter.")
        return Problem("", sentence, {"number": kept.number})
    return None


def said(
    kept: Mapping[str, object], gone: Mapping[str, object], takes: Mapping[str, object], number: str
) -> dict[str, object]:
    """What the kept matter says after the merge, by field of CHOICES; `number` heads the other's joined words.

    Raises Problems for a choice that is none, and for a grade below the kept one.
    """
    check, values = Check(), dict[str, object]()
    for name, choices in CHOICES.items():
        take = takes.get(name, choices[0])
        check.that(take in choices, name, N_("This is not one of the choices."))
        values[name] = gone[name] if take == Take.GONE else kept[name]
        if take == Take.BOTH:
            values[name] = joined(str(kept[name]), str(gone[name]), number)
    order = list(Grade)
    lower = order.index(Grade(str(values["grade"]))) < order.index(Grade(str(kept["grade"])))
    check.that(not lower, "grade", N_("A merge only raises the grade."))
    check.done()
    return values


def joined(kept: str, gone: str, number: str) -> str:
    """Both texts one after the other, the second under its number; the first alone when the second adds nothing."""
    if not gone.strip() or gone.strip() == kept.strip():
        return kept
    return f"{kept}{_piece(gone, number)}" if kept.strip() else gone


def without(text: str, gone: str, number: str) -> str:
    """The text with the words taken out that a merge joined to it; unchanged when they stand there no more."""
    return text.replace(_piece(gone, number), "", 1)


def _piece(gone: str, number: str) -> str:
    return f"\n\n[{number}] {gone}"
