"""What is done with a supervision notice, as a line of its case's timeline; its words stand in the notice alone."""

import json

from sqlalchemy.orm import Session

from db import clock
from db.models import Case, CaseEntry, Supervision
from db.rules.permissions import Actor
from db.rules.supervision import Act


def tell(session: Session, actor: Actor, case: Case, act: Act, notice: Supervision) -> None:
    """One line, internal, with the notice's number and the day an answer is wanted."""
    detail: dict[str, object] = {"supervision_id": notice.id}
    if notice.number:
        detail["number"] = notice.number
    session.add(
        CaseEntry(
            case_id=case.id,
            at=clock.now(),
            person_id=actor.id,
            unit_id=actor.unit_id,
            step=act.value,
            from_state=case.state,
            to_state=case.state,
            detail=json.dumps(detail, ensure_ascii=False),
        )
    )
    session.flush()
