"""The rehearsal: a backup made, put back in a place of its own, examined and opened, every step timed."""

import contextlib
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from db.services.keeping.archive import read_through, unpack
from db.services.keeping.keys import backup_key
from db.services.keeping.restore import SCRATCH, examined
from db.services.keeping.safety import refuse_unsafe
from db.services.keeping.schedule import keep_one, second_of
from db.services.keeping.soundness import line_of
from db.services.keeping.state import tell
from db.settings import Settings


def drill(settings: Settings) -> list[str]:
    """Rehearse the worst day and answer what to print; raises what went wrong, and the state tells it."""
    steps: dict[str, float] = {}
    try:
        refuse_unsafe(settings)
        with _step(steps, "backup made and verified"):
            made = keep_one(settings)
        key, second = backup_key(settings), second_of(settings)
        if second is not None:
            with _step(steps, "second place read through"):
                read_through(second / made.path.name, key)
        with tempfile.TemporaryDirectory(dir=settings.folder, prefix=SCRATCH) as scratch:
            folder = Path(scratch)
            with _step(steps, "backup unpacked"):
                manifest = unpack(made.path, folder, key)
            with _step(steps, "restored, examined and opened"), examined(settings, folder, manifest, "drill"):
                pass
    except Exception as error:
        tell(settings, "drill", why=line_of(error))
        raise
    back = round(sum(steps.values()) - steps["backup made and verified"], 1)
    window, making, rows = settings.backup_hours * 60, round(made.seconds, 1), sum(made.manifest.counts.values())
    tell(settings, "drill", name=made.path.name, rows=rows, seconds=back, window=window, making=making)
    lost = f"at most {window} minutes of work are lost, and what is entered in the {making:g} s a backup takes"
    lost = lost if settings.backup_hours else "backups by themselves are off"
    return [
        *(f"{seconds:7.1f} s  {name}" for name, seconds in steps.items()),
        f"good: {sum(manifest.counts.values())} rows and {manifest.files} files are back in {back:g} s; {lost}",
    ]


@contextlib.contextmanager
def _step(steps: dict[str, float], name: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    steps[name] = time.perf_counter() - begun
