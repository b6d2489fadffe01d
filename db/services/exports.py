"""Taking a list away: asked for under a one-time id, fetched once by its owner, journalled, sealed matters left out."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from db import clock, journal
from db.engine import current, reading, transaction
from db.identity import decrypt, encrypt
from db.models import Case, CaseParty, Export
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems
from db.rules.rates import TooMany
from db.services.acts import guarded
from db.services.cases.lists import REGISTER, Choice, choice_in_sql, rows_of
from db.services.cases.rows import ADDED, COLUMNS
from db.services.cases.scope import visible
from db.services.listing import COUNTED, restored
from db.services.turns import Turns

KEPT = timedelta(minutes=10)
PLAIN_MOST = 1_000
_asked = Turns("export", most=20, seconds=3600)


class Kind(StrEnum):
    """What can be taken away."""

    CASES = "cases"
    DISPUTES = "disputes"
    MEDIATION_YEAR = "mediation_year"
    ROTA = "rota"
    ROTAS = "rotas"
    SWAPS = "swaps"
    DUTY_GAPS = "duty_gaps"
    DUTY_PEOPLE = "duty_people"
    DUTY_MONTHS = "duty_months"
    RUBRIC = "rubric"
    WORKS = "works"
    WORKS_YEAR = "works_year"
    LADDER = "ladder"
    RESULT = "result"
    PUBLICATIONS = "publications"
    DECISIONS = "decisions"
    LEDGER = "ledger"
    SHOWN = "shown"
    LAYOUT = "layout"
    BATCH = "batch"


@dataclass(frozen=True)
class Asked:
    """The one-time id, how many rows it will hold and how many (sealed, or not to be opened) it leaves out."""

    token: str
    rows: int
    left_out: int


@dataclass(frozen=True)
class Taken:
    """What was fetched: the rows, the columns in the order asked for, and how they were asked for."""

    rows: pd.DataFrame
    columns: tuple[str, ...]
    plain: bool
    language: str
    choice: Choice
    left_out: int


@guarded(Permission.CASES_EXPORT)
def ask(actor: Actor, *, choice: Choice, columns: Sequence[str], language: str, plain: bool = False) -> Asked:
    """Prepare the rows and columns on screen to be fetched once; raises Refused, Problems or TooMany."""
    if plain:
        actor.must(Permission.CASES_EXPORT_PLAIN)
    if not columns or not set(columns) <= {*COLUMNS, *ADDED}:
        raise Problems(Problem("columns", N_("This is not one of the choices.")))
    take_turn(Permission.CASES_EXPORT, actor)
    with reading() as session:
        open_to_all, left_out = _numbers(session, actor, choice, plain)
    if plain and open_to_all > PLAIN_MOST:
        message = N_("At most {most} cases with names at once. Narrow the list down.")
        raise Problems(Problem("", message, {"most": PLAIN_MOST}))
    asked = {"choice": asdict(choice), "columns": list(columns), "language": language, "left_out": left_out}
    return put_by(actor, Kind.CASES, asked, min(open_to_all, COUNTED), left_out, plain=plain)


@guarded(Permission.CASES_EXPORT)
def fetch(actor: Actor, *, token: str) -> Taken:
    """What was asked for, once, for its owner only; raises NotThere for every other id."""
    with reading() as session:
        row = row_of(session, actor, token, Kind.CASES)
        asked = asked_in(row)
        choice, plain = restored(Choice, asked["choice"]), row.plain
        if plain:
            actor.must(Permission.CASES_EXPORT_PLAIN)
        most = PLAIN_MOST if plain else COUNTED
        frame = rows_of(session, _wanted(session, actor, choice, plain), choice, most, 0)
        if plain:
            frame = _in_clear(session, frame)
    with transaction(actor) as session:
        row_of(session, actor, token, Kind.CASES, write=True).fetched_at = clock.now()
        detail: dict[str, object] = {"rows": len(frame), "plain": plain, "columns": asked["columns"]}
        journal.note(session, "export", tbl="case_file", detail=detail)
        if plain:
            for case_id in frame["id"]:
                journal.note(session, "export", tbl="case_file", pk=int(case_id), case_id=int(case_id))
    columns = tuple(asked["columns"])
    return Taken(frame, columns, plain, asked["language"], choice, int(asked["left_out"]))


@guarded(Permission.ACCOUNT_OWN)
def kind_of(actor: Actor, *, token: str) -> Kind:
    """What waits under a one-time id; raises NotThere for every id that is not this person's."""
    with reading() as session:
        return Kind(row_of(session, actor, token).kind)


def take_turn(permission: Permission, actor: Actor) -> None:
    """Count one more list asked for; raises TooMany when it is too many for an hour."""
    if not _asked.take(str(actor.id)):
        raise TooMany(permission.value)


@guarded(Permission.ACCOUNT_OWN)
def put_by(
    actor: Actor,
    kind: Kind,
    asked: Mapping[str, object],
    rows: int,
    left_out: int = 0,
    *,
    plain: bool = False,
    token: str = "",
    kept: timedelta = KEPT,
) -> Asked:
    """Keep what was asked for, hidden from the journal, for its owner to fetch once."""
    token, now = token or secrets.token_urlsafe(32), clock.now()
    with transaction(actor) as session:
        session.add(
            Export(
                token_hash=_digest(token),
                person_id=actor.id,
                kind=kind,
                choice=_hidden(asked),
                plain=plain,
                created_at=now,
                expires_at=now + kept,
            )
        )
    return Asked(token, rows, left_out)


@guarded(Permission.ACCOUNT_OWN)
def put_anew(actor: Actor, token: str, kind: Kind, asked: Mapping[str, object] | None) -> None:
    """Something else under the same id, kept anew; None when there is nothing to fetch. Raises NotThere."""
    with transaction(actor) as session:
        row = row_of(session, actor, token, kind, write=True)
        row.expires_at = clock.now() + KEPT
        if asked is None:
            row.fetched_at = clock.now()
        else:
            row.choice = _hidden(asked)


def waiting(session: Session, actor: Actor, kind: Kind) -> Export | None:
    """What this person asked for last and has not fetched."""
    mine = select(Export).where(Export.person_id == actor.id, Export.kind == kind, Export.fetched_at.is_(None))
    latest = mine.where(Export.expires_at > clock.now()).order_by(Export.created_at.desc()).limit(1)
    return session.scalars(latest).one_or_none()


@guarded(Permission.ACCOUNT_OWN)
def fetched(actor: Actor, token: str, kind: Kind, *, tbl: str, pk: object = "", detail: Mapping[str, object]) -> None:
    """Write down that it was fetched, so that nobody fetches it again; raises NotThere."""
    with transaction(actor) as session:
        row_of(session, actor, token, kind, write=True).fetched_at = clock.now()
        journal.note(session, "export", tbl=tbl, pk=pk, detail={"what": kind.value, **detail})


def asked_in(row: Export) -> dict[str, Any]:
    """What was asked for."""
    found: dict[str, Any] = json.loads(decrypt(current(), "export.choice", bytes.fromhex(row.choice)))
    return found


def row_of(session: Session, actor: Actor, token: str, kind: Kind | None = None, *, write: bool = False) -> Export:
    """What waits under a one-time id, of this kind if one is named; raises NotThere."""
    query = select(Export).where(
        Export.token_hash == _digest(token),
        Export.person_id == actor.id,
        Export.fetched_at.is_(None),
        Export.expires_at > clock.now(),
    )
    if kind is not None:
        query = query.where(Export.kind == kind)
    row = session.scalars(query.with_for_update() if write else query).one_or_none()
    if row is None:
        raise NotThere("export")
    return row


def _wanted(session: Session, actor: Actor, choice: Choice, plain: bool) -> ColumnElement[bool]:
    parts = [
        choice_in_sql(session, actor, choice),
        visible(actor, Permission.CASES_EXPORT),
        Case.sealed.is_(False),
    ]
    if plain:
        parts.append(visible(actor, Permission.CASES_EXPORT_PLAIN))
    return and_(*parts)


def _numbers(session: Session, actor: Actor, choice: Choice, plain: bool) -> tuple[int, int]:
    sealed = and_(choice_in_sql(session, actor, choice), Case.sealed.is_(True))
    whole = REGISTER.count(session, _wanted(session, actor, choice, plain), COUNTED + 1)
    return whole, REGISTER.count(session, sealed, COUNTED + 1)


def _in_clear(session: Session, frame: pd.DataFrame) -> pd.DataFrame:
    """Names and contacts of the first party instead of their masks."""
    ids = [int(case_id) for case_id in frame["id"]]
    first: dict[int, CaseParty] = {}
    for row in session.scalars(select(CaseParty).where(CaseParty.case_id.in_(ids)).order_by(CaseParty.id.desc())):
        first[row.case_id] = row
    database = current()
    for column, name in (("resident", "name"), ("contact", "contact")):
        frame[column] = [
            decrypt(database, f"case_party.{name}", getattr(first[case_id], name)) if case_id in first else ""
            for case_id in ids
        ]
    return frame


def _hidden(asked: Mapping[str, object]) -> str:
    return (encrypt(current(), "export.choice", json.dumps(asked, default=str)) or b"").hex()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
