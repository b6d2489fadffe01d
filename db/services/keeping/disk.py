"""Room on the disk: a warning in time, and a ballast file to throw overboard when it is full."""

import os
import shutil
from pathlib import Path

from db.settings import Settings

BALLAST = "ballast.bin"
BALLAST_BYTES = 64 << 20
LEAST_BYTES = 1 << 30
LEAST_SHARE = 0.10


def ensure_ballast(settings: Settings) -> Path:
    """Make the 64 MB file once; on a full disk even deleting records needs room, and this gives it."""
    path = settings.folder / BALLAST
    if not path.exists() and not low_space(settings):
        part = path.with_suffix(".part")
        block = os.urandom(1 << 20)  # not zeros: some file systems would store nothing
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for _ in range(BALLAST_BYTES >> 20):
                file.write(block)
        part.replace(path)
    return path


def low_space(settings: Settings) -> str:
    """A warning in one line when the disk is nearly full, otherwise ""."""
    usage = shutil.disk_usage(settings.folder)
    if usage.free >= LEAST_BYTES and usage.free >= LEAST_SHARE * usage.total:
        return ""
    return f"only {usage.free / 1e9:.1f} GB of {usage.total / 1e9:.1f} GB are free"


def make_room(settings: Settings) -> list[str]:
    """Throw the ballast overboard, so that a full disk takes writes again; answers what to print."""
    path = settings.folder / BALLAST
    if not path.exists():
        return ["there is no ballast file left; delete something else, old backups first"]
    size = path.stat().st_size
    path.unlink()
    return [
        f"{size / 1e6:.0f} MB are free now, and Linli can write again at once",
        "Now make lasting room; the ballast comes back by itself when there is enough of it.",
    ]


def copy_to(path: Path, folder: Path) -> None:
    """Copy a file into a folder that stands, under a passing name first, and down to the disk; raises OSError."""
    part = folder / f"{path.name}.part"
    try:
        with path.open("rb") as source, part.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
            target.flush()
            os.fsync(target.fileno())
        part.replace(folder / path.name)
    finally:
        part.unlink(missing_ok=True)
