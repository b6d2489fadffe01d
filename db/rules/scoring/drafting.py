"""A rubric being drafted: what somebody types becomes a line of its document, or a sentence beside the field."""

import json
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from db.rules.mediation.writing import NO_CHOICE
from db.rules.problems import N_, Check, Problem, Problems
from db.rules.scoring.drafting_items import item_line, typed_item
from db.rules.scoring.rubric import Known, check_rubric
from db.rules.scoring.triggers import TRIGGERS
from db.rules.scoring.typed import Document, Line, Typed, check_names, check_number, number_of, plain, words
from db.rules.scoring.words import ItemKind, RubricKind
from db.rules.scoring.written import day_in, day_text, ladder_of, rubric_of

UNREADABLE = N_("This rubric can't be read.")
# A draft may stand with these; an edition in force may not.
_UNFINISHED = ("weights", "period:", "part:", "grades", "ladder", "rewards")
_LEAST_TOLD, _MOST_TOLD = 1, 99


# --- the lines of a document ---


def lines_of(document: Document, what: str) -> list[Line]:
    """The items, parts, periods (each with its `part`), sections, grades or rewards of a document, in order."""
    if what == "periods":
        return [{**period, "part": part["code"]} for part in document.get("parts", ()) for period in part["periods"]]
    return [dict(line) for line in document.get(what, ())]


def digest(line: Line) -> int:
    """What tells whether a line is still as it was seen."""
    return zlib.crc32(json.dumps(line, sort_keys=True, ensure_ascii=False).encode())


def typed_of(document: Document, what: str, place: int, year: int) -> dict[str, Any]:
    """A line as its form or grid shows it."""
    line = lines_of(document, what)[place]
    if what == "items":
        return typed_item(line, document)
    typed: dict[str, Any] = {name: words(line, name) for name in _COLUMNS[what] if name not in ("begins", "ends")}
    if what == "periods":
        typed |= {name: day_in(line[name], year) for name in ("begins", "ends")}
    return typed


def with_line(document: Document, what: str, place: int | None, typed: Typed, year: int) -> Document:
    """The document with a line changed, or added where `place` is None; raises Problems beside the fields typed.

    A changed line keeps what was not typed.
    """
    lines = lines_of(document, what)
    before: Line = ({"periods": []} if what == "parts" else {}) if place is None else lines[place]
    standing = {} if place is None else typed_of(document, what, place, year)
    if what == "items":
        kind = _kind(before.get("kind") or str(typed.get("kind")))
        line = item_line(document, kind, {**standing, **typed}, before)
    else:
        line = before | _LINES[what]({**standing, **typed}, document, year)
    at = len(lines) if place is None else place
    lines[at : at + 1] = [line]
    changed = _put(document, what, lines)
    return _together(changed, line, str(typed.get("together", ""))) if what == "items" else changed


def _kind(told: str) -> ItemKind:
    if told not in set(ItemKind):
        raise Problems(Problem("kind", NO_CHOICE))
    return ItemKind(told)


def without_line(document: Document, what: str, place: int) -> Document:
    """The document without a line; raises Problems while something else needs it. Items are turned off instead."""
    lines = lines_of(document, what)
    gone = lines.pop(place)
    check = Check()
    if what == "sections":
        inside = sum(item.get("section") == gone["code"] for item in lines_of(document, "items"))
        check.that(not inside, "", N_("{count} items are still in this section."), count=inside)
    if what in ("parts", "periods"):
        periods = {one["code"] for one in gone["periods"]} if what == "parts" else {gone["code"]}
        bound = sum(bool(periods & set(item.get("periods", ()))) for item in lines_of(document, "items"))
        check.that(not bound, "", N_("{count} items are scored in this period only; change them first."), count=bound)
    check.that(what != "items", "", N_("An item is turned off, so that what was scored by it stays readable."))
    check.done()
    return _put(document, what, lines)


def with_item_moved(document: Document, place: int, by: int) -> Document:
    """The document with an item one place up (-1) or down (1) within its section; at its end it stays."""
    items = lines_of(document, "items")
    section = items[place].get("section")
    beside = [other for other, item in enumerate(items) if item.get("section") == section]
    to = beside.index(place) + by
    if 0 <= to < len(beside):
        items[place], items[beside[to]] = items[beside[to]], items[place]
    return _put(document, "items", items)


def with_frame(document: Document, base: object, bonus_cap: object) -> Document:
    """The document with its base and the cap of all bonuses (empty: none)."""
    check = Check()
    points = check_number(check, "base", base)
    check.that(points is None or points > 0, "base", N_("The base is more than 0."))
    cap = check_number(check, "bonus_cap", bonus_cap, empty=True)
    check.done()
    kept = {name: value for name, value in document.items() if name != "bonus_cap"}
    return kept | {"base": plain(points)} | ({} if cap is None else {"bonus_cap": plain(cap)})


def with_ladder(document: Document, told: int | None, rectify_after: int | None, yellow_after: int | None) -> Document:
    """The document with how many units are told of, and after how many months running what follows (R-28 to R-31)."""
    check = Check()
    numbers = {"told": told, "rectify_after": rectify_after, "yellow_after": yellow_after}
    for name, number in numbers.items():
        fine = number is not None and _LEAST_TOLD <= number <= _MOST_TOLD
        message = N_("Write a whole number from {least} to {most}.")
        check.that(fine, name, message, least=_LEAST_TOLD, most=_MOST_TOLD)
    check.done()
    rising = (rectify_after or 0) <= (yellow_after or 0)
    check.that(rising, "yellow_after", N_("A yellow card comes after the rectification, not before."))
    check.done()
    return {**document, **numbers}


# --- the whole of it ---


def faults(document: Document, year: int) -> tuple[Problem, ...]:
    """Everything that keeps a document from being put in force, each beside its part, item or field."""
    try:
        check_rubric(rubric_of(document, year), Known(frozenset(TRIGGERS)))
    except Problems as problems:
        return problems.problems
    except (KeyError, ValueError, ArithmeticError, TypeError, AttributeError):
        return (Problem("", UNREADABLE),)
    return _ladder_faults(document)


def check_draft(document: Document, year: int) -> None:
    """Raise Problems for what not even a draft may hold; sums may still be wrong."""
    found = [problem for problem in faults(document, year) if not problem.field.startswith(_UNFINISHED)]
    if found:
        raise Problems(*found)


def coded(document: Document, taken: Collection[str]) -> Document:
    """The document with a code for every line that has none yet; never one of `taken`, which sheets may hold."""
    used = set(taken) | {line.get("code", "") for what in _COLUMNS for line in lines_of(document, what)}

    def named(line: Line, prefix: str) -> Line:
        if line.get("code") or "percent" in line:
            return line
        numbered = (f"{prefix}_{number}" for number in range(1, len(used) + 2))
        # The cards of a unit ask for the one veto by this name.
        wanted = ItemKind.VETO.value if line.get("kind") == ItemKind.VETO else next(numbered)
        code = wanted if wanted not in used else next(one for one in numbered if one not in used)
        used.add(code)
        return {"code": code} | line

    for what in ("sections", "parts", "grades", "items", "periods"):
        document = _put(document, what, [named(line, what[:-1]) for line in lines_of(document, what)])
    return document


def _ladder_faults(document: Document) -> tuple[Problem, ...]:
    if document.get("kind") != RubricKind.LADDER:
        return ()
    try:
        rules = ladder_of(document)
        with_ladder(document, rules.told, rules.rectify_after, rules.yellow_after)
    except Problems as problems:
        return tuple(Problem("ladder", one.message, one.values) for one in problems.problems)
    except (KeyError, ValueError, ArithmeticError, TypeError):
        return (Problem("", UNREADABLE),)
    percents = [reward.percent for reward in rules.rewards]
    if percents != sorted(set(percents)):
        return (Problem("rewards", TWICE),)
    return ()


# --- one line each ---

TWICE = N_("This stands here twice.")


def _part(typed: Typed, document: Document, year: int) -> Line:  # noqa: ARG001 - every line is made of the same
    check = Check()
    line = check_names(check, typed)
    weight = check_number(check, "weight", typed.get("weight"))
    check.that(weight is None or weight > 0, "weight", N_("A weight is more than 0."))
    check.that(weight is None or weight <= 100, "weight", N_("A weight is at most 100."))
    check.done()
    return line | {"weight": plain(weight), "source": words(typed, "source").strip()}


def _period(typed: Typed, document: Document, year: int) -> Line:
    check = Check()
    line = check_names(check, typed)
    parts = [part["code"] for part in document.get("parts", ())]
    check.that(typed.get("part") in parts, "part", N_("Choose the part."))
    begins, ends = (_day(check, typed, name, year) for name in ("begins", "ends"))
    check.that(begins <= ends, "ends", N_("A period ends on the day it begins or later."))
    check.done()
    return {**line, "part": typed["part"], "begins": day_text(begins), "ends": day_text(ends, last=True)}


def _day(check: Check, typed: Typed, name: str, year: int) -> date:
    """The day typed, a grid's as its text; where it is wrong, one that makes no second problem."""
    day = typed.get(name)
    if isinstance(day, str):
        day = _day_of(day)
    if check.that(isinstance(day, date), name, N_("Choose the day.")) and isinstance(day, date):
        check.that(day.year == year, name, N_("A period lies within {year}."), year=year)
        return day
    return date.min if name == "begins" else date.max


def _day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text[: len("2026-01-01")])
    except ValueError:
        return None


def _section(typed: Typed, document: Document, year: int) -> Line:  # noqa: ARG001 - every line is made of the same
    check = Check()
    line = check_names(check, typed)
    check.done()
    return line


def _grade(typed: Typed, document: Document, year: int) -> Line:  # noqa: ARG001 - every line is made of the same
    check = Check()
    line = check_names(check, typed)
    least = check_number(check, "least", typed.get("least"))
    check.done()
    return {**line, "least": plain(least)}


def _reward(typed: Typed, document: Document, year: int) -> Line:  # noqa: ARG001 - every line is made of the same
    check = Check()
    percent = check_number(check, "percent", typed.get("percent"))
    check.that(
        percent is None or 0 < percent <= 100, "percent", N_("A decrease is more than 0 and at most 100 percent.")
    )
    yuan = check_number(check, "yuan", typed.get("yuan"))
    check.done()
    return {"percent": plain(percent), "yuan": plain(yuan), "source": words(typed, "source").strip()}


_LINES: Mapping[str, Callable[[Typed, Document, int], Line]] = MappingProxyType(
    {"parts": _part, "periods": _period, "sections": _section, "grades": _grade, "rewards": _reward}
)
_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "parts": ("name", "name_en", "weight", "source"),
        "periods": ("name", "name_en", "part", "begins", "ends"),
        "sections": ("name", "name_en"),
        "grades": ("name", "name_en", "least"),
        "rewards": ("percent", "yuan", "source"),
        "items": (),
    }
)


def _put(document: Document, what: str, lines: Sequence[Line]) -> Document:
    """The document with these lines; grades from the highest down, rewards from the lowest up, both by themselves."""
    if what == "periods":
        parts = [
            {**part, "periods": [_bare(line) for line in lines if line["part"] == part["code"]]}
            for part in document.get("parts", ())
        ]
        return {**document, "parts": parts} if parts else document
    if what == "grades":
        lines = sorted(lines, key=lambda line: number_of(line["least"]) or Decimal(), reverse=True)
    if what == "rewards":
        lines = sorted(lines, key=lambda line: number_of(line["percent"]) or Decimal())
    return {**document, what: list(lines)} if lines or what in document else document


def _bare(period: Line) -> Line:
    return {name: value for name, value in period.items() if name != "part"}


def _together(document: Document, line: Line, partner: str) -> Document:
    """Both items of a pair in one group (R-15, R-21)."""
    if not partner or not line.get("group"):
        return document
    items = lines_of(document, "items")
    joined = [{**item, "group": line["group"]} if item.get("code") == partner else item for item in items]
    return {**document, "items": joined}
