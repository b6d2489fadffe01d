"""Requests as a list by their day, and one of them with what was found and what was done."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, func, select, true

from db import clock, journal
from db.engine import current, reading, transaction
from db.identity import decrypt
from db.models import DataRequest, DataRequestEntry, DataRequestRecord, Person
from db.rules.data_requests import OPEN
from db.rules.limits import Limit
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere
from db.services.acts import guarded
from db.services.data_requests.carrying_out import withheld_name
from db.services.data_requests.others_words import withholds
from db.services.data_requests.registering import LIMIT
from db.services.listing import PAGE_ROWS, Page, page_of, time_left
from db.services.office import limits_of

STORED = ["id", "version", "number", "kind", "state", "name_mask", "received_on", "due_on", "answered_on"]
REQUESTS = [*STORED, "days_left", "working_left"]
# What a page tells of a request as it is stored.
SAME = ["id", "version", "number", "kind", "state", "for_whom", "wants", "received_on", "due_on", "provisional"]
SAME += ["identity_how", "identity_on", "identity_by_id", "answer", "article", "answered_on"]
RECORDS = ["id", "root", "record_id", "number", "found_by", "taken"]
TOLD = [*RECORDS, "withheld", "name"]


class Tab(StrEnum):
    """What waits for an answer, and everything."""

    OPEN = "open"
    ALL = "all"


@dataclass(frozen=True)
class Request:
    """One request as its page tells it; names and telephones in clear only where they were asked for.

    `limit` is the number its day was counted by, `masked` whether others' words about the person are sealed for it.
    """

    id: int
    version: int
    number: str
    kind: str
    state: str
    for_whom: str
    name: str
    contact: str
    applicant: str
    wants: str
    received_on: date
    due_on: date
    limit: Limit
    provisional: bool
    registered_by: str
    identity_how: str
    identity_on: date | None
    identity_by_id: int | None
    answer: str
    article: str
    answered_on: date | None
    masked: bool
    records: pd.DataFrame
    course: tuple[Mapping[str, Any], ...]

    @property
    def open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state in OPEN


@guarded(Permission.DATA_REQUESTS_KEEP)
def requests(actor: Actor, *, tab: Tab = Tab.OPEN, page: int = 1) -> Page:
    """One page of requests, what is due first on top, all of them the newest first: a frame of REQUESTS."""
    wanted = _wanted(tab)
    orders = (DataRequest.due_on, DataRequest.id) if tab is Tab.OPEN else (DataRequest.id.desc(),)
    with reading() as session:
        total = session.scalar(select(func.count()).select_from(DataRequest).where(wanted)) or 0
        place, pages = page_of(total, page)
        query = select(*(getattr(DataRequest, name) for name in STORED)).where(wanted).order_by(*orders)
        rows = session.execute(query.limit(PAGE_ROWS).offset((place - 1) * PAGE_ROWS)).all()
        columns: dict[str, object] = {name: [row[at] for row in rows] for at, name in enumerate(STORED)}
        due = [row.due_on if row.state in OPEN else None for row in rows]
        return Page(pd.DataFrame(columns | time_left(session, due), columns=REQUESTS), total, False, place, pages)


@guarded(Permission.DATA_REQUESTS_KEEP)
def overdue(actor: Actor) -> tuple[int, int]:
    """How many requests wait for an answer, and how many of them are past their day."""
    today = clock.today(current().settings.timezone)
    count = select(func.count()).select_from(DataRequest).where(_wanted(Tab.OPEN))
    with reading() as session:
        return session.scalar(count) or 0, session.scalar(count.where(DataRequest.due_on < today)) or 0


@guarded(Permission.DATA_REQUESTS_KEEP)
def view(actor: Actor, *, request_id: int, clear: bool = False) -> Request:
    """One request; `clear` shows who asks, and the director who is withheld, which is journalled. Raises NotThere."""
    with transaction(actor) if clear else reading() as session:
        row = session.get(DataRequest, request_id)
        if row is None:
            raise NotThere("data_request")
        if clear:
            journal.note(session, "unmask", tbl="data_request", pk=row.id)
        of_it = select(DataRequestRecord).where(DataRequestRecord.request_id == row.id).order_by(DataRequestRecord.id)
        opens = clear and actor.may(Permission.RETENTION_APPROVE)
        records = [
            [*(getattr(one, name) for name in RECORDS), one.withheld is not None, withheld_name(one) if opens else ""]
            for one in session.scalars(of_it)
        ]
        course = (
            select(DataRequestEntry, Person.name)
            .join(Person, Person.id == DataRequestEntry.person_id)
            .where(DataRequestEntry.request_id == row.id)
            .order_by(DataRequestEntry.id)
        )
        database = current()
        told = {
            name: decrypt(database, f"data_request.{name}", getattr(row, name))
            for name in ("name", "contact", "applicant")
        }
        if not clear:
            told = {"name": row.name_mask, "contact": row.contact_mask, "applicant": "***" if row.applicant else ""}
        shown: dict[str, Any] = {name: getattr(row, name) for name in SAME}
        return Request(
            **shown | told,
            limit=limits_of(session, row.limit_set_id)[LIMIT],
            masked=withholds(session, row),
            registered_by=session.get_one(Person, row.registered_by_id).name,
            records=pd.DataFrame(records, columns=TOLD),
            course=tuple(
                {"at": entry.at, "who": who, "act": entry.act, "text": entry.text, "detail": json.loads(entry.detail)}
                for entry, who in session.execute(course)
            ),
        )


def _wanted(tab: Tab) -> ColumnElement[bool]:
    return DataRequest.state.in_(OPEN) if tab is Tab.OPEN else true()
