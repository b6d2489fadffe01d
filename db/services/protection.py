"""A year's report on protecting personal data: requests, looks, exports, refusals, acts of retention, incidents."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import ColumnElement, and_, case, distinct, func, or_, select
from sqlalchemy.orm import Session

from db import clock, journal, wall
from db.documents import word
from db.documents.forms import Document, forms
from db.engine import current, reading, transaction
from db.journal import JournalRow
from db.languages import date_in, translate
from db.models import DataIncident, DataRequest, DataRequestPassage, EmergencyReading, RetentionHold, RetentionReview
from db.rules.data_requests import KINDS, OPEN, Kind, State
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere
from db.rules.protection import ACTS, FIGURES, FIRST_YEAR, LOOKS
from db.rules.retention import State as Review
from db.services.acts import guarded
from db.services.incidents import open_ones
from db.services.office import facts_of
from db.services.templates import standing

FORM = "protection_report"
REQUESTS = ["kind", "received", "granted", "partly", "refused", "withdrawn", "waiting", "late", "days", "most_days"]
TOLD = ["what", "count", "people"]
OF_KIND = N_(
    "{received} received; {granted} granted, {partly} in part, {refused} refused, {withdrawn} withdrawn, "
    "{waiting} waiting; {late} after their day; {days} days on average, {most_days} at most"
)


@dataclass(frozen=True)
class Report:
    """One year: `requests` by kind (REQUESTS, by the day they came in; days from then to the answer), `figures`
    (TOLD; `people` are how many of the office did it), and since when the journal tells of looks when it is later
    than the year's first day.
    """

    year: int
    requests: pd.DataFrame
    figures: pd.DataFrame
    since: date | None


@guarded(Permission.DATA_REQUESTS_KEEP)
def report(actor: Actor, *, year: int) -> Report:
    """A year's figures; raises NotThere for a year that is none or has yet to come."""
    with reading() as session, wall.beyond(session):
        return _report(session, year)


@guarded(Permission.DATA_REQUESTS_KEEP)
def document(actor: Actor, *, year: int, language: str) -> Document:
    """The same as Word, from the office's template; journalled."""
    with transaction(actor) as session:
        found, office = _report(session, year), facts_of(session).name
        journal.note(session, "print", tbl="data_protection", pk=year, detail={"what": FORM})
    form, title = forms()[FORM], translate(N_("Protection of personal data, {year}"), language).format(year=year)
    asked = [
        {"what": translate(KINDS[Kind(row["kind"])], language), "value": translate(OF_KIND, language).format(**row)}
        for row in _texts(found.requests)
    ]
    counted = [
        {"what": translate(FIGURES[row["what"]], language), "value": row["count"]} for row in _texts(found.figures)
    ]
    since = translate(N_("The journal begins on {day}; looks before it are not counted."), language)
    values: dict[str, object] = {
        "office": office,
        "title": title,
        "requests": asked,
        "figures": counted,
        "since": since.format(day=date_in(language, found.since)) if found.since else "",
        "today": date_in(language, clock.today(current().settings.timezone)),
    }
    return Document(f"{title}.docx", word.render(standing(form), form, values, at=clock.now()))


def _texts(frame: pd.DataFrame) -> list[dict[str, str]]:
    return [{str(k): "–" if pd.isna(v) else str(v) for k, v in row.items()} for row in frame.to_dict("records")]


def _report(session: Session, year: int) -> Report:
    zone = ZoneInfo(current().settings.timezone)
    if not FIRST_YEAR <= year <= clock.today(str(zone)).year:
        raise NotThere(f"year {year}")
    days = date(year, 1, 1), date(year + 1, 1, 1)
    begins, ends = (datetime(day.year, 1, 1, tzinfo=zone) for day in days)
    figures = _looks(session, begins, ends) | _acts(session, days, (begins, ends))
    first = session.scalar(select(func.min(JournalRow.at)))
    told = clock.day_of(datetime.fromisoformat(first), str(zone)) if first else None
    rows = [[code, *figures[code]] for code in FIGURES]
    frame = pd.DataFrame(rows, columns=TOLD).astype({"count": "Int64", "people": "Int64"})
    return Report(year, _requests(session, *days), frame, told if told and told > days[0] else None)


def _requests(session: Session, first: date, end: date) -> pd.DataFrame:
    row = DataRequest
    columns = row.kind, row.state, row.received_on, row.answered_on, row.due_on
    query = select(*columns, func.count().label("n")).where(row.received_on >= first, row.received_on < end)
    told: dict[str, list[object]] = {}
    found = session.execute(query.group_by(*columns)).all()
    for kind in Kind:
        mine = [one for one in found if one.kind == kind]
        states = {state: sum(one.n for one in mine if one.state == state) for state in State}
        taken = [((one.answered_on - one.received_on).days, one.n) for one in mine if one.answered_on]
        answered = sum(n for _, n in taken)
        told[kind] = [sum(states.values()), *(states[one] for one in State if one not in OPEN)]
        told[kind] += [sum(states[one] for one in OPEN)]
        told[kind] += [sum(one.n for one in mine if one.answered_on and one.answered_on > one.due_on)]
        mean = round(sum(day * n for day, n in taken) / answered, 1) if answered else None
        told[kind] += [mean, max((day for day, _ in taken), default=None)]
    frame = pd.DataFrame([[kind, *row] for kind, row in told.items()], columns=REQUESTS)
    return frame.astype({"days": "Float64", "most_days": "Int64"})


def _looks(session: Session, begins: datetime, ends: datetime) -> dict[str, tuple[int, int | None]]:
    """What the journal tells of a year, in one pass: how often, and by how many people."""
    wanted = _conditions()
    from_, until = (one.astimezone(UTC).isoformat(timespec="microseconds") for one in (begins, ends))
    counts = [func.count(case((one, 1))) for one in wanted.values()]
    people = [func.count(distinct(case((one, JournalRow.actor_id)))) for one in wanted.values()]
    query = select(*counts, *people).where(JournalRow.at >= from_, JournalRow.at < until, or_(*wanted.values()))
    found = session.execute(query).one()
    return {code: (found[n], found[len(wanted) + n]) for n, code in enumerate(wanted)}


def _conditions() -> Mapping[str, ColumnElement[bool]]:
    row, after = JournalRow, func.coalesce(JournalRow.after, "")
    names = or_(after.contains('"plain": true'), after.contains('"identities": true'))
    of_dispute = and_(row.tbl == "dispute", ~after.contains('"identities": false'))
    told: dict[str, ColumnElement[bool]] = {
        "unmasked": row.event == "unmask",
        "searched": row.event == "search_identity",
        "exported": and_(row.event == "export", names),
        "records": and_(row.event == "export", row.after.is_(None), row.tbl.in_(("case_file", "dispute"))),
        "printed": and_(row.event == "print", or_(names, of_dispute)),
        "copied": and_(row.event.in_(("export", "print")), row.tbl == "data_request", after.contains("data_copy")),
        "refused": row.event == "refused",
    }
    return {code: told[code] for code in LOOKS}


def _acts(
    session: Session, days: tuple[date, date], moments: tuple[datetime, datetime]
) -> dict[str, tuple[int, int | None]]:
    """What the tables tell of a year."""
    review, incident, hold, opened = RetentionReview, DataIncident, RetentionHold, EmergencyReading.opened_at
    masked = DataRequestPassage.masked_at
    ended = review.state == Review.DONE, review.ended_at >= moments[0], review.ended_at < moments[1]
    found = incident.found_on >= days[0], incident.found_on < days[1]
    held = hold.held_at < moments[1], or_(hold.released_at.is_(None), hold.released_at >= moments[0])
    told = {
        "emergency": select(func.count()).where(opened >= moments[0], opened < moments[1]),
        "lists": select(func.count()).select_from(review).where(*ended),
        "emptied": select(func.coalesce(func.sum(review.done), 0)).where(*ended),
        "masked": select(func.count()).where(masked >= moments[0], masked < moments[1]),
        "held": select(func.count()).select_from(hold).where(*held),
        "incidents": select(func.count()).select_from(incident).where(*found),
        "incident_people": select(func.coalesce(func.sum(incident.people), 0)).where(*found),
        "unsettled": select(func.count()).select_from(incident).where(*found, open_ones()),
    }
    return {code: (int(session.scalar(told[code]) or 0), None) for code in ACTS}
