"""The timeline of a dispute: one line per act, written in the act's own transaction."""

import json
from collections.abc import Mapping

from sqlalchemy.orm import Session

from db import clock
from db.models import Dispute, DisputeEntry
from db.rules.mediation.words import Step
from db.rules.permissions import Actor


def line(
    session: Session,
    actor: Actor,
    dispute: Dispute,
    step: Step,
    *,
    was: str | None = None,
    text: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Note what was done; `was` is the state before when it changed, `detail` the earlier and later values."""
    session.add(
        DisputeEntry(
            dispute_id=dispute.id,
            at=clock.now(),
            person_id=actor.id,
            step=step,
            from_state=dispute.state if was is None else was,
            to_state=dispute.state,
            text=text,
            detail=json.dumps(dict(detail or {}), ensure_ascii=False, default=str),
        )
    )
    session.flush()
