"""Names of what a register is divided by: words of the program, entries of code lists, units, rows, days."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from db.languages import LANGUAGES, month_day_in, month_in, translate, weekday_in
from db.models import Code, Unit
from db.rules.briefings.chart import Words
from db.rules.briefings.periods import Slot, begins_on
from db.rules.briefings.recommending import REST
from db.services.briefings.registers.declaring import Labels

MONDAY = date(2026, 11, 16)
NOT_SAID = Words("未填写", "Not said")
FOLDED = Words("其余各项", "The rest")
YES, NO = "yes", "no"
DIGITS = 9


_code = Code.__table__.c
# Built once: asked with nearly every chart.
_CODES = (
    select(_code.code, _code.label_zh, _code.label_en)
    .where(_code.list_name == bindparam("list_name"))
    .order_by(_code.position, _code.id)
)


def named(labels: Labels, session: Session, codes: Collection[str]) -> dict[str, Words]:
    """The names of these codes, known ones first and in their order; one nobody knows any more stands as it is."""
    known = labels(session, codes)
    told = {code: name for code, name in known.items() if code in codes}
    return told | {code: _unknown(code) for code in codes if code not in told}


def numbers_of(codes: Iterable[str]) -> list[int]:
    """The codes that are whole numbers a column can hold."""
    return [int(code) for code in codes if code.isdecimal() and len(code) <= DIGITS]


def _unknown(code: str) -> Words:
    if code == REST:
        return FOLDED
    return Words(code, code) if code else NOT_SAID


def of_words(messages: Mapping[str, str], *left_out: str) -> Labels:
    """Codes whose words are in the catalogue."""

    def labels(_session: Session, _codes: Collection[str] | None) -> Mapping[str, Words]:
        return {
            code: Words(translate(message, "zh"), message) for code, message in messages.items() if code not in left_out
        }

    return labels


def of(names: Mapping[str, Words]) -> Labels:
    """Codes named beside where they are declared."""
    return lambda _session, _codes: names


def yes_no(yes: Words, no: Words) -> Labels:
    """A question answered with yes or no."""
    return of({YES: yes, NO: no})


def of_codes(list_name: str) -> Labels:
    """Entries of a list the office edits, retired ones too."""

    def labels(session: Session, _codes: Collection[str] | None) -> Mapping[str, Words]:
        rows = session.connection().execute(_CODES, {"list_name": list_name})
        return {code: Words(zh, en) for code, zh, en in rows}

    return labels


def of_rows(model: Any, *conditions: Any) -> Labels:
    """Rows with a name and perhaps an English one, by id."""

    def labels(session: Session, codes: Collection[str] | None) -> Mapping[str, Words]:
        query = select(model.id, model.name, model.name_en).where(*conditions)
        if codes is not None:
            query = query.where(model.id.in_(numbers_of(codes)))
        return {str(row.id): Words(row.name, row.name_en) for row in session.execute(query.order_by(model.id))}

    return labels


def of_units() -> Labels:
    """Units, those in use when all are asked for."""

    def labels(session: Session, codes: Collection[str] | None) -> Mapping[str, Words]:
        return of_rows(Unit)(session, codes) if codes is not None else of_rows(Unit, Unit.active)(session, None)

    return labels


def of_weekdays() -> Labels:
    """ "1" for Monday to "7"."""
    days = {str(number + 1): MONDAY + timedelta(days=number) for number in range(7)}
    return of({code: Words(*(weekday_in(into, day) for into in LANGUAGES)) for code, day in days.items()})


def of_hours() -> Labels:
    """ "00" to "23", the hour that begins then."""
    return of({f"{hour:02}": Words(f"{hour}时", f"{hour:02}:00") for hour in range(24)})


def of_numbers(most: int) -> Labels:
    """Small whole numbers."""
    return of({str(number): Words(str(number), str(number)) for number in range(most + 1)})


def of_slots(slot: Slot) -> Labels:
    """Days, weeks, months, quarters, years."""

    def labels(_session: Session, codes: Collection[str] | None) -> Mapping[str, Words]:
        return {code: Words(*(_slot(slot, code, into) for into in LANGUAGES)) for code in sorted(codes or ())}

    return labels


def _slot(slot: Slot, code: str, into: str) -> str:
    try:
        day = begins_on(slot, code)
    except ValueError:
        return code
    match slot:
        case Slot.DAY:
            return month_day_in(into, day, month=True)
        case Slot.WEEK:
            return _week(day, day + timedelta(days=6), into)
        case Slot.MONTH:
            return month_in(into, day)
        case Slot.QUARTER:
            number = (day.month + 2) // 3
            return f"{day.year}年第{number}季度" if into == "zh" else f"Q{number} {day.year}"
        case Slot.YEAR:
            return f"{day.year}年" if into == "zh" else str(day.year)


def _week(first: date, last: date, into: str) -> str:
    """16–22 Nov / 11月16日–22日; both months where there are two."""
    two = first.month != last.month
    begins = month_day_in(into, first, month=two or into == "zh")
    return f"{begins}–{month_day_in(into, last, month=two or into == 'en')}"
