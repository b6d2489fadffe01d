"""Taking a month of a ladder away, as cases are: asked for, fetched once by its owner, journalled."""

from db.engine import reading
from db.rules.permissions import Actor, Permission
from db.services.acts import guarded
from db.services.exports import Asked, Kind, asked_in, fetched, put_by, row_of, take_turn
from db.services.scoring.ladders import Ladder, ladder


@guarded(Permission.SCORES_OPEN)
def ask(actor: Actor, *, assessment_id: int, month: int, language: str) -> Asked:
    """Prepare a month with its ranks, cards and rewards to be fetched once; raises NotThere or TooMany."""
    take_turn(Permission.SCORES_OPEN, actor)
    seen = ladder(actor, assessment_id=assessment_id, month=month)
    asked = {"assessment_id": assessment_id, "month": seen.month, "language": language}
    return put_by(actor, Kind.LADDER, asked, len(seen.units))


@guarded(Permission.SCORES_OPEN)
def fetch(actor: Actor, *, token: str) -> tuple[Ladder, str]:
    """The month as it stands now and the language asked for, once, for its owner only; raises NotThere."""
    with reading() as session:
        asked = asked_in(row_of(session, actor, token, Kind.LADDER))
    seen = ladder(actor, assessment_id=int(asked["assessment_id"]), month=int(asked["month"]))
    detail = {"rows": len(seen.units), "month": seen.month}
    fetched(actor, token, Kind.LADDER, tbl="assessment", pk=seen.assessment_id, detail=detail)
    return seen, str(asked["language"])
