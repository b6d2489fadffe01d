"""The command line's import: looked at and mapped, run in the foreground, reported."""

import secrets
from pathlib import Path

from db.engine import Database, using
from db.rules.permissions import system_actor
from db.services.importing import running
from db.services.importing.lists import report_of
from db.services.importing.mapping import guess, laid_on, named
from db.services.importing.planning import Progress, Report, dry_run, make_ready
from db.services.importing.reading import look_at

IMPORTER = system_actor("import")


def run(
    database: Database,
    path: Path,
    *,
    mapping: str = "",
    dry: bool = False,
    pairs: bool = True,
    progress: Progress | None = None,
    pairing: Progress | None = None,
) -> Report:
    """Bring in a file with a saved mapping, or with what its headings most likely mean; raises Problems.

    A dry run reports the same and writes nothing; `pairs` False leaves likely duplicates to be looked for later, else
    `pairing` is told how many of the new cases were compared.
    """
    with using(database):
        make_ready()
        sheets = look_at(path, path.name)
        chosen = laid_on(named(mapping), sheets) if mapping else guess(sheets)
        if dry:
            return dry_run(path, path.name, chosen, progress=progress, suggests=True)[0]
        import_id = running.begin(
            IMPORTER, source=path, name=path.name, chosen=chosen, key=f"command-{secrets.token_hex(16)}"
        )
        running.work(IMPORTER, import_id, progress)
        if pairs:
            running.look_for_pairs(IMPORTER, import_id, pairing)
        return report_of(import_id)
