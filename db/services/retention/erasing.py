"""Taking persons out of records: inside the caller's transaction, whole records at a time."""

import json
import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import Column, delete, select, update
from sqlalchemy.orm import Session

from db import clock
from db.engine import current
from db.identity import decrypt, encrypt, normal
from db.models import CaseParty, DataRequestRecord, DisputeParty, Draft, SavedList, UndoableAct
from db.services.retention.grounds import CASE, DISPUTE, EMPTY, Bulk, Part, Root

_OF_RECORD = re.compile(r"^(case|dispute)\w*(?:[.:]\w+)*?:(\d+)(?::|$)")

_PARTIES = {CASE.name: CaseParty, DISPUTE.name: DisputeParty}


def anonymise(session: Session, root: Root, records: Mapping[int, str]) -> None:
    """Empty everything these records (id to number) say of a person, in all their parts and in what others typed."""
    ids = list(records)
    _drop_from_lists(session, _sought(session, root, records))
    for part in root.parts:
        if part.goes:
            session.execute(delete(part.table).where(part.within(ids)))
        else:
            session.execute(update(part.table).where(part.within(ids)).values(_emptied(part)))
    _drop_drafts(session, root, records)
    if root is CASE:
        drop_from_acts(session, set(ids))


def empty_party(session: Session, root: Root, record_id: int, number: str, party_id: int) -> None:
    """Empty one party of a record, what was withheld of it, and what somebody began to type about the record."""
    table = _PARTIES[root.name].__table__
    (part,) = (part for part in root.parts if part.table is table)
    session.execute(update(part.table).where(part.table.c.id == party_id).values(_emptied(part)))
    held = update(DataRequestRecord).where(DataRequestRecord.root == root.name, DataRequestRecord.party_id == party_id)
    session.execute(held.values(withheld=None, version=DataRequestRecord.version + 1))
    _drop_drafts(session, root, {record_id: number})


def clear(session: Session, bulk: Bulk, keys: Sequence[Any]) -> None:
    """Empty or delete rows by their primary key."""
    (key,) = bulk.table.primary_key.columns
    if bulk.empties:
        values = dict.fromkeys(bulk.empties, "") | _touched(bulk.table.columns)
        session.execute(update(bulk.table).where(key.in_(keys)).values(values))
    else:
        session.execute(delete(bulk.table).where(key.in_(keys)))


def _emptied(part: Part) -> dict[str, Any]:
    """What stands in a row afterwards. Files go from the disk once the list is over."""
    return {column.name: _empty(column) for column in part.emptied} | _touched(part.table.columns)


def _touched(columns: Any) -> dict[str, Any]:
    """A row is a new version, so that nobody saves an old one over it; a file is taken out of its record."""
    touched: dict[str, Any] = {}
    if "version" in columns:
        touched["version"] = columns.version + 1
    if "stored_name" in columns:
        touched["removed_at"] = clock.now()
    return touched


def _empty(column: Column[Any]) -> object:
    if column.name == "query_code":
        return encrypt(current(), "case_file.query_code", secrets.token_hex(16))
    for name in (f"{column.table.name}.{column.name}", column.name):
        if name in EMPTY:
            return EMPTY[name]
    if column.nullable:
        return None
    default = column.default.arg if column.default is not None and column.default.is_scalar else ""  # type: ignore[attr-defined]
    return default


def _drop_drafts(session: Session, root: Root, records: Mapping[int, str]) -> None:
    """What somebody began to type about these records and never saved."""
    kind = "case" if root is CASE else root.name
    numbers = set(records.values())
    about = [
        draft_id
        for draft_id, form, subject in session.execute(select(Draft.id, Draft.form, Draft.subject))
        if subject in numbers or ((found := _OF_RECORD.match(form)) and found[1] == kind and int(found[2]) in records)
    ]
    about += _drafts_of_grids(session, kind, set(records))
    session.execute(delete(Draft).where(Draft.id.in_(about)))


def _drafts_of_grids(session: Session, kind: str, ids: Collection[int]) -> list[int]:
    """Drafts of lists edited in place in which a row of these records was being typed."""
    found = session.execute(select(Draft.id, Draft.content).where(Draft.form.startswith("grid:")))
    opened = [(draft_id, json.loads(decrypt(current(), "draft.content", sealed))) for draft_id, sealed in found]
    return [one for one, typed in opened if typed.get("of") == kind and {int(row) for row in typed["rows"]} & set(ids)]


def _sought(session: Session, root: Root, records: Mapping[int, str]) -> set[str]:
    """What somebody may have searched for to find these records: their numbers, names and telephones."""
    model: Any = _PARTIES.get(root.name)
    sought = set(records.values())
    if model is not None:
        (part,) = (part for part in root.parts if part.table is model.__table__)
        for row in session.execute(select(model.name, model.contact).where(part.within(list(records)))):
            names = zip(("name", "contact"), row, strict=True)
            sought |= {decrypt(current(), f"{model.__tablename__}.{name}", value) for name, value in names}
    return {normal(said) for said in sought} - {""}


def _drop_from_lists(session: Session, sought: Collection[str]) -> None:
    """Take what was searched for out of lists people saved; the lists stay."""
    for one in session.scalars(select(SavedList)):
        pairs = parse_qsl(one.query)
        left = [pair for pair in pairs if not {normal(pair[1]), *map(normal, pair[1].split())} & set(sought)]
        if left != pairs:
            one.query = urlencode(left)


def drop_from_acts(session: Session, ids: Collection[int]) -> None:
    """What acts that can be taken back remember of these cases; a table's save is named with a colon."""
    for act in session.scalars(select(UndoableAct).where(~UndoableAct.kind.contains(":"))):
        rows = json.loads(act.rows)
        left = {name: row for name, row in rows.items() if int(name) not in ids} if isinstance(rows, dict) else rows
        if left != rows:
            act.rows = json.dumps(left, ensure_ascii=False)
