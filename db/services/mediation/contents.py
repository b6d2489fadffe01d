"""What a dispute's file holds, as its page shows it: what stands, and apart from it what was taken out."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from db import clock
from db.engine import current
from db.models import Dispute, DisputeSession
from db.rules.mediation.words import Standing, State
from db.rules.money import yuan
from db.rules.permissions import Actor
from db.services.mediation import beside
from db.services.mediation.rows import Row, Rows
from db.services.mediation.sessions import sessions_for

CONCLUDED = (State.AGREED, State.ARCHIVED)
# Of each table: what a removed row is called by, in this order.
LABELS = {
    "dispute_party": ("name",),
    "dispute_session": ("held_on", "place"),
    "obligation": ("due_on", "amount", "act"),
    "performance": ("done_on", "amount", "evidence"),
    "dispute_extension": ("consented_on", "reason"),
    "dispute_visit": ("visited_on", "person"),
    "dispute_paper": ("dated_on", "title"),
    "attachment": ("name",),
}


@dataclass(frozen=True)
class Contents:
    """The rows of a file (see DisputeView); `bin` holds the removed ones."""

    parties: Rows
    mediators: Rows
    sessions: Rows
    obligations: Rows
    extensions: Rows
    visits: Rows
    papers: Rows
    files: Rows
    bin: Rows


def of(session: Session, actor: Actor, dispute: Dispute, today: date) -> Contents:
    """Everything in the file this actor may read, overdue as of `today`."""
    parties, mediators = beside.parties(session, dispute.id), beside.mediators(session, dispute.id)
    files = beside.files(session, dispute.id)
    done = _with_files(beside.performances(session, dispute.id), files)
    names = {row["id"]: row["name"] for row in parties}
    everything = {
        "dispute_party": parties,
        "dispute_session": _sessions(session, actor, dispute, names, mediators),
        "obligation": beside.obligations(session, dispute.id),
        "performance": done,
        "dispute_extension": beside.extensions(session, dispute.id),
        "dispute_visit": beside.visits(session, dispute.id),
        "dispute_paper": _with_files(beside.papers(session, dispute.id), files),
        "attachment": files,
    }
    standing = {what: tuple(r for r in rows if r["removed_at"] is None) for what, rows in everything.items()}
    watched = State(dispute.state) in CONCLUDED
    promised = (_obligation(row, standing["performance"], names) for row in standing["obligation"])
    return Contents(
        parties=standing["dispute_party"],
        mediators=mediators,
        sessions=standing["dispute_session"],
        obligations=tuple(row | {"overdue": watched and _is_overdue(row, today)} for row in promised),
        extensions=standing["dispute_extension"],
        visits=standing["dispute_visit"],
        papers=standing["dispute_paper"],
        files=standing["attachment"],
        bin=tuple(_removed(everything)),
    )


def _sessions(session: Session, actor: Actor, dispute: Dispute, names: Mapping[int, str], mediators: Rows) -> Rows:
    called = {row["mediator_id"]: row["name"] for row in mediators}
    rows = (*sessions_for(session, actor, dispute), *sessions_for(session, actor, dispute, removed=True))
    return tuple(_session(row, names, called) for row in rows)


def _session(row: DisputeSession, names: Mapping[int, str], mediators: Mapping[int, str]) -> Row:
    present, led_by = json.loads(row.present), json.loads(row.mediators)
    return {column.name: getattr(row, column.name) for column in DisputeSession.__table__.columns} | {
        "held_on": clock.day_of(row.held_at, current().settings.timezone),
        "present": tuple(present),
        "mediators": tuple(led_by),
        "party_names": tuple(names.get(one, "") for one in present),
        "mediator_names": tuple(mediators.get(one, "") for one in led_by),
    }


def _with_files(rows: Iterable[Row], files: Rows) -> Rows:
    names = {row["id"]: row["name"] for row in files}
    return tuple({**row, "file": names.get(row["attachment_id"], "")} for row in rows)


def _obligation(row: Row, done: Rows, names: Mapping[int, str]) -> dict[str, object]:
    towards = tuple(one for one in done if one["obligation_id"] == row["id"])
    performed = sum(one["amount"] for one in towards)
    return {
        **row,
        "debtor": names.get(row["debtor_id"], ""),
        "creditor": names.get(row["creditor_id"], ""),
        "performances": towards,
        "performed": performed,
        "left": max(row["amount"] - performed, 0),
        "late": row["fulfilled_on"] is not None and row["fulfilled_on"] > row["due_on"],
    }


def _is_overdue(row: Row, today: date) -> bool:
    return bool(row["standing"] != Standing.FULFILLED and row["due_on"] < today)


def _removed(everything: Mapping[str, Rows]) -> Iterator[Row]:
    for what, rows in everything.items():
        for row in rows:
            if row["removed_at"] is not None:
                label = " · ".join(said for name in LABELS[what] if (said := _said(name, row[name])))
                yield {
                    "what": what,
                    "id": row["id"],
                    "version": row["version"],
                    "label": label,
                    "at": row["removed_at"],
                }


def _said(name: str, value: object) -> str:
    if name == "amount" and isinstance(value, int):
        return yuan(value) if value else ""
    return "" if value is None else str(value)
