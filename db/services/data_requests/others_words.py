"""Other people's words about who asks: found, shown with what would become of them, and masked as somebody confirms.

Nothing is masked silently, and nothing beyond what was confirmed. A record whose period is over loses the words for
good; of one that is kept they are sealed beside the request, like the party's own data, until told again.
"""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pandas as pd
from sqlalchemy import Column, or_, select, update
from sqlalchemy.orm import Session

from db import clock, journal
from db.base import Base
from db.engine import current, transaction
from db.identity import decrypt, encrypt, mask_contact, mask_name, normal
from db.models import (
    Attachment,
    Case,
    CaseWords,
    DataRequest,
    DataRequestPassage,
    DataRequestRecord,
    Dispute,
    SavedList,
)
from db.rules.data_requests import Kind, State
from db.rules.others_words import Known, Said, Tells, around, likely_in, replaced, said_in
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems
from db.services import search
from db.services.acts import guarded
from db.services.cases.scope import visible
from db.services.data_requests.identities import in_clear, parties_of
from db.services.data_requests.places import A_FILE, Place, beside, linked, of_record
from db.services.mediation import search as dispute_search
from db.services.retention.erasing import drop_from_acts
from db.services.retention.grounds import CASE, ROOTS
from db.services.retention.schedule import is_over

PASSAGES = ["key", "number", "place", "tells", "before", "after", "sure", "stays"]
SEALED = "data_request_passage.withheld"
GONE = "***"
MOST = 300
CHANGED = N_("These words were changed meanwhile. Look at the list again.")
ASKED_FOR = (Kind.DELETE, Kind.RESTRICT)


@dataclass(frozen=True)
class Passage:
    """One spelling in one field of one row: where, what becomes of it, and whether there is no doubt whom it means."""

    one: DataRequestRecord
    number: str
    place: Place
    row_id: int
    said: Said
    known: Known
    gone: bool
    text: str
    sure: bool
    titles: bool

    @property
    def key(self) -> str:
        """The same as long as the same words stand in the same place."""
        digest = hashlib.sha256(f"{self.said.words}\x1f{self.text}".encode()).hexdigest()[:12]
        return f"{self.place.name}:{self.row_id}:{digest}"

    def mask(self, words: str) -> str:
        """What stands there instead."""
        if self.gone:
            return GONE
        return mask_contact(words) if self.said.tells in (Tells.NUMBER, Tells.CARD) else mask_name(words)


@guarded(Permission.RETENTION_APPROVE)
def passages(actor: Actor, *, request_id: int) -> pd.DataFrame:
    """Other people's words about the person in clear, with what would stand there: PASSAGES, at most MOST; journalled.

    `stays` says why a passage is not rewritten, "" where it may be confirmed. Raises NotThere and Problems.
    """
    with transaction(actor) as session:
        row = session.get(DataRequest, request_id)
        if row is None or row.kind not in ASKED_FOR:
            raise NotThere("data_request")
        if row.state != State.CHECKED:
            raise Problems(Problem("", N_("Check first who asks.")))
        journal.note(session, "unmask", tbl="data_request", pk=row.id, detail={"what": "others_words"})
        rows = [*(_told(one) for one in found(session, actor, row)), *_files(session, row)]
    return pd.DataFrame(rows[:MOST], columns=PASSAGES)


def found(session: Session, actor: Actor, row: DataRequest) -> list[Passage]:
    """Every passage about the person that the actor may read, those of their own records first."""
    today, told = clock.today(current().settings.timezone), []
    seen: set[str] = set()
    taken = [one for one in _taken(session, row) if _readable(session, actor, one)]
    for one in taken:
        known, root = _known(session, row, one), ROOTS[one.root]
        gone = row.kind == Kind.DELETE and is_over(session, root, one.record_id, today)
        near = [(one.number, place) for place in of_record(root, one.record_id)]
        texts = [(number, place, *read) for number, place in near for read in _read(session, place)]
        # A title says nobody's name by itself: it counts where the whole name stands, too.
        titles = any(said.tells is Tells.NAME for *_, text in texts for said in said_in(text, known))
        for other, record_id, number in linked(session, root, one.record_id, actor):
            for place in of_record(other, record_id):
                texts += [(number, Place(place.column, place.which), *read) for read in _read(session, place)]
        for place in beside() if one is taken[0] else ():
            texts += [("", place, *read) for read in _read(session, place, likely_in(known))]
        for number, place, row_id, text in texts:
            its = titles and place.near
            for said in said_in(text, known, titles=its):
                sure = said.tells is Tells.NUMBER or (place.near and said.tells is Tells.NAME)
                passage = Passage(one, number, place, row_id, said, known, gone, text, sure, its)
                if passage.key not in seen and (place.near or said.tells in (Tells.NAME, Tells.NUMBER)):
                    seen.add(passage.key)
                    told.append(passage)
    return told


def mask(session: Session, actor: Actor, row: DataRequest, keys: Collection[str]) -> tuple[str, ...]:
    """Mask what was confirmed; answers the numbers of the records it was done for. Raises Problems."""
    if not keys:
        return ()
    known = {one.key: one for one in found(session, actor, row) if not one.place.stays}
    if not set(keys) <= known.keys():
        raise Problems(Problem("others", CHANGED))
    rows: dict[tuple[str, int], list[Passage]] = defaultdict(list)
    for key in sorted(keys):
        rows[known[key].place.name, known[key].row_id].append(known[key])
    for together in rows.values():
        _mask(session, actor, row, together)
    session.flush()
    _index(session, {(one.place.column.table.name, one.row_id) for group in rows.values() for one in group})
    cases = {one.one.record_id for group in rows.values() for one in group if one.one.root == CASE.name}
    drop_from_acts(session, cases)
    return tuple(dict.fromkeys(known[key].one.number for key in sorted(keys)))


def tell_again(session: Session, row: DataRequest) -> None:
    """Put back what was masked and sealed, where nobody wrote anything else since."""
    sealed = DataRequestPassage.request_id == row.id, DataRequestPassage.withheld.is_not(None)
    touched = set()
    for one in session.scalars(select(DataRequestPassage).where(*sealed)):
        stood = json.loads(decrypt(current(), SEALED, one.withheld))
        column = _column(one)
        where = _key(column) == one.row_id, column == stood["after"]
        session.execute(update(column.table).where(*where).values({column.name: stood["before"]} | _version(column)))
        one.withheld = None
        touched.add((one.tbl, one.row_id))
    session.flush()
    _index(session, touched)


def forget(session: Session, row: DataRequest, one: DataRequestRecord) -> None:
    """Let go of what was sealed for an earlier request of the same person about a record."""
    passage, theirs = DataRequestPassage, select(DataRequest.id).where(DataRequest.name_key == row.name_key)
    of_record = passage.root == one.root, passage.record_id == one.record_id, passage.request_id.in_(theirs)
    session.execute(update(passage).where(*of_record).values(withheld=None, version=passage.version + 1))


def withholds(session: Session, row: DataRequest) -> bool:
    """Whether words masked for a request may be told again."""
    sealed = DataRequestPassage.request_id == row.id, DataRequestPassage.withheld.is_not(None)
    return session.scalar(select(DataRequestPassage.id).where(*sealed).limit(1)) is not None


def own_words(session: Session, place: str, row_id: int, text: str) -> str:
    """A text of a place ("table.column") as it stood before it was masked; for a copy to the person only."""
    one = DataRequestPassage
    table, _, field = place.partition(".")
    same = one.tbl == table, one.field == field, one.row_id == row_id, one.withheld.is_not(None)
    for sealed in session.scalars(select(one.withheld).where(*same).order_by(one.id.desc())):
        stood = json.loads(decrypt(current(), SEALED, sealed))
        text = stood["before"] if stood["after"] == text else text
    return text


def _taken(session: Session, row: DataRequest) -> list[DataRequestRecord]:
    of_it = DataRequestRecord.request_id == row.id, DataRequestRecord.taken
    return list(session.scalars(select(DataRequestRecord).where(*of_it).order_by(DataRequestRecord.id)))


def _readable(session: Session, actor: Actor, one: DataRequestRecord) -> bool:
    if one.root != CASE.name:
        return True
    its = select(Case.id).where(Case.id == one.record_id, visible(actor)).execution_options(with_gone=True)
    return session.scalar(its) is not None


def _known(session: Session, row: DataRequest, one: DataRequestRecord) -> Known:
    """Who is looked for in a record: as they asked, and as they stand there, withheld or not."""
    asked = {name: decrypt(current(), f"data_request.{name}", getattr(row, name)) for name in ("name", "contact")}
    own, others = [asked], set()
    for party in parties_of(session, one.root, one.record_id):
        clear = in_clear(session, one.root, party)
        if party.id == one.party_id:
            own.append(clear)
        else:
            others |= {clear[name] for name in ("name", "agent", "guardian") if clear.get(name)}
    names = {told["name"] for told in own} - {""}
    numbers = {normal(told["contact"]) for told in own} - {""}
    addresses = {told["address"] for told in own if told.get("address")}
    return Known(*(tuple(sorted(each)) for each in (names, numbers, addresses, others - names)))


def _read(session: Session, place: Place, likely: Collection[str] = ()) -> Iterator[tuple[int, str]]:
    """The rows of a place with their texts; only those that hold something of `likely`, where it is given."""
    query = select(_key(place.column), place.column).where(place.which, place.column != "")
    # An address writes what it asks for in other characters.
    if likely and place.column is not _QUERY:
        query = query.where(or_(*(place.column.like(pattern) for pattern in likely)))
    for row_id, text in session.execute(query):
        yield row_id, _readable_text(place.column, text)


def _told(one: Passage) -> list[object]:
    before, after = (_spoken(text) for text in around(one.text, one.said.words, one.mask(one.said.words)))
    told = [one.key, one.number, one.place.name, one.said.tells.value, before]
    return [*told, "" if one.place.stays else after, one.sure, one.place.stays]


def _spoken(text: str) -> str:
    """A piece of a text without the signs of what is kept as JSON."""
    return " ".join(re.sub(r'["{}\[\]]|\\n|": |,(?= ")', " ", text).split()) if '"' in text else text


def _files(session: Session, row: DataRequest) -> Iterator[list[object]]:
    """The files of the records, which nobody can look into but a person."""
    for one in _taken(session, row):
        column = Attachment.case_id if one.root == CASE.name else Attachment.dispute_id
        held = select(Attachment.id, Attachment.name).where(column == one.record_id, Attachment.removed_at.is_(None))
        for file_id, name in session.execute(held.order_by(Attachment.id)):
            yield [f"attachment:{file_id}", one.number, "attachment.file", "", name, "", False, A_FILE]


def _mask(session: Session, actor: Actor, row: DataRequest, together: Sequence[Passage]) -> None:
    """Mask the passages of one field of one row, and seal what stood there where it may be told again."""
    first = together[0]
    column = first.place.column
    stood = session.execute(select(column).where(_key(column) == first.row_id)).scalar_one()
    words = {one.said.words: one for one in together}

    def without(text: str) -> str:
        return replaced(text, first.known, words, lambda said: words[said].mask(said), titles=first.titles)

    if column is _QUERY:
        pairs = parse_qsl(stood)
        becomes = urlencode([(name, value) for name, value in pairs if without(value) == value])
    else:
        becomes = without(stood)
    session.execute(
        update(column.table).where(_key(column) == first.row_id).values({column.name: becomes} | _version(column))
    )
    sealed = json.dumps({"before": stood, "after": becomes}, ensure_ascii=False)
    session.add(
        DataRequestPassage(
            request_id=row.id,
            root=first.one.root,
            record_id=first.one.record_id,
            number=first.number,
            tbl=column.table.name,
            field=column.name,
            row_id=first.row_id,
            masked_at=clock.now(),
            masked_by_id=actor.id,
            withheld=None if first.gone else encrypt(current(), SEALED, sealed),
        )
    )


def _index(session: Session, touched: Collection[tuple[str, int]]) -> None:
    """Keep the search indexes of the records whose own words changed."""
    for table, row_id in touched:
        if table == Case.__tablename__ and session.get(CaseWords, row_id) is not None:
            search.index(session, session.get_one(Case, row_id, populate_existing=True, execution_options=_GONE))
        elif table == Dispute.__tablename__:
            dispute_search.index(session, session.get_one(Dispute, row_id, populate_existing=True))


_GONE = {"with_gone": True}
_QUERY = SavedList.__table__.c.query


def _readable_text(column: Column[Any], text: str) -> str:
    return " ".join(value for _, value in parse_qsl(text)) if column is _QUERY else text


def _column(one: DataRequestPassage) -> Column[Any]:
    found_there: Column[Any] = Base.metadata.tables[one.tbl].c[one.field]
    return found_there


def _key(column: Column[Any]) -> Column[Any]:
    return next(iter(column.table.primary_key.columns))


def _version(column: Column[Any]) -> dict[str, Any]:
    """A row is a new version, so that nobody saves an old one over it."""
    return {"version": column.table.c.version + 1} if "version" in column.table.c else {}
