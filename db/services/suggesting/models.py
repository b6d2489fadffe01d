"""The model in force of each kind: what it says of itself, and loaded once per process and version."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import Database, current, reading
from db.models import Person, SuggestionModel
from db.rules.permissions import Actor, Permission
from db.rules.suggesting.measuring import Measured, measured_of
from db.rules.suggesting.model import Model, unpacked
from db.services.acts import guarded


class Kind(StrEnum):
    """What is suggested."""

    CATEGORY = "category"
    UNIT = "unit"


@dataclass(frozen=True)
class ModelView:
    """The latest model of a kind: when, by whom and from how many cases it was learned, and how good it proved."""

    id: int
    version: int
    trained_at: datetime
    trained_by: str
    cases: int
    measured: Measured
    active: bool


_loaded: WeakKeyDictionary[Database, dict[str, tuple[tuple[int, int], Model]]] = WeakKeyDictionary()
_loading = Lock()


@guarded(Permission.SUGGESTIONS_TRAIN)
def model_of(actor: Actor, *, kind: str) -> ModelView | None:
    """The latest model of a kind, None before the first training."""
    with reading() as session:
        row = latest(session, kind)
        if row is None:
            return None
        return ModelView(
            id=row.id,
            version=row.version,
            trained_at=row.trained_at,
            trained_by=session.get_one(Person, row.trained_by_id).name if row.trained_by_id else "",
            cases=row.cases,
            measured=measured_of(json.loads(row.measured)),
            active=row.active,
        )


def latest(session: Session, kind: str) -> SuggestionModel | None:
    """The row of the latest training of a kind."""
    query = select(SuggestionModel).where(SuggestionModel.kind == kind).order_by(SuggestionModel.id.desc()).limit(1)
    return session.scalars(query).one_or_none()


def in_force(session: Session, kind: str) -> Model | None:
    """The model that suggests now; its numbers are read again only when another was learned."""
    columns = (SuggestionModel.id, SuggestionModel.version, SuggestionModel.active)
    query = select(*columns).where(SuggestionModel.kind == kind).order_by(SuggestionModel.id.desc()).limit(1)
    stands = session.execute(query).one_or_none()
    if stands is None or not stands.active:
        return None
    with _loading:
        known = _loaded.setdefault(current(), {})
        if kind not in known or known[kind][0] != (stands.id, stands.version):
            row = session.get_one(SuggestionModel, stands.id)
            known[kind] = (stands.id, stands.version), unpacked(row.weights, json.loads(row.labels))
        return known[kind][1]
