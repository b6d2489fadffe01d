"""What leave, unavailable days and wishes of a member must say."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from db.rules.duty.describing import MOST_DAYS, NO_CHOICE, check_days, check_line, check_whole
from db.rules.duty.words import WISHES, Absence
from db.rules.problems import N_, Check

MOST_WEIGHT = 10
GONE = N_("{name} does not serve any more; restore the member first.")
GONE_SINCE = N_("{name} serves until {day} only.")
NOT_YET = N_("{name} serves from {day} on.")


@dataclass(frozen=True)
class Serving:
    """Whose days they are, and when this member serves."""

    name: str
    active: bool
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True)
class Away:
    """Days entered: of one shift, or of all when `shift_id` is None."""

    kind: str
    from_on: date
    until_on: date
    shift_id: int | None = None


def check_absence(
    check: Check,
    serving: Serving,
    *,
    kind: str | None,
    from_on: date | None,
    until_on: date | None,
    shift_id: int | None,
    shifts: Collection[int],
    weight: int | None,
    reason: str,
    standing: Iterable[Away],
    wish_from: date | None = None,
) -> None:
    """Days of somebody who serves then, not entered already; a wish lies ahead when `wish_from` is today."""
    kinds = tuple(Absence) if wish_from is None else WISHES
    check.that(kind in kinds, "kind", NO_CHOICE)
    check.that(shift_id is None or shift_id in shifts, "shift_id", NO_CHOICE)
    check_whole(check, "weight", weight, 1, MOST_WEIGHT)
    check_line(check, "reason", reason)
    if not check.that(from_on is not None, "from_on", "Choose the day.") or from_on is None or until_on is None:
        return
    if not check_days(check, from_on, until_on):
        return
    check.that(wish_from is None or from_on >= wish_from, "from_on", "This day is past.")
    _check_serves(check, serving, from_on, until_on)
    fits = (until_on - from_on).days < MOST_DAYS
    check.that(fits, "until_on", "Give at most {most} days at once.", most=MOST_DAYS)
    _check_new(check, Away(str(kind), from_on, until_on, shift_id), standing)


def _check_serves(check: Check, serving: Serving, from_on: date, until_on: date) -> None:
    """Nobody who has left, or has not come yet, takes leave."""
    if not check.that(serving.active, "from_on", GONE, name=serving.name):
        return
    last, first = serving.until_on, serving.from_on
    check.that(last is None or from_on <= last, "from_on", GONE_SINCE, name=serving.name, day=last)
    check.that(first is None or until_on >= first, "from_on", NOT_YET, name=serving.name, day=first)


def _check_new(check: Check, new: Away, standing: Iterable[Away]) -> None:
    """The same days are entered once: of one kind, of one shift or of all."""
    for old in standing:
        same = old.kind == new.kind and (old.shift_id is None or old.shift_id == new.shift_id)
        if same and old.from_on <= new.until_on and new.from_on <= old.until_on:
            told = {"first": old.from_on, "last": old.until_on}
            check.that(False, "from_on", "This is entered already for {first} to {last}.", **told)
            return
