"""Hand-over notes: written at the end of a shift at a post, read by the next shift at the same post."""

from datetime import date

import pandas as pd

from db.rules.permissions import Actor, Permission
from db.services.acts import guarded

NOTES = ["id", "version", "post_id", "post", "on_day", "shift_id", "shift", "text", "written_by", "written_at"]
NOTES += ["ends_at", "read_by", "read_at", "may_read"]


@guarded(Permission.DUTY_SERVE)
def write_note(actor: Actor, *, post_id: int, on_day: date, shift_id: int, text: str, key: str) -> int:
    """Write a note for the next shift, by whoever serves this one at the post; answers its id. Never rewritten."""
    raise NotImplementedError


@guarded(Permission.DUTY_SERVE)
def read_note(actor: Actor, *, note_id: int, version: int, key: str) -> int:
    """The next shift at the post says it has read the note; answers its new version."""
    raise NotImplementedError


@guarded(Permission.DUTY_SERVE)
def unread(actor: Actor) -> pd.DataFrame:
    """Notes the actor's shift has still to read, oldest first: columns of NOTES."""
    raise NotImplementedError


@guarded(Permission.DUTY_READ)
def notes(actor: Actor, *, duty_id: int, from_on: date, until_on: date) -> pd.DataFrame:
    """Notes of these days, newest first, for the duty's members and who plans or describes it: columns of NOTES."""
    raise NotImplementedError
