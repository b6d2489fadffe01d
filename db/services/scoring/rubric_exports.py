"""Taking a rubric away, as cases are: asked for, fetched once by its owner, journalled."""

from db.engine import reading
from db.rules.permissions import Actor, Permission
from db.rules.scoring.drafting import lines_of
from db.services.acts import guarded
from db.services.exports import Asked, Kind, asked_in, fetched, put_by, row_of, take_turn
from db.services.scoring.rubrics import RubricView, rubric_view

KINDS = ("parts", "items", "grades", "rewards")


@guarded(Permission.SCORES_READ)
def ask_rubric(actor: Actor, *, rubric_id: int, language: str) -> Asked:
    """Prepare an edition of a rubric to be fetched once; raises NotThere or TooMany."""
    take_turn(Permission.SCORES_READ, actor)
    document = rubric_view(actor, rubric_id=rubric_id).document
    return put_by(
        actor,
        Kind.RUBRIC,
        {"rubric_id": rubric_id, "language": language},
        sum(len(lines_of(document, what)) for what in KINDS),
    )


@guarded(Permission.SCORES_READ)
def fetch_rubric(actor: Actor, *, token: str) -> tuple[RubricView, str]:
    """The edition as it stands now and the language asked for, once, for its owner only; raises NotThere."""
    with reading() as session:
        asked = asked_in(row_of(session, actor, token, Kind.RUBRIC))
    seen = rubric_view(actor, rubric_id=int(asked["rubric_id"]))
    rows = sum(len(lines_of(seen.document, what)) for what in KINDS)
    fetched(actor, token, Kind.RUBRIC, tbl="score_rubric", pk=seen.id, detail={"rows": rows})
    return seen, str(asked["language"])
