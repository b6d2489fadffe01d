"""Keeping the office's records: backup, restore, check, and room on the disk for the worst day."""

from db.services.keeping.backup import backup
from db.services.keeping.check import check
from db.services.keeping.disk import ensure_ballast
from db.services.keeping.hourly import keep_hourly
from db.services.keeping.restore import restore
from db.services.keeping.soundness import KeepingError

__all__ = ["KeepingError", "backup", "check", "ensure_ballast", "keep_hourly", "restore"]
