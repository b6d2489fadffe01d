"""What the administrator sees of the keeping: what stands where, what went wrong, what is still to be set up."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from db import clock
from db.engine import current
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Problem, Problems
from db.services.acts import guarded
from db.services.keeping.disk import low_space
from db.services.keeping.schedule import LATE, apart, backup_apart, folder_of, is_due, second_of, standing
from db.services.keeping.state import moment, told
from db.settings import Settings

DRILL_EVERY = timedelta(days=90)


@dataclass(frozen=True)
class Overview:
    """The figures of the screen; sizes in bytes, `back_in` and `making` in seconds, `window` in minutes."""

    backups: pd.DataFrame
    newest: datetime | None
    second: datetime | None
    has_second: bool
    drilled: datetime | None
    drill_good: bool
    back_in: float
    window: int
    making: float
    free: int
    total: int
    urgent: tuple[Problem, ...]
    advice: tuple[Problem, ...]


@guarded(Permission.BACKUPS_MANAGE)
def overview(actor: Actor) -> Overview:
    """Everything about backups, the second place, the last drill and the disk."""
    settings = current().settings
    known, usage = told(settings), shutil.disk_usage(settings.folder)
    here, second = standing(folder_of(settings)), second_of(settings)
    there = {backup.path.name: backup.bytes for backup in standing(second)} if second else {}
    drill = known.get("drill", {})
    rows = [
        {
            "made_at": backup.made_at,
            "bytes": backup.bytes,
            "seq": backup.seq,
            "second": there.get(backup.path.name) == backup.bytes,
            "drilled": backup.path.name == drill.get("name") and not drill.get("why"),
            "name": backup.path.name,
        }
        for backup in here
    ]
    return Overview(
        backups=pd.DataFrame(rows, columns=["made_at", "bytes", "seq", "second", "drilled", "name"]),
        newest=here[0].made_at if here else None,
        second=moment(known.get("second", {}).get("at")),
        has_second=second is not None,
        drilled=moment(drill.get("at")),
        drill_good=bool(drill.get("at")) and not drill.get("why"),
        back_in=float(drill.get("seconds", 0)),
        window=int(drill.get("window", 0)),
        making=float(drill.get("making", 0)),
        free=usage.free,
        total=usage.total,
        urgent=_urgent(settings, known, here[0].made_at if here else None),
        advice=_advice(settings, known),
    )


@guarded(Permission.BACKUPS_MANAGE)
def urgent(actor: Actor) -> tuple[Problem, ...]:
    """What the administrator must hear on the desk: what failed, what is late, a disk that fills up."""
    settings = current().settings
    here = standing(folder_of(settings))
    return _urgent(settings, told(settings), here[0].made_at if here else None)


@guarded(Permission.BACKUPS_MANAGE)
def make_now(actor: Actor, *, key: str) -> str:
    """A backup now, made beside the running office; answers its name, raises Problems."""
    if not backup_apart(current()):
        raise Problems(Problem("", N_("The backup failed. What went wrong is told above.")))
    return str(told(current().settings)["backup"]["name"])


@guarded(Permission.BACKUPS_MANAGE)
def drill_now(actor: Actor, *, key: str) -> float:
    """A drill now, beside the running office; answers the seconds until everything was back, raises Problems."""
    if not apart(current().settings, "drill"):
        raise Problems(Problem("", N_("The drill failed. What went wrong is told above.")))
    return float(told(current().settings)["drill"]["seconds"])


def _urgent(settings: Settings, known: dict[str, dict[str, Any]], newest: datetime | None) -> tuple[Problem, ...]:
    """Each with its one sentence; `why` is what the machine said."""
    found = []
    failures = {
        "backup": N_("The last backup failed at {time}. The machine says: {why}"),
        "second": N_("The last copy to the second place failed at {time}. The machine says: {why}"),
        "drill": N_("The last drill failed at {time}. The machine says: {why}"),
    }
    for act, message in failures.items():
        if why := known.get(act, {}).get("why"):
            found.append(Problem("", message, {"time": moment(known[act].get("failed_at")), "why": why}))
    if newest is None:
        found.append(Problem("", N_("There is no backup yet.")))
    elif is_due(settings) and clock.now() - newest > timedelta(hours=settings.backup_hours) + LATE:
        hours = int((clock.now() - newest).total_seconds() // 3600)
        found.append(Problem("", N_("The newest backup is {n} hours old."), {"n": hours}))
    if low_space(settings):
        usage = shutil.disk_usage(settings.folder)
        values = {"free": f"{usage.free / 1e9:.1f}", "total": f"{usage.total / 1e9:.0f}"}
        found.append(Problem("", N_("Only {free} GB of {total} GB are free on the disk. Make room soon."), values))
    return tuple(found)


def _advice(settings: Settings, known: dict[str, dict[str, Any]]) -> tuple[Problem, ...]:
    found = []
    if not settings.backup_hours:
        found.append(N_("Backups by themselves are switched off (backup_hours)."))
    if not settings.backup_dir:
        found.append(N_("No second place is set (backup_dir): a fire would take the office and its backups."))
    if not known.get("key"):
        found.append(
            N_("The recovery key was never printed (manage.py backup-key): backups would open on this computer only.")
        )
    drilled = moment(known.get("drill", {}).get("at"))
    if drilled is None or clock.now() - drilled > DRILL_EVERY:
        found.append(N_("No drill was held in the last three months."))
    return tuple(Problem("", message) for message in found)
