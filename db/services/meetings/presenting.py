"""A meeting to be shown or printed: as its minutes were frozen, or while it is not closed as things stand now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from db import journal
from db.engine import reading, transaction
from db.rules.meetings.words import State
from db.rules.permissions import Actor, Permission
from db.services.acts import guarded
from db.services.meetings import closing, scope


@dataclass(frozen=True)
class Shown:
    """The document (closing.Minutes says of what shape), and its edition: 0 for one that is not frozen."""

    document: Mapping[str, Any]
    edition: int
    state: str


@guarded(Permission.MEETINGS_READ)
def shown(actor: Actor, *, meeting_id: int, edition: int | None = None, what: str = "present") -> Shown:
    """What a meeting shows: of a closed one its minutes (an `edition`, else the latest), of another how it stands now.

    Each showing is journalled as a printing of `what`. Raises NotThere.
    """
    with reading() as session:
        meeting = scope.load(session, actor, meeting_id)
        state = meeting.state
        frozen = edition is not None or state == State.CLOSED
        live = {} if frozen else closing.document_in(session, actor, meeting)
    minutes = closing.minutes(actor, meeting_id=meeting_id, edition=edition) if frozen else None
    told = minutes.edition if minutes else 0
    with transaction(actor) as session:
        detail: dict[str, object] = {"what": what, "edition": told}
        journal.note(session, "print", tbl="meeting", pk=meeting_id, detail=detail)
    return Shown(minutes.document if minutes else live, told, state)
