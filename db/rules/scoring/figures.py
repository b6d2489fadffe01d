"""Figures of a ladder: hundredths inside, a number with at most two decimals as typed."""

from dataclasses import dataclass
from decimal import Decimal

from db.rules.mediation.writing import check_text
from db.rules.problems import N_, Check

MOST = Decimal(10_000_000)
MONTHS = range(1, 13)
QUARTERS = {f"q{quarter}": range(3 * quarter - 2, 3 * quarter + 1) for quarter in range(1, 5)}
NO_FIGURE = N_("Write a number with at most two decimals, 0 or more.")


@dataclass(frozen=True)
class Figure:
    """One unit's month, in hundredths; None is not known yet. 0 <= before, now < MOST * 100."""

    before: int | None
    now: int | None
    ineffective: bool = False
    note: str = ""


def checked(before: object, now: object, *, ineffective: bool, note: str) -> Figure:
    """The figures as they will be kept; raises Problems beside the fields. A rectification found without effect (R-31)
    says why."""
    check = Check()
    found = _hundredths(check, "before", before), _hundredths(check, "now", now)
    check_text(check, "note", note)
    check.that(not ineffective or note.strip(), "note", N_("Say why the rectification had no effect."))
    check.done()
    return Figure(*found, ineffective, note.strip())


def _hundredths(check: Check, field: str, typed: object) -> int | None:
    text = "" if typed is None else str(typed).strip()
    if not text:
        return None
    try:
        number = Decimal(text) * 100
        fine = number.is_finite() and 0 <= number < MOST * 100 and number == number.to_integral_value()
    except ArithmeticError:
        fine = False
    check.that(fine, field, NO_FIGURE)
    return int(number) if fine else None
