"""Taking published results away, as cases are: asked for, fetched once by their owner, journalled."""

from dataclasses import dataclass

import pandas as pd

from db.engine import reading
from db.rules.permissions import Actor, Permission
from db.services.acts import guarded
from db.services.exports import Asked, Kind, asked_in, fetched, put_by, row_of, take_turn
from db.services.scoring import results
from db.services.scoring.results import Published


@dataclass(frozen=True)
class Taken:
    """The list of publications, and the language asked for."""

    rows: pd.DataFrame
    language: str


@guarded(Permission.SCORES_READ)
def ask_result(actor: Actor, *, publication_id: int, language: str) -> Asked:
    """Prepare the board of a publication to be fetched once; raises NotThere or TooMany."""
    take_turn(Permission.SCORES_READ, actor)
    seen = results.publication(actor, publication_id=publication_id)
    return put_by(actor, Kind.RESULT, {"publication_id": publication_id, "language": language}, len(seen.board))


@guarded(Permission.SCORES_READ)
def ask_publications(actor: Actor, *, language: str) -> Asked:
    """Prepare the list of publications to be fetched once; raises TooMany."""
    take_turn(Permission.SCORES_READ, actor)
    rows = len(results.publications(actor))
    return put_by(actor, Kind.PUBLICATIONS, {"language": language}, rows)


@guarded(Permission.SCORES_READ)
def fetch_result(actor: Actor, *, token: str) -> tuple[Published, str]:
    """The publication and the language asked for, once, for its owner only; raises NotThere."""
    with reading() as session:
        asked = asked_in(row_of(session, actor, token, Kind.RESULT))
    seen = results.publication(actor, publication_id=int(asked["publication_id"]))
    detail = {"rows": len(seen.board)}
    fetched(actor, token, Kind.RESULT, tbl="score_publication", pk=seen.id, detail=detail)
    return seen, str(asked["language"])


@guarded(Permission.SCORES_READ)
def fetch_publications(actor: Actor, *, token: str) -> Taken:
    """The list as it stands now, once, for its owner only; raises NotThere."""
    with reading() as session:
        asked = asked_in(row_of(session, actor, token, Kind.PUBLICATIONS))
    rows = results.publications(actor)
    fetched(actor, token, Kind.PUBLICATIONS, tbl="score_publication", detail={"rows": len(rows)})
    return Taken(rows, str(asked["language"]))
