"""Standing in for somebody who is away: whole days, one person at a time, and never in a circle."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from db.rules.problems import N_, Check


@dataclass(frozen=True)
class Arranged:
    """`stand_in_id` acts for `person_id` from `begins` to `ends`, both days included."""

    person_id: int
    stand_in_id: int
    begins: date
    ends: date

    def overlaps(self, other: "Arranged") -> bool:
        """Whether the two share a day."""
        return self.begins <= other.ends and other.begins <= self.ends

    def covers(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.begins <= day <= self.ends


def check_stand_in(wanted: Arranged, others: Iterable[Arranged], today: date, *, began: date | None = None) -> None:
    """Raise Problems unless the arrangement may stand beside the others.

    `began` is the first day as it stood before a change: what has begun keeps its first day.
    """
    check = Check()
    check.that(wanted.person_id != wanted.stand_in_id, "stand_in_id", N_("Nobody stands in for themselves."))
    check.that(wanted.begins <= wanted.ends, "ends", N_("The last day is before the first."))
    if began is not None and began < today:
        check.that(wanted.begins == began, "begins", N_("This has begun already; only the last day can be moved."))
    else:
        check.that(wanted.begins >= today, "begins", N_("This day is already past."))
    check.that(wanted.ends >= today, "ends", N_("This day is already past."))
    same = [one for one in others if one.overlaps(wanted)]
    check.that(
        not any(one.person_id == wanted.person_id for one in same),
        "begins",
        N_("Somebody stands in on some of these days already."),
    )
    check.that(
        not any(one.person_id == wanted.stand_in_id for one in same),
        "stand_in_id",
        N_("This person is away on some of these days and represented by somebody else."),
    )
    check.that(
        not any(one.stand_in_id == wanted.person_id for one in same),
        "begins",
        N_("On some of these days the absent person stands in for somebody else. Move that first."),
    )
    check.done()
