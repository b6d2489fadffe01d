"""The long kill -9 run: an office of its own, written to by children that are killed."""

import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.bench.measure import table
from tests.factories import a_database
from tests.faults.writers import run


def main(kills: int, *, seed: int = 1) -> None:
    """Print what was hit and what was found."""
    with tempfile.TemporaryDirectory(prefix="linli-kill-") as folder:
        database, _ = a_database(Path(folder))
        database.close()
        figures = asdict(run(Path(folder), kills, seed))
    rows = [(name.replace("_", " "), len(v) if isinstance(v, list) else v) for name, v in figures.items()]
    table("kill -9 while the services write", ("", "count"), rows)
