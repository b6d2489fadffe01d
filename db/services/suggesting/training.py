"""Learning from closed cases by a button: never from sealed ones or accusations, and from nothing but their words."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import String, cast, select, update
from sqlalchemy.orm import Session

from db import clock
from db.engine import reading, transaction
from db.models import Case, Code, SuggestionModel, Unit
from db.rules.case_flow import State
from db.rules.cases import Kind as CaseKind
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere
from db.services.acts import earlier, guarded, remember
from db.services.records import seen
from db.services.suggesting.models import Kind, latest

if TYPE_CHECKING:
    from db.rules.suggesting.learning import Example

# The newest so many cases teach; older ones say little about how the office sorts now.
MOST = 20_000
Progress = Callable[[int, int], None]


@guarded(Permission.SUGGESTIONS_TRAIN)
def train(actor: Actor, *, kind: str, key: str, progress: Progress | None = None) -> int:
    """Learn anew and measure; answers from how many cases. `progress(done, of)` is called between the parts.

    Raises Problems when there are too few closed cases to learn from (the earlier model then stays), and NotThere for a
    kind nobody learns.
    """
    from db.rules.suggesting.learning import learn  # scikit-learn is loaded by nobody but who trains

    if kind not in set(Kind):
        raise NotThere(kind)
    with reading() as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        examples = _examples(session, Kind(kind))
    learned = learn(examples, progress=progress)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        before = update(SuggestionModel).where(SuggestionModel.kind == kind)
        session.execute(before.values(active=False, weights=b"", version=SuggestionModel.version + 1))
        row = SuggestionModel(
            kind=kind,
            trained_at=clock.now(),
            trained_by_id=actor.id,
            cases=learned.measured.cases,
            measured=json.dumps(learned.measured.as_dict(), ensure_ascii=False),
            labels=json.dumps(learned.model.labels, ensure_ascii=False),
            weights=learned.model.packed(),
        )
        session.add(row)
        session.flush()
        remember(session, actor, key, "suggesting.train", row.cases)
        return row.cases


@guarded(Permission.SUGGESTIONS_TRAIN)
def switch(actor: Actor, *, kind: str, version: int, active: bool, key: str) -> int:
    """Let the latest model suggest, or no longer; answers its version. Raises NotThere and Changed."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = latest(session, kind)
        if row is None:
            raise NotThere("suggestion_model")
        seen(session, SuggestionModel, row.id, version, {"active": active}).active = active
        session.flush()
        remember(session, actor, key, "suggesting.switch", row.version)
        return row.version


def _examples(session: Session, kind: Kind) -> "list[Example]":
    """Subject, text and label of the newest closed cases whose label may still be chosen."""
    label = Case.category if kind is Kind.CATEGORY else cast(Case.lead_unit_id, String)
    offered = (
        Case.category.in_(select(Code.code).where(Code.list_name == "category", Code.active))
        if kind is Kind.CATEGORY
        else Case.lead_unit_id.in_(select(Unit.id).where(Unit.active))
    )
    ended = Case.state.in_([State.CLOSED, State.ARCHIVED])
    query = select(Case.subject, Case.text, label).where(
        ended, ~Case.sealed, Case.kind != CaseKind.ACCUSATION, Case.gone == "", offered
    )
    rows = session.execute(query.order_by(Case.closed_on.desc(), Case.id.desc()).limit(MOST))
    return [(subject, text, str(label)) for subject, text, label in rows]
