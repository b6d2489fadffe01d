"""What a ledger holds for somebody over some days: the registers they may read, put together in order of days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from db.engine import reading
from db.rules.ledgers import LEDGERS, Code, Field, personal
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems
from db.services.acts import guarded
from db.services.ledgers import of_cases, of_disputes, of_duty, of_meetings, of_scores, of_works
from db.services.ledgers.asking import Asked, Line, Source, units_below
from db.services.office.presets import preset

SOURCES: Mapping[Code, tuple[Source, ...]] = {
    Code.MATTERS: (of_cases.MATTERS,),
    Code.DISPUTES: (of_disputes.DISPUTES,),
    Code.DUTY: (of_duty.SHIFTS,),
    Code.MEETINGS: (of_meetings.HELD, of_works.MEETINGS),
    Code.HAZARDS: (of_cases.HAZARDS,),
    Code.ACTIVITIES: (of_works.ACTIVITIES, of_disputes.TRAININGS),
    Code.INSPECTION: (of_scores.ENTRIES, of_works.INSPECTIONS, of_scores.SUPERVISED),
    Code.INFORMATION: (of_meetings.BRIEFINGS, of_meetings.MINUTES, of_works.REPORTS),
}
LONGEST_DAYS = 1_100
# The day a line of several registers is put in order by.
_BY = "on_day"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which ledger, over which days (both included), of which unit with those below it; names in clear or masked."""

    code: str
    begins: date
    ends: date
    unit_id: int | None = None
    plain: bool = False


@dataclass(frozen=True)
class Book:
    """A ledger's first lines; `total` counts up to one more than a workbook may hold, `parts` says what is left out."""

    code: Code
    fields: tuple[Field, ...]
    lines: list[Line]
    total: int
    most: int
    whole: bool

    @property
    def more(self) -> bool:
        """Whether there are more lines than a workbook may hold."""
        return self.total > self.most


def limits() -> Mapping[str, int]:
    """How many rows a workbook holds: "rows" masked, "plain" with names."""
    found: dict[str, int] = preset("ledgers")["limits"]
    return found


def readable(actor: Actor, code: Code) -> tuple[Source, ...]:
    """The registers behind a ledger that somebody may read; none means that the ledger is not theirs."""
    return tuple(source for source in SOURCES[code] if actor.may(source.permission))


@guarded(Permission.LEDGERS_EXPORT)
def preview(actor: Actor, *, choice: Choice, rows: int = 20) -> Book:
    """The first lines, masked, and how many there are; raises NotThere, and Problems for days in the wrong order."""
    with reading() as session:
        return book_of(session, actor, choice, rows)


def book_of(session: Session, actor: Actor, choice: Choice, rows: int | None = None) -> Book:
    """The ledger as this person may read it, up to `rows` lines (None: as many as a workbook holds)."""
    code, sources = _checked(actor, choice)
    units = units_below(session, actor, Permission.LEDGERS_EXPORT, choice.unit_id)
    asked = Asked(choice.begins, choice.ends, units, choice.plain)
    most = limits()["plain" if choice.plain else "rows"]
    total = sum(source.count(session, actor, asked, most + 1) for source in sources)
    wanted = min(most, rows) if rows is not None else most
    lines = [line for source in sources for line in source.rows(session, actor, asked, wanted)]
    if len(sources) > 1:
        lines.sort(key=lambda line: line[_BY])
    return Book(code, LEDGERS[code], lines[:wanted], min(total, most + 1), most, len(sources) == len(SOURCES[code]))


def _checked(actor: Actor, choice: Choice) -> tuple[Code, tuple[Source, ...]]:
    """The ledger and the registers it is made from; raises NotThere, Refused and Problems."""
    if choice.code not in SOURCES:
        raise NotThere(f"ledger {choice.code}")
    code = Code(choice.code)
    sources = readable(actor, code)
    if not sources:
        raise NotThere(f"ledger {choice.code}")
    if choice.plain:
        actor.must(Permission.CASES_EXPORT_PLAIN)
        if not personal(LEDGERS[code]):
            raise Problems(Problem("plain", N_("There are no names of residents in this ledger.")))
    if choice.begins > choice.ends:
        raise Problems(Problem("ends", N_("The last day comes before the first.")))
    if (choice.ends - choice.begins).days > LONGEST_DAYS:
        raise Problems(Problem("ends", N_("At most {days} days at once."), {"days": LONGEST_DAYS}))
    return code, sources
