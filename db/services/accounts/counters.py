"""Failed tries, counted in the database under keyed digests, so that they survive a restart and can't race."""

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import case, update
from sqlalchemy.orm import Session

from db import clock
from db.engine import current
from db.models import SignInCounter
from db.rules import passwords as rules
from db.rules.problems import LinliError


class Waiting(LinliError):
    """Too many tries; the next one is looked at after `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


def key_of(*parts: str) -> str:
    """What a counter is found by; says nothing about what was typed."""
    return hmac.new(current().keys.index, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()


def count(session: Session, key: str, allowed: int) -> int:
    """Count one more failure; answers the seconds still to wait, 0 when this try may be looked at."""
    now = clock.now()
    window = timedelta(minutes=current().settings.attempt_window_minutes)
    row = session.get(SignInCounter, key)
    if row is None:
        row = SignInCounter(key=key, failures=0, since=now)
        session.add(row)
    waits = row.wait_until is not None and row.wait_until > now
    if not waits and row.since < now - window:
        row.failures = 0
    row.failures += 1
    row.since = now
    if waits:
        return _seconds(row.wait_until, now)
    wait = rules.wait_after(row.failures, allowed)
    row.wait_until = now + wait if wait else None
    return 0


def forgive(session: Session, key: str) -> None:
    """A right try: begin at nothing again."""
    change = update(SignInCounter).where(SignInCounter.key == key)
    session.execute(change.values(failures=0, wait_until=None))


def take_one_back(session: Session, key: str, allowed: int) -> None:
    """A right try among others' wrong ones: it was none, and no wait of its own is left."""
    change = update(SignInCounter).where(SignInCounter.key == key, SignInCounter.failures > 0)
    waits = case((SignInCounter.failures <= allowed, None), else_=SignInCounter.wait_until)
    session.execute(change.values(failures=SignInCounter.failures - 1, wait_until=waits))


def _seconds(until: datetime | None, now: datetime) -> int:
    return max(1, round((until - now).total_seconds())) if until else 0
