"""A line of a case's timeline for an act that leaves its state as it is."""

import json
from collections.abc import Mapping

from db import clock
from db.models import Case, CaseEntry
from db.rules.permissions import Actor


def standing_line(
    case: Case, actor: Actor, step: str, *, text: str = "", detail: Mapping[str, object] | None = None
) -> CaseEntry:
    """The line, internal and not yet in a session; `detail` is kept as JSON."""
    return CaseEntry(
        case_id=case.id,
        at=clock.now(),
        person_id=actor.id,
        unit_id=actor.unit_id,
        step=step,
        from_state=case.state,
        to_state=case.state,
        text=text,
        detail=json.dumps(dict(detail or {}), ensure_ascii=False, default=str),
    )
