"""Keeping the office's records: backups, restore, drill, check, and room on the disk for the worst day."""

from db.services.keeping.check import check
from db.services.keeping.disk import ensure_ballast, make_room
from db.services.keeping.drill import drill
from db.services.keeping.hourly import keep_alone, keep_hourly, keep_when_due
from db.services.keeping.keys import key_on_paper
from db.services.keeping.overview import Overview, drill_now, make_now, overview, urgent
from db.services.keeping.restore import confirm, restore
from db.services.keeping.schedule import backup, backup_when_due, keep_one
from db.services.keeping.soundness import KeepingError
from db.services.keeping.start import look_before_start

__all__ = [
    "KeepingError",
    "Overview",
    "backup",
    "backup_when_due",
    "check",
    "confirm",
    "drill",
    "drill_now",
    "ensure_ballast",
    "keep_alone",
    "keep_hourly",
    "keep_one",
    "keep_when_due",
    "key_on_paper",
    "look_before_start",
    "make_now",
    "make_room",
    "overview",
    "restore",
    "urgent",
]
