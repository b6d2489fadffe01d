"""Joint co-ordination meetings about one matter: when one is worth proposing, and what its record must say."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from db.rules.mediation.writing import NEEDED, check_day, check_line, check_text
from db.rules.problems import N_, Check

LONGEST = 4000
SEVERAL = 2


class Why(StrEnum):
    """Why sitting together is proposed."""

    UNITS = "units"
    OBJECTIONS = "objections"


class Act(StrEnum):
    """What somebody does with the record; the step of the case's timeline of the same name."""

    RECORD = "confer_record"
    REWRITE = "confer_rewrite"
    TAKE_AWAY = "confer_take_away"
    PUT_BACK = "confer_put_back"


def why_confer(units: int, *, objected: bool) -> Why | None:
    """The reason to propose a meeting about an open matter: so many objections that the director rules, or several
    units taking part."""
    if objected:
        return Why.OBJECTIONS
    return Why.UNITS if units >= SEVERAL else None


def check_conference(
    *,
    day: date | None,
    place: str,
    unit_ids: Sequence[int],
    topic: str,
    texts: dict[str, str],
    agreed: bool,
    due_on: date | None,
    today: date,
) -> None:
    """Raise Problems unless the record says when, where, who and what about; `texts` are its other words by field.

    A lead unit or a due day (`agreed`) needs what was agreed in words; a due day is not before the meeting.
    """
    check = Check()
    check_day(check, "day", day, today)
    if check.that(place.strip(), "place", NEEDED):
        check_line(check, "place", place)
    check.that(unit_ids, "unit_ids", N_("Choose the units that were present."))
    check.that(topic.strip(), "topic", NEEDED)
    for field, text in ({"topic": topic} | texts).items():
        if check.that(len(text) <= LONGEST, field, N_("At most {most} characters."), most=LONGEST):
            check_text(check, field, text)
    check.that(texts.get("agreed", "").strip() or not agreed, "agreed", N_("Write down what the units agreed."))
    fine = due_on is None or day is None or due_on >= day
    check.that(fine, "due_on", N_("The due day is not before the meeting."))
    check.done()
