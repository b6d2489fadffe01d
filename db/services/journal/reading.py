"""The journal page by page, newest first."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import Select, select

from db.engine import current, reading
from db.journal import JournalRow
from db.models import Person
from db.rules.permissions import Actor, Permission
from db.services.acts import guarded

PAGE = 50
ROWS = ["seq", "at", "actor", "origin", "event", "tbl", "pk", "case_id", "detail"]


@dataclass(frozen=True)
class Page:
    """At most PAGE rows (columns of ROWS, `at` aware) and where the next, older page begins, if any."""

    rows: pd.DataFrame
    older: int | None


@guarded(Permission.JOURNAL_READ)
def entries(
    actor: Actor,
    *,
    since: date | None = None,
    until: date | None = None,
    person_id: int | None = None,
    event: str = "",
    table: str = "",
    case_id: int | None = None,
    before: int | None = None,
) -> Page:
    """Rows newest first; days (both included) are the office's; `before` is the `older` of the page above.

    What residents said is not in it: content columns are kept as keyed digests from the start.
    """
    query: Select[JournalRow] = select(JournalRow)
    if since:
        query = query.where(JournalRow.at >= _utc(since))
    if until:
        query = query.where(JournalRow.at < _utc(until + timedelta(days=1)))
    for column, wanted in (
        (JournalRow.actor_id, person_id),
        (JournalRow.event, event),
        (JournalRow.tbl, table),
        (JournalRow.case_id, case_id),
    ):
        if wanted not in (None, ""):
            query = query.where(column == wanted)
    if before is not None:
        query = query.where(JournalRow.seq < before)
    with reading() as session:
        found = session.scalars(query.order_by(JournalRow.seq.desc()).limit(PAGE + 1)).all()
    rows = [
        (
            row.seq,
            datetime.fromisoformat(row.at),
            row.actor,
            row.origin,
            row.event,
            row.tbl,
            row.pk,
            row.case_id,
            told(row.before, row.after),
        )
        for row in found[:PAGE]
    ]
    frame = pd.DataFrame(rows, columns=ROWS).astype({"case_id": "Int64"})
    return Page(frame, int(found[PAGE - 1].seq) if len(found) > PAGE else None)


@guarded(Permission.JOURNAL_READ)
def writers(actor: Actor) -> dict[int, str]:
    """Everybody with an account, for the filter: id to name."""
    with reading() as session:
        return dict(session.execute(select(Person.id, Person.name).order_by(Person.name)).all())


def told(before: str | None, after: str | None) -> str:
    """A row's before and after in one line: "grade: general → major; owner: – → 4"."""
    was, becomes = _parsed(before), _parsed(after)
    parts = []
    for name in sorted({*was, *becomes}):
        if name not in was:
            parts.append(f"{name}: {_shown(becomes[name])}")
        else:
            parts.append(f"{name}: {_shown(was[name])} → {_shown(becomes.get(name))}")
    return "; ".join(parts)


def _parsed(stored: str | None) -> dict[str, object]:
    found = json.loads(stored) if stored else {}
    return found if isinstance(found, dict) else {"": found}


def _shown(value: object) -> str:
    return "–" if value in (None, "") else str(value)


def _utc(day: date) -> str:
    start = datetime.combine(day, time.min, tzinfo=ZoneInfo(current().settings.timezone))
    return start.astimezone(UTC).isoformat(timespec="microseconds")
