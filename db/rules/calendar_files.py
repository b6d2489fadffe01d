"""Yearly calendar files: JSON as in the holiday-cn data set, or CSV with date, kind and name."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date

from db.rules.problems import N_, Check, Problem, Problems
from db.rules.text_tables import csv_table, decoded

HOLIDAY, WORKDAY, ORDINARY = "holiday", "workday", "ordinary"
KINDS = {HOLIDAY: N_("Day off"), WORKDAY: N_("Make-up working day"), ORDINARY: N_("As its weekday says")}
# Letters of a day's name; a file's are cut, and its preview shows them so.
LONGEST_NAME = 40
LARGEST = 1_000_000
MOST_HOLIDAYS = 60
_WORDS = {
    "holiday": HOLIDAY,
    "off": HOLIDAY,
    "休": HOLIDAY,
    "放假": HOLIDAY,
    "节假日": HOLIDAY,
    "workday": WORKDAY,
    "班": WORKDAY,
    "上班": WORKDAY,
    "调休上班": WORKDAY,
}
_HEADS = {
    "date": "date",
    "日期": "date",
    "kind": "kind",
    "类型": "kind",
    "name": "name",
    "名称": "name",
    "节日": "name",
}


@dataclass(frozen=True, order=True)
class SpecialDay:
    """A day that is not what its weekday says."""

    day: date
    kind: str
    name: str = ""


@dataclass(frozen=True)
class YearFile:
    """One year's days, in order; a few late days of December before may be among them."""

    year: int
    days: tuple[SpecialDay, ...]


def read_year(content: bytes, name: str) -> YearFile:
    """The year a file describes; raises Problems (field `file`) naming the first thing wrong."""
    if len(content) > LARGEST:
        raise _wrong(N_("The file is larger than a calendar can be."))
    days = _from_json(decoded(content)[0]) if name.lower().endswith(".json") else _from_csv(content)
    if not days:
        raise _wrong(N_("The file holds no days: the year has not been announced yet."))
    year = Counter(item.day.year for item in days).most_common(1)[0][0]
    _check_year(year, days)
    return YearFile(year, tuple(sorted(days)))


def _check_year(year: int, days: list[SpecialDay]) -> None:
    check = Check()
    twice = [day for day, times in Counter(item.day for item in days).items() if times > 1]
    check.that(not twice, "file", "{day} is in the file twice.", day=str(min(twice, default="")))
    beside = [d.day for d in days if d.day.year != year and (d.day.year, d.day.month) != (year - 1, 12)]
    check.that(not beside, "file", "{day} is not in the year {year}.", day=str(min(beside, default="")), year=year)
    odd = [d.day for d in days if d.kind == WORKDAY and d.day.weekday() < 5]
    check.that(not odd, "file", "{day} is no weekend: it can't be a make-up day.", day=str(min(odd, default="")))
    off = sum(d.kind == HOLIDAY for d in days)
    check.that(off <= MOST_HOLIDAYS, "file", "{count} days off in one year can't be right.", count=off)
    check.done()


def _from_json(text: str) -> list[SpecialDay]:
    try:
        entries = json.loads(text)["days"]
        return [
            SpecialDay(
                date.fromisoformat(e["date"]), HOLIDAY if e["isOffDay"] else WORKDAY, str(e["name"])[:LONGEST_NAME]
            )
            for e in entries
        ]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _wrong(N_("The file is not a calendar in the holiday-cn form.")) from None


def _from_csv(content: bytes) -> list[SpecialDay]:
    lines = csv_table(content).lines
    heads = [_HEADS.get(head.strip().lower(), "") for head in (lines[0][1] if lines else ())]
    if not {"date", "kind"} <= set(heads):
        raise _wrong(N_("The first line must name the columns date, kind and name."))
    days = []
    for line, row in lines[1:]:
        values = dict(zip(heads, (cell.strip() for cell in row), strict=False))
        kind = _WORDS.get(values.get("kind", "").lower())
        try:
            day = date.fromisoformat(values.get("date", "").replace("/", "-"))
        except ValueError:
            raise _wrong(N_("Line {line} has no date such as 2027-01-01."), line=line) from None
        if kind is None:
            raise _wrong(N_("Line {line} must say holiday or workday."), line=line)
        days.append(SpecialDay(day, kind, values.get("name", "")[:LONGEST_NAME]))
    return days


def _wrong(message: str, **values: object) -> Problems:
    return Problems(Problem("file", message, values))
