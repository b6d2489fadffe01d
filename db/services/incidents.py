"""Incidents with personal data: written down under a number, corrected, listed."""

from dataclasses import asdict, dataclass

import pandas as pd
from sqlalchemy import ColumnElement, and_, func, or_, select

from db import clock
from db.engine import current, reading, transaction
from db.models import DataIncident, Person
from db.rules.incidents import WORDS, Told, check_told
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere
from db.services.acts import earlier, guarded, remember
from db.services.intake.registering import next_number
from db.services.listing import PAGE_ROWS, Page, page_of
from db.services.records import fill, seen

SERIES = "data_incident"
INCIDENTS = ["id", "version", "number", *Told.__dataclass_fields__, "settled", "by"]


@dataclass(frozen=True)
class Incident:
    """One incident as its form shows it."""

    id: int
    version: int
    number: str
    told: Told


@guarded(Permission.DATA_REQUESTS_KEEP)
def incidents(actor: Actor, *, page: int = 1) -> Page:
    """One page of incidents, the newest first: a frame of INCIDENTS."""
    with reading() as session:
        total = session.scalar(select(func.count()).select_from(DataIncident)) or 0
        place, pages = page_of(total, page)
        query = select(DataIncident, Person.name).join(Person, Person.id == DataIncident.registered_by_id)
        query = query.order_by(DataIncident.found_on.desc(), DataIncident.id.desc())
        rows = []
        for row, by in session.execute(query.limit(PAGE_ROWS).offset((place - 1) * PAGE_ROWS)):
            told = _told(row)
            rows.append([row.id, row.version, row.number, *asdict(told).values(), told.settled, by])
    frame = pd.DataFrame(rows, columns=INCIDENTS).astype({"people": "Int64"})
    return Page(frame, total, False, place, pages)


@guarded(Permission.DATA_REQUESTS_KEEP)
def incident(actor: Actor, *, incident_id: int) -> Incident:
    """One incident; raises NotThere."""
    with reading() as session:
        row = session.get(DataIncident, incident_id)
        if row is None:
            raise NotThere("data_incident")
        return Incident(row.id, row.version, row.number, _told(row))


@guarded(Permission.DATA_REQUESTS_KEEP)
def unsettled(actor: Actor) -> int:
    """Of how many incidents the authority or the people were not told yet (Art. 57 asks for it at once)."""
    with reading() as session:
        return session.scalar(select(func.count()).select_from(DataIncident).where(open_ones())) or 0


def open_ones() -> ColumnElement[bool]:
    """Incidents that are not `settled`."""
    row = DataIncident
    return or_(row.authority_told_on.is_(None), and_(row.people_told_on.is_(None), row.why_untold == ""))


@guarded(Permission.DATA_REQUESTS_KEEP)
def record(actor: Actor, /, *, key: str, **fields: object) -> int:
    """Write an incident down (the fields of Told); answers its id. Raises Problems."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        told, now = _checked(fields), clock.now()
        year = (told.found_on or clock.today(current().settings.timezone)).year
        running = next_number(session, SERIES, year)
        row = DataIncident(
            number=f"S{year}-{running:04d}", **asdict(told), registered_at=now, registered_by_id=actor.id
        )
        session.add(row)
        session.flush()
        remember(session, actor, key, "incidents.record", row.id)
        return row.id


@guarded(Permission.DATA_REQUESTS_KEEP)
def edit(actor: Actor, /, *, incident_id: int, version: int, key: str, **fields: object) -> int:
    """Correct an incident or add what is known since; answers the new version. Raises Changed and Problems."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = seen(session, DataIncident, incident_id, version, fields)
        fill(row, asdict(_checked(asdict(_told(row)) | fields)))
        session.flush()
        remember(session, actor, key, "incidents.edit", row.version)
        return row.version


def _checked(fields: dict[str, object]) -> Told:
    words = {name: str(fields.get(name) or "").strip() for name in WORDS}
    told = Told(**{**fields, **words})  # type: ignore[arg-type]
    check_told(told, clock.today(current().settings.timezone))
    return told


def _told(row: DataIncident) -> Told:
    return Told(**{name: getattr(row, name) for name in Told.__dataclass_fields__})
