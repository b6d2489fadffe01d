"""Code lists: entries are added, renamed, retired and restored; a stored code never changes."""

import re
from collections.abc import Mapping

import pandas as pd
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from db.engine import reading, transaction
from db.models import Code
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check
from db.services.acts import earlier, guarded, remember
from db.services.records import Saved, Values, fill, seen
from db.services.taking_back import save_rows, table

TABLE = "codes"
CODES = ["id", "version", "code", "label_zh", "label_en", "position", "active", "source"]
EDITABLE = ("label_zh", "label_en", "position", "source")
# Every list an office edits, as its screen names it.
LISTS: Mapping[str, str] = {
    "category": N_("Category"),
    "referral": N_("Other bodies a matter can go to"),
    "dispute_category": N_("Category of a dispute"),
    "dispute_source": N_("Where a dispute comes from"),
    "committee_kind": N_("Kind of committee"),
    "retention": N_("How long a file is kept"),
    "duty_role": N_("Roles on duty"),
    "duty_skill": N_("Skills on duty"),
}
_SHAPE = re.compile(r"[a-z][a-z0-9_]{0,39}")


def active_codes(session: Session, list_name: str) -> frozenset[str]:
    """The codes of a list that may be chosen now."""
    return frozenset(session.scalars(select(Code.code).where(Code.list_name == list_name, Code.active)))


_code = Code.__table__.c
_LABELS = (
    select(_code.code, _code.label_zh, _code.label_en, _code.active)
    .where(_code.list_name == bindparam("list_name"))
    .order_by(_code.position, _code.id)
)


@guarded(Permission.ACCOUNT_OWN)
def labels_of(actor: Actor, *, list_name: str, language: str, retired: bool = True) -> dict[str, str]:
    """Code to label of one list, in its order; Chinese where a label has no English."""
    with reading() as session:
        rows = session.connection().execute(_LABELS, {"list_name": list_name}).all()
    english = language == "en"
    return {r.code: (r.label_en if english else "") or r.label_zh for r in rows if retired or r.active}


@guarded(Permission.ACCOUNT_OWN)
def codes(actor: Actor, *, list_name: str, retired: bool = True) -> pd.DataFrame:
    """The entries of one list in their order, retired ones too unless told otherwise: columns of CODES."""
    rows = select(*(getattr(Code, name) for name in CODES)).where(Code.list_name == list_name)
    rows = rows if retired else rows.where(Code.active)
    with reading() as session:
        return pd.DataFrame(
            [tuple(row) for row in session.execute(rows.order_by(Code.position, Code.id))], columns=CODES
        )


@guarded(Permission.CODES_MANAGE)
def add_code(
    actor: Actor, *, list_name: str, code: str, label_zh: str, label_en: str, source: str = "", key: str
) -> int:
    """A new entry at the end of its list; answers its id."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        check = Check()
        check.that(list_name in LISTS, "list_name", "There is no such list.")
        check.that(_SHAPE.fullmatch(code), "code", "Use lower-case English letters, digits and _.")
        taken = select(Code.id).where(Code.list_name == list_name, Code.code == code)
        check.that(session.scalar(taken) is None, "code", "This code is already in the list.")
        _check_labels(session, check, list_name=list_name, code=code, label_zh=label_zh)
        check.done()
        last = session.scalar(select(func.max(Code.position)).where(Code.list_name == list_name))
        row = Code(
            list_name=list_name,
            code=code,
            label_zh=label_zh.strip(),
            label_en=label_en.strip(),
            source=source.strip(),
            position=(last if last is not None else -1) + 1,
        )
        session.add(row)
        session.flush()
        remember(session, actor, key, "office.add_code", row.id)
        return row.id


@guarded(Permission.CODES_MANAGE)
def edit_codes(actor: Actor, *, rows: Mapping[int, tuple[int, Values]], key: str) -> Saved:
    """Rename or move entries (labels, position, source): id → (version seen, new values)."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Saved(tuple(done), {}, {})
        lists = set(session.scalars(select(Code.list_name).where(Code.id.in_(rows))))
        saved = save_rows(session, actor, TABLE, ",".join(sorted(lists)), rows)
        remember(session, actor, key, "office.edit_codes", list(saved.saved))
        return saved


def _change_code(session: Session, code_id: int, version: int, values: Values) -> None:
    mine = {name: value for name, value in values.items() if name in EDITABLE}
    row = seen(session, Code, code_id, version, mine)
    new = {name: getattr(row, name) for name in EDITABLE} | mine
    texts = {name: str(new[name] or "").strip() for name in ("label_zh", "label_en", "source")}
    position = new["position"]
    check = Check()
    _check_labels(session, check, list_name=row.list_name, code=row.code, label_zh=texts["label_zh"])
    fits = isinstance(position, int) and 0 <= position <= 9999
    check.that(fits, "position", "Give a whole number from 0 to {most}.", most=9999)
    check.done()
    fill(row, {"position": position, **texts})


table(TABLE, Code, EDITABLE, Permission.CODES_MANAGE, _change_code)


@guarded(Permission.CODES_MANAGE)
def retire_code(actor: Actor, *, code_id: int, version: int, key: str) -> int:
    """Offer an entry no longer; records keep it. Answers its new version."""
    return _set_active(actor, code_id=code_id, version=version, active=False, key=key)


@guarded(Permission.CODES_MANAGE)
def restore_code(actor: Actor, *, code_id: int, version: int, key: str) -> int:
    """Offer a retired entry again; answers its new version."""
    return _set_active(actor, code_id=code_id, version=version, active=True, key=key)


def _set_active(actor: Actor, *, code_id: int, version: int, active: bool, key: str) -> int:
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = seen(session, Code, code_id, version, {"active": active})
        left = select(func.count()).where(Code.list_name == row.list_name, Code.active, Code.id != row.id)
        check = Check()
        check.that(active or session.scalar(left), "active", "One entry of a list must stay.")
        check.done()
        row.active = active
        session.flush()
        remember(session, actor, key, "office.set_code", row.version)
        return row.version


def _check_labels(session: Session, check: Check, *, list_name: str, code: str, label_zh: str) -> None:
    if check.that(label_zh.strip(), "label_zh", "Give the Chinese label."):
        same = select(Code.id).where(
            Code.list_name == list_name, Code.label_zh == label_zh.strip(), Code.code != code, Code.active
        )
        check.that(session.scalar(same) is None, "label_zh", "Another entry has this label.")
