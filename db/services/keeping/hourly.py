"""What the running office does by itself every hour: anchor, shorten and forget what is too old, draft, go on."""

from datetime import timedelta

from sqlalchemy import delete

from db import clock
from db.engine import Database
from db.models import Export, Submission
from db.rules.permissions import system_actor
from db.services.batch import forget_unfetched
from db.services.importing.waiting import forget_old
from db.services.journal import anchor, purge
from db.services.keeping.disk import ensure_ballast
from db.services.retention.running import resume
from db.services.supervision.drafting import draft_by_itself

SUBMISSIONS_KEPT = timedelta(days=30)
EXPORTS_KEPT = timedelta(days=1)


def keep_hourly(database: Database) -> None:
    """Anchor first, so that what is shortened afterwards has been witnessed outside the database."""
    ensure_ballast(database.settings)
    anchor(database)
    purge(database)
    now = clock.now()
    with database.transaction(system_actor("keeping")) as session:
        session.execute(delete(Submission).where(Submission.at < now - SUBMISSIONS_KEPT))
        forget_old(session)
        session.execute(delete(Export).where(Export.expires_at < now - EXPORTS_KEPT))
    forget_unfetched(database.settings)
    draft_by_itself(database)
    resume(database)
