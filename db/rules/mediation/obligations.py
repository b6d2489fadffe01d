"""What is owed, split into instalments without losing a fen, and how far it is fulfilled (Art. 29, 31)."""

import calendar
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from db.rules.mediation.agreement import NO_AMOUNT
from db.rules.mediation.words import ObligationKind, Standing
from db.rules.mediation.writing import NO_CHOICE, check_day, check_line, check_order, check_text
from db.rules.money import fen_of, yuan
from db.rules.problems import N_, Check

# Sanity only, not law: thirty years of monthly instalments, one a year at the least, nothing in another century.
MOST_INSTALMENTS = 360
MOST_MONTHS = 12
FURTHEST_YEARS = 100


@dataclass(frozen=True)
class Terms:
    """One obligation as written; `amount` as typed."""

    kind: str
    debtor_id: int | None
    creditor_id: int | None
    amount: str = ""
    act: str = ""
    manner: str = ""
    place: str = ""
    due_on: date | None = None


@dataclass(frozen=True)
class Series:
    """One amount in instalments as written; `total` as typed."""

    debtor_id: int | None
    creditor_id: int | None
    total: str
    count: int
    first_due_on: date | None
    every_months: int = 1
    manner: str = ""
    place: str = ""


@dataclass(frozen=True)
class Ground:
    """The parties of the file, and how many fen may still be promised (None: no agreement is written yet)."""

    today: date
    parties: Collection[int]
    free: int | None


@dataclass(frozen=True)
class Payment:
    """A performance as written: `paid` as typed, `whole` for an act."""

    done_on: date | None
    paid: str = ""
    whole: bool = True
    evidence: str = ""


@dataclass(frozen=True)
class Done:
    """One performance: so many fen for an amount, the whole or a part of an act."""

    done_on: date
    amount: int = 0
    whole: bool = False


def split(total: int, count: int) -> tuple[int, ...]:
    """`total` fen in `count` equal parts, the last one taking the rest; the sum is exact."""
    part = total // count
    return (*(part for _ in range(count - 1)), total - part * (count - 1))


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or that month's last: 31 January + 1 → 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def instalments(total: int, count: int, first_due_on: date, every_months: int) -> tuple[tuple[int, date], ...]:
    """Amount in fen and due day of each instalment."""
    return tuple(
        (part, months_after(first_due_on, number * every_months)) for number, part in enumerate(split(total, count))
    )


def left_of(amount: int, done: Sequence[Done]) -> int:
    """How many fen are still owed."""
    return amount - sum(each.amount for each in done)


def standing_of(kind: str, amount: int, done: Sequence[Done]) -> Standing:
    """How far an obligation is fulfilled: an amount when nothing is left, an act when it was done whole."""
    if not done:
        return Standing.DUE
    whole = left_of(amount, done) <= 0 if kind == ObligationKind.MONEY else any(each.whole for each in done)
    return Standing.FULFILLED if whole else Standing.PART


def fulfilled_on(kind: str, amount: int, done: Sequence[Done]) -> date | None:
    """The day the last part was done, once nothing is owed any more."""
    if standing_of(kind, amount, done) is not Standing.FULFILLED:
        return None
    return max(each.done_on for each in done)


def is_overdue(standing: str, due_on: date, today: date) -> bool:
    """Whether something is still owed after its day."""
    return standing != Standing.FULFILLED and due_on < today


def is_late(due_on: date, done_on: date | None) -> bool:
    """Whether something was done after its day."""
    return done_on is not None and done_on > due_on


def check_terms(terms: Terms, ground: Ground) -> int:
    """The amount in fen (0 for an act); raises Problems with everything wrong."""
    check = Check()
    check.that(terms.kind in tuple(ObligationKind), "kind", NO_CHOICE)
    _check_sides(check, terms.debtor_id, terms.creditor_id, ground.parties)
    fen = 0
    if terms.kind == ObligationKind.MONEY:
        fen = _check_amount(check, "amount", terms.amount, ground.free)
    else:
        check.that(terms.act.strip(), "act", N_("Write down what is to be done."))
    check_text(check, "act", terms.act)
    _check_manner(check, terms.manner, terms.place)
    _check_due(check, "due_on", terms.due_on, ground.today)
    check.done()
    return fen


def check_series(series: Series, ground: Ground) -> int:
    """The total in fen; raises Problems with everything wrong."""
    check = Check()
    _check_sides(check, series.debtor_id, series.creditor_id, ground.parties)
    fen = _check_amount(check, "total", series.total, ground.free)
    fine = 2 <= series.count <= MOST_INSTALMENTS
    check.that(fine, "count", N_("From 2 to {most} instalments."), most=MOST_INSTALMENTS)
    check.that(not fine or not fen or fen >= series.count, "count", N_("More instalments than 0.01 yuan each."))
    fine = 1 <= series.every_months <= MOST_MONTHS
    check.that(fine, "every_months", N_("Every 1 to {most} months."), most=MOST_MONTHS)
    _check_manner(check, series.manner, series.place)
    _check_due(check, "first_due_on", series.first_due_on, ground.today)
    check.done()
    return fen


def check_room(debtor_id: int, creditor_id: int, amount: int, ground: Ground) -> None:
    """Raise Problems unless a removed obligation still has its parties and its place in the agreed amount."""
    check = Check()
    _check_sides(check, debtor_id, creditor_id, ground.parties)
    _check_free(check, "amount", amount, ground.free)
    check.done()


def check_performance(
    payment: Payment, *, kind: str, amount: int, done: Sequence[Done], since: date | None, today: date
) -> Done:
    """What was done; raises Problems when it is wrong, more than is owed, or older than the agreement."""
    check = Check()
    fen = 0
    if kind == ObligationKind.MONEY:
        fen = fen_of(payment.paid) or 0
        check.that(fen, "amount", NO_AMOUNT)
    _check_owed(check, kind, amount, done, fen)
    if check_day(check, "done_on", payment.done_on, today):
        check_order(check, "done_on", payment.done_on, since, N_("The agreement was reached on {day}."))
    check_text(check, "evidence", payment.evidence)
    check.done()
    whole = fen == left_of(amount, done) if kind == ObligationKind.MONEY else payment.whole
    return Done(payment.done_on or today, fen, whole)


def check_restored(kind: str, amount: int, done: Sequence[Done], paid: int) -> None:
    """Raise Problems when a removed performance would be more than is owed now."""
    check = Check()
    _check_owed(check, kind, amount, done, paid)
    check.done()


def _check_owed(check: Check, kind: str, amount: int, done: Sequence[Done], paid: int) -> None:
    if kind == ObligationKind.MONEY:
        left = left_of(amount, done)
        check.that(paid <= left, "amount", N_("No more than {left} is owed."), left=yuan(max(left, 0)))
    else:
        owed = standing_of(kind, amount, done) is not Standing.FULFILLED
        check.that(owed, "whole", N_("Nothing is owed here any more."))


def _check_sides(check: Check, debtor_id: int | None, creditor_id: int | None, parties: Collection[int]) -> None:
    check.that(debtor_id in parties, "debtor_id", N_("Choose who owes it."))
    if check.that(creditor_id in parties, "creditor_id", N_("Choose to whom it is owed.")):
        check.that(debtor_id != creditor_id, "creditor_id", N_("Nobody owes anything to themselves."))


def _check_amount(check: Check, field: str, typed: str, free: int | None) -> int:
    fen = fen_of(typed)
    if not check.that(fen, field, NO_AMOUNT) or fen is None:
        return 0
    _check_free(check, field, fen, free)
    return fen


def _check_free(check: Check, field: str, fen: int, free: int | None) -> None:
    fine = free is None or fen <= free
    check.that(fine, field, N_("Of the agreed amount {left} is left to promise."), left=yuan(max(free or 0, 0)))


def _check_manner(check: Check, manner: str, place: str) -> None:
    check_line(check, "manner", manner)
    check_line(check, "place", place)


def _check_due(check: Check, field: str, day: date | None, today: date) -> None:
    if check.that(day, field, N_("Choose the day.")) and day is not None:
        fine = abs(day.year - today.year) <= FURTHEST_YEARS
        check.that(fine, field, N_("This day is more than a hundred years away."))
