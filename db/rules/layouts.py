"""What a superior's layout says: where the rows begin, which column takes which field of a register, and how."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from db.rules.ledgers import REGISTERS, Register
from db.rules.problems import N_, Check

MOST_COLUMNS, MOST_ROW = 60, 200
ROW = "row"
_LETTERS = re.compile(r"[A-Z]{1,2}")


class Format(StrEnum):
    """How a value stands in its column."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    DAY_TEXT = "day_text"
    DAY_ZH = "day_zh"
    DAY_DOT = "day_dot"
    CODE = "code"


@dataclass(frozen=True)
class Column:
    """A column of the sheet by its letters, the field it takes ("row" counts from 1), and its format."""

    letters: str
    field: str
    format: str = Format.TEXT.value


@dataclass(frozen=True)
class Plan:
    """Where the rows begin in an Excel layout, and its columns; a Word layout has neither, its text says it all."""

    sheet: str = ""
    first_row: int = 0
    columns: tuple[Column, ...] = ()


def check_plan(plan: Plan, register: str) -> None:
    """Raise Problems unless every column takes a field there is, in a format there is, once each."""
    check = Check()
    check.that(1 <= plan.first_row <= MOST_ROW, "first_row", N_("The rows begin between 1 and {most}."), most=MOST_ROW)
    check.that(0 < len(plan.columns) <= MOST_COLUMNS, "columns", N_("Choose what at least one column takes."))
    known = {ROW, *REGISTERS[Register(register)]}
    taken: set[str] = set()
    for column in plan.columns:
        fine = column.field in known and column.format in set(Format) and _LETTERS.fullmatch(column.letters)
        check.that(bool(fine) and column.letters not in taken, "columns", N_("This is not one of the choices."))
        taken.add(column.letters)
    check.done()


def formatted(value: object, code: object, form: str) -> object:
    """A value as its column wants it: `value` is in words, `code` as it is stored."""
    if form == Format.CODE:
        return code if isinstance(code, (str, int)) or code is None else value
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        match form:
            case Format.DAY:
                return value
            case Format.DAY_ZH:
                return f"{value.year}年{value.month}月{value.day}日"
            case Format.DAY_DOT:
                return f"{value.year}.{value.month}.{value.day}"
        return value.isoformat()
    if form == Format.NUMBER and value is not None:
        plain = str(value).replace(",", "")
        if re.fullmatch(r"-?\d{1,15}(\.\d+)?", plain):
            return float(plain) if "." in plain else int(plain)
    return None if value is None else str(value)


def plan_of(stored: Mapping[str, object]) -> Plan:
    """A plan as it was before it became JSON."""
    columns = tuple(Column(**column) for column in stored.get("columns", ()))  # type: ignore[attr-defined]
    return Plan(str(stored.get("sheet", "")), int(str(stored.get("first_row", 0))), columns)
