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
from db.services.keeping.state import moment, tell, told
from db.services.retention.running import resume
from db.services.supervision.drafting import draft_by_itself

EVERY = timedelta(hours=1)
SUBMISSIONS_KEPT = timedelta(days=30)
EXPORTS_KEPT = timedelta(days=1)


def keep_when_due(database: Database) -> bool:
    """A round, an hour after the last one of whichever process; True when this one made it."""
    last = moment(told(database.settings).get("hourly", {}).get("at"))
    due = last is None or not timedelta() <= clock.now() - last < EVERY
    return due and keep_alone(database)


def keep_alone(database: Database) -> bool:
    """A round, unless another process is at it; True when this one made it."""
    with database.alone("hourly") as ours:
        if ours:
            keep_hourly(database)
            tell(database.settings, "hourly")
        return ours


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
