"""The journal read, verified, anchored outside, and shortened when its time is over."""

from db.services.journal.anchors import Anchor, anchor, anchored, newest_anchors
from db.services.journal.looks import Looks, look, note_look, seen_lately, who_has_seen
from db.services.journal.reading import PAGE, Page, entries, writers
from db.services.journal.retention import purge
from db.services.journal.verifying import Verdict, verify, verify_database

__all__ = [
    "PAGE",
    "Anchor",
    "Looks",
    "Page",
    "Verdict",
    "anchor",
    "anchored",
    "entries",
    "look",
    "newest_anchors",
    "note_look",
    "purge",
    "seen_lately",
    "verify",
    "verify_database",
    "who_has_seen",
    "writers",
]
