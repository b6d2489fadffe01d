"""The last beats of acts on rows of a duty: written, remembered by their key, and read into a frame."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from sqlalchemy import Select
from sqlalchemy.orm import Session

from db.base import Versioned
from db.rules.permissions import Actor
from db.services.acts import remember
from db.services.records import fill


def added(session: Session, actor: Actor, row: Versioned, values: Mapping[str, object], key: str, act: str) -> int:
    """Write a new row; answers its id."""
    fill(row, values)
    session.add(row)
    session.flush()
    remember(session, actor, key, act, row.id)
    return row.id


def changed(session: Session, actor: Actor, row: Versioned, values: Mapping[str, object], key: str, act: str) -> int:
    """Write what changed in a row; answers its version now."""
    fill(row, values)
    session.flush()
    remember(session, actor, key, act, row.version)
    return row.version


def frame(session: Session, query: Select[Any], columns: list[str], *numbers: str) -> pd.DataFrame:
    """The rows of a query under these names; `numbers` may be missing."""
    rows = [tuple(row) for row in session.execute(query)]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(numbers, "Int64"))
