"""Reading a sheet of members and their leave: which column means what, and what its cells say."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from db.rules.case_import import line_of, moment_of, plain
from db.rules.problems import N_, Check, Problem, Problems

HEADER_WITHIN, MOST_ROWS, MOST_COLUMNS = 10, 1000, 60
MEMBER_DAYS, LEAVE_DAYS = ("from_on", "until_on"), ("leave_from", "leave_until")
NO_HEADER = N_("No row names the columns; a column for the name is needed.")
NOT_KNOWN = N_("This is not known here: {words}.")
_BETWEEN = re.compile(r"[、,，;；/|\n]+")


@dataclass(frozen=True)
class Layout:
    """What columns and words may be called: field, kind of absence or code by its plain name."""

    columns: Mapping[str, str]
    kinds: Mapping[str, str]
    yes: Collection[str]
    no: Collection[str]


@dataclass(frozen=True)
class Known:
    """What the duty knows: codes, ids of posts, units and accounts by their plain names."""

    roles: Mapping[str, str]
    skills: Mapping[str, str]
    posts: Mapping[str, int]
    units: Mapping[str, int]
    accounts: Mapping[str, int]


@dataclass(frozen=True)
class SheetRow:
    """One row: who it is about, the fields of a member it fills, the absence it tells, and what can't be read.

    `cells` is what stands in it as it was written, by field.
    """

    row: int
    name: str
    member: Mapping[str, Any]
    absence: Mapping[str, Any] = field(default_factory=dict)
    wrong: tuple[Problem, ...] = ()
    cells: Mapping[str, str] = field(default_factory=dict)


def layout_of(told: Mapping[str, Any]) -> Layout:
    """The layout a preset file describes."""
    names = [(name, one["field"]) for one in told["column"] for name in (one["zh"], one["en"], *one["also"])]
    kinds = [(name, kind) for kind, words in told["kinds"].items() for name in words]
    yes, no = ({_word(word) for word in told[which]} for which in ("yes", "no"))
    return Layout({plain(name): one for name, one in names}, {plain(name): kind for name, kind in kinds}, yes, no)


def rows_of(lines: Iterable[Sequence[object]], layout: Layout, known: Known, zone: str) -> list[SheetRow]:
    """Every row below the header that says something; raises Problems without a header or with too many rows."""
    filled = [(number, cells) for number, cells in enumerate(lines, 1) if any(_line(cell) for cell in cells)]
    place, columns = _header(filled, layout)
    below = filled[place + 1 :]
    if len(below) > MOST_ROWS:
        raise Problems(Problem("content", N_("At most {most} rows at once."), {"most": MOST_ROWS}))
    return [
        _row(number, {name: cells[i] if i < len(cells) else None for name, i in columns.items()}, layout, known, zone)
        for number, cells in below
    ]


def _header(filled: Sequence[tuple[int, Sequence[object]]], layout: Layout) -> tuple[int, dict[str, int]]:
    for place, (_, cells) in enumerate(filled[:HEADER_WITHIN]):
        found: dict[str, int] = {}
        for index, cell in enumerate(cells):
            name = layout.columns.get(plain(_line(cell)))
            if name is not None:
                found.setdefault(name, index)
        if "name" in found:
            return place, found
    raise Problems(Problem("content", NO_HEADER))


def _row(number: int, cells: Mapping[str, object], layout: Layout, known: Known, zone: str) -> SheetRow:
    """What one row says; an empty cell says nothing."""
    check = Check()
    said = {name: cell for name, cell in cells.items() if _line(cell)}
    member: dict[str, Any] = {name: _line(said[name]) for name in ("phone", "team") if name in said}
    for name, codes in (("roles", known.roles), ("skills", known.skills), ("posts", known.posts)):
        if name in said:
            member[name] = _codes(check, name, said[name], codes)
    if "unit" in said:
        unit = known.units.get(plain(_line(said["unit"])))
        check.that(unit is not None, "unit", NOT_KNOWN, words=_line(said["unit"]))
        member["unit_id"] = unit
    if "account" in said:
        account = known.accounts.get(_word(said["account"]))
        check.that(account is not None, "account", NOT_KNOWN, words=_line(said["account"]))
        member["person_id"] = account
    if "share" in said:
        member["share"] = _percent(check, said["share"])
    if "reserve" in said:
        word = _word(said["reserve"])
        check.that(word in layout.yes or word in layout.no, "reserve", NOT_KNOWN, words=_line(said["reserve"]))
        member["reserve"] = word in layout.yes
    member |= {name: _day(check, name, said[name], zone) for name in MEMBER_DAYS if name in said}
    absence = _absence(check, said, layout, zone)
    written = {name: _line(cell) for name, cell in said.items()}
    return SheetRow(number, _line(cells.get("name")), member, absence, _wrong(check), written)


def _absence(check: Check, said: Mapping[str, object], layout: Layout, zone: str) -> dict[str, Any]:
    """The days a row tells, if any."""
    days = [_day(check, name, said[name], zone) if name in said else None for name in LEAVE_DAYS]
    if not any(name in said for name in LEAVE_DAYS):
        check.that("leave_kind" not in said, "leave_from", "Choose the day.")
        return {}
    kind = layout.kinds.get(plain(_line(said["leave_kind"]))) if "leave_kind" in said else "leave"
    check.that(kind is not None, "leave_kind", NOT_KNOWN, words=_line(said.get("leave_kind")))
    return {"kind": kind, "from_on": days[0], "until_on": days[1], "reason": _line(said.get("leave_reason"))}


def _codes(check: Check, name: str, cell: object, codes: Mapping[str, Any]) -> tuple[Any, ...]:
    words = [word.strip() for word in _BETWEEN.split(_line(cell)) if word.strip()]
    unknown = [word for word in words if plain(word) not in codes]
    check.that(not unknown, name, NOT_KNOWN, words=", ".join(unknown))
    return tuple(codes[plain(word)] for word in words if plain(word) in codes)


def _percent(check: Check, cell: object) -> int | None:
    """50, "50%" and a spreadsheet's 0.5 are the same share; what lies outside 1 to 100 is told later."""
    try:
        number = float(_line(cell).replace("％", "%").removesuffix("%"))
        share = round(number * 100 if isinstance(cell, (int, float)) and 0 < number <= 1 else number)
    except (ValueError, OverflowError):
        check.that(False, "share", NOT_KNOWN, words=_line(cell))
        return None
    return share


def _day(check: Check, name: str, cell: object, zone: str) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    moment = moment_of(_line(cell), zone)
    check.that(moment is not None, name, "The date can't be read: {written}.", written=_line(cell)[:40])
    return moment.date() if moment else None


def _line(cell: object) -> str:
    """A cell as one line; a whole number without its ".0"."""
    if cell is None:
        return ""
    return line_of(str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell))


def _word(cell: object) -> str:
    return _line(cell).lower()


def _wrong(check: Check) -> tuple[Problem, ...]:
    try:
        check.done()
    except Problems as problems:
        return problems.problems
    return ()
