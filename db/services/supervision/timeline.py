"""What is done with a supervision notice, as a line of its case's timeline; its words stand in the notice alone."""

from sqlalchemy.orm import Session

from db.models import Case, Supervision
from db.rules.permissions import Actor
from db.rules.supervision import Act
from db.services.case_lines import standing_line


def tell(session: Session, actor: Actor, case: Case, act: Act, notice: Supervision) -> None:
    """One line, internal, with the notice's number and the day an answer is wanted."""
    detail: dict[str, object] = {"supervision_id": notice.id}
    if notice.number:
        detail["number"] = notice.number
    session.add(standing_line(case, actor, act.value, detail=detail))
    session.flush()
