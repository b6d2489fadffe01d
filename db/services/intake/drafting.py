"""Drafts: what somebody typed and has not saved, encrypted, one per person, form and record."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlalchemy import Select, delete, select

from db import clock
from db.engine import current, reading, transaction
from db.identity import decrypt, encrypt
from db.models import Draft as Row
from db.models import Submission
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Problem, Problems
from db.services.acts import guarded

LONGEST = 400_000
MOST = 50


@dataclass(frozen=True)
class Draft:
    """A kept draft: its submission key, what was typed, and when it was kept."""

    key: str
    content: Mapping[str, object]
    saved_at: datetime


@guarded(Permission.ACCOUNT_OWN)
def keep_draft(
    actor: Actor, *, form: str, key: str, content: Mapping[str, object], subject: str = "", label: str = ""
) -> datetime | None:
    """Keep what was typed so far; answers when, or None once the key has been used and nothing is a draft any more."""
    database = current()
    typed = json.dumps(content, default=str)
    if len(typed) > LONGEST:
        raise Problems(Problem("", N_("This is too long to be kept as a draft.")))
    sealed = encrypt(database, "draft.content", typed) or b""
    hidden = encrypt(database, "draft.label", label[:80].encode("utf-8", "ignore").decode())
    with transaction(actor) as session:
        row = session.scalars(_draft(actor, form, subject)).one_or_none()
        if session.get(Submission, key) is not None:
            if row is not None:
                session.delete(row)
            return None
        if row is None:
            row = Row(person_id=actor.id, form=form, subject=subject)
            session.add(row)
        row.key, row.label, row.content, row.saved_at = key, (hidden or b"").hex(), sealed, clock.now()
        return row.saved_at


@guarded(Permission.ACCOUNT_OWN)
def draft_of(actor: Actor, *, form: str, subject: str = "") -> Draft | None:
    """The kept draft of this person, form and record; None when there is none, or when it was saved after all."""
    with reading() as session:
        row = session.scalars(_draft(actor, form, subject)).one_or_none()
        if row is None or session.get(Submission, row.key) is not None:
            return None
        content = json.loads(decrypt(current(), "draft.content", row.content))
        return Draft(row.key, content, row.saved_at)


@guarded(Permission.ACCOUNT_OWN)
def draft(actor: Actor, *, form: str, subject: str = "") -> tuple[str, dict[str, object], datetime] | None:
    """The same as key, content and moment."""
    kept = draft_of(actor, form=form, subject=subject)
    return None if kept is None else (kept.key, dict(kept.content), kept.saved_at)


@guarded(Permission.ACCOUNT_OWN)
def drafts(actor: Actor) -> pd.DataFrame:
    """All drafts of this person, newest first: form, subject, label, saved_at."""
    query = select(Row.form, Row.subject, Row.label, Row.saved_at).where(Row.person_id == actor.id)
    with reading() as session:
        rows = session.execute(query.order_by(Row.saved_at.desc(), Row.id.desc()).limit(MOST)).all()
    database = current()
    plain = [
        (form, subject, decrypt(database, "draft.label", bytes.fromhex(label) or None), saved_at)
        for form, subject, label, saved_at in rows
    ]
    return pd.DataFrame(plain, columns=["form", "subject", "label", "saved_at"])


@guarded(Permission.ACCOUNT_OWN)
def drop_draft(actor: Actor, *, form: str, subject: str = "") -> None:
    """Throw a draft away."""
    with transaction(actor) as session:
        session.execute(delete(Row).where(Row.person_id == actor.id, Row.form == form, Row.subject == subject))


def _draft(actor: Actor, form: str, subject: str) -> Select[Row]:
    return select(Row).where(Row.person_id == actor.id, Row.form == form, Row.subject == subject)
