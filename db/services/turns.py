"""How often somebody may ask for something, counted once for the whole office, however many processes it has."""

from datetime import timedelta

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from db import clock
from db.engine import current
from db.models import SignInCounter
from db.rules.rates import Buckets
from db.services.accounts.counters import key_of


class Turns:
    """At most `most` at once, and as many more within `seconds`, for each name: a bucket that refills evenly."""

    def __init__(self, what: str, *, most: int, seconds: int) -> None:
        self._what, self._most, self._seconds = what, most, seconds
        self._inside = Buckets(most, seconds)

    def take(self, name: str = "") -> bool:
        """Take one; False when none is left. Nobody's act is waited for, and nothing of it is taken back with an act.

        An office on SQLite is one process, whose memory counts exactly and writes nothing.
        """
        database = current()
        if database.is_sqlite:
            return self._inside.take(f"{database.settings.url} {name}", clock.now().timestamp())
        # A bucket is told by the moment it will be full again, which one statement compares and moves.
        now, whole = clock.now(), timedelta(seconds=self._seconds)
        each = whole // self._most
        row = SignInCounter
        full = func.greatest(func.coalesce(row.wait_until, now), now) + each
        first = insert(row).values(key=key_of("turn", self._what, name), failures=1, since=now, wait_until=now + each)
        more = first.on_conflict_do_update(
            index_elements=[row.key],
            set_={"failures": row.failures + 1, "since": now, "wait_until": full},
            where=full <= now + whole,
        ).returning(row.key)
        with database.aside() as connection:
            return connection.scalar(more) is not None
