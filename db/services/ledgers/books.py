"""Which ledgers the office keeps: their names as it says them, their order, and whether they are shown."""

from collections.abc import Mapping

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import reading, transaction
from db.models import Ledger
from db.rules.ledgers import Code
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check
from db.services.acts import earlier, guarded, remember
from db.services.ledgers.contents import readable
from db.services.records import Saved, Values, fill, seen
from db.services.taking_back import save_rows, table

TABLE = "ledgers"
LEDGERS = ["id", "version", "code", "name", "name_en", "position", "active"]
EDITED = ("name", "name_en", "position", "active")
LONGEST_NAME = 60


@guarded(Permission.LEDGERS_EXPORT)
def ledgers(actor: Actor) -> pd.DataFrame:
    """The ledgers shown to this person, those they may read at least a part of: columns of LEDGERS."""
    with reading() as session:
        frame = _every(session)
    mine = [
        bool(active) and bool(readable(actor, Code(code)))
        for code, active in zip(frame["code"], frame["active"], strict=True)
    ]
    return frame[mine].reset_index(drop=True)


@guarded(Permission.CODES_MANAGE)
def every(actor: Actor) -> pd.DataFrame:
    """All of them, hidden ones too: columns of LEDGERS."""
    with reading() as session:
        return _every(session)


@guarded(Permission.CODES_MANAGE)
def edit(actor: Actor, *, rows: Mapping[int, tuple[int, Values]], key: str) -> Saved:
    """Rename, order, hide or show ledgers in a grid."""
    with transaction(actor) as session:
        if earlier(session, key) is not None:
            return Saved((), {}, {})
        saved = save_rows(session, actor, TABLE, "", rows)
        remember(session, actor, key, "ledgers.edit", list(saved.saved))
    return saved


def _change(session: Session, row_id: int, version: int, values: Values) -> None:
    row = seen(session, Ledger, row_id, version, values)
    told = {name: getattr(row, name) for name in EDITED} | {k: v for k, v in values.items() if k in EDITED}
    fill(row, _checked(told))


table(TABLE, Ledger, EDITED, Permission.CODES_MANAGE, _change)


def name_of(session: Session, code: str, language: str) -> str:
    """What the office calls a ledger."""
    row = session.scalars(select(Ledger).where(Ledger.code == code)).one_or_none()
    return code if row is None else (row.name_en if language == "en" and row.name_en else row.name)


def _checked(told: dict[str, object]) -> dict[str, object]:
    check, names = Check(), {name: str(told[name] or "").strip() for name in ("name", "name_en")}
    check.that(bool(names["name"]), "name", N_("Give it a name."))
    for name, said in names.items():
        check.that(len(said) <= LONGEST_NAME, name, N_("At most {most} characters."), most=LONGEST_NAME)
    position = told["position"]
    check.that(isinstance(position, int) and 0 <= position <= 99, "position", N_("Between 0 and 99."))
    check.done()
    return {**names, "position": position, "active": bool(told["active"])}


def _every(session: Session) -> pd.DataFrame:
    rows = session.scalars(select(Ledger).order_by(Ledger.position, Ledger.id))
    return pd.DataFrame([[getattr(row, name) for name in LEDGERS] for row in rows], columns=LEDGERS)
