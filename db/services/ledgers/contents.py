"""What a ledger holds for somebody over some days: the registers they may read, put together in order of days."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.engine import reading
from db.rules.ledgers import LEDGERS, Code, Field
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere
from db.services.acts import guarded
from db.services.ledgers import of_cases, of_disputes, of_duty, of_meetings, of_scores, of_works
from db.services.ledgers.asking import Choice, Line, Source, asked_of, check_choice
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
# The day a line of several registers is put in order by.
_BY = "on_day"


@dataclass(frozen=True)
class Book:
    """A ledger's first lines; `total` counts up to one more than a workbook may hold.

    It is not `whole` where a register may not be read, and `narrowed` where one is left out that is of no unit.
    """

    code: Code
    fields: tuple[Field, ...]
    lines: list[Line]
    total: int
    most: int
    whole: bool
    narrowed: bool = False

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
def preview(actor: Actor, *, code: str, choice: Choice, rows: int = 20) -> Book:
    """The first lines, masked, and how many there are; raises NotThere, and Problems for days in the wrong order."""
    with reading() as session:
        return book_of(session, actor, code, choice, rows)


def book_of(session: Session, actor: Actor, code: str, choice: Choice, rows: int | None = None) -> Book:
    """The ledger as this person may read it, up to `rows` lines (None: as many as a workbook holds)."""
    known = _readable(actor, code)
    check_choice(choice, LEDGERS[known])
    readable_ones = readable(actor, known)
    sources = [source for source in readable_ones if source.of_units or choice.unit_id is None]
    asked = asked_of(session, actor, choice)
    most = limits()["plain" if choice.plain else "rows"]
    total = sum(source.count(session, actor, asked, most + 1) for source in sources)
    wanted = min(most, rows) if rows is not None else most
    lines = [line for source in sources for line in source.rows(session, actor, asked, wanted)]
    if len(sources) > 1:
        lines.sort(key=lambda line: line[_BY])
    whole, narrowed = len(readable_ones) == len(SOURCES[known]), len(sources) < len(readable_ones)
    return Book(known, LEDGERS[known], lines[:wanted], min(total, most + 1), most, whole, narrowed)


def _readable(actor: Actor, code: str) -> Code:
    """The ledger of this code; raises NotThere where nobody keeps one, and where nothing of it is theirs to read."""
    if code not in SOURCES or not readable(actor, Code(code)):
        raise NotThere(f"ledger {code}")
    return Code(code)
