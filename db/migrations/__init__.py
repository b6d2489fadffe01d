"""Alembic migrations and the one way to bring a database up to date."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

import db.models  # noqa: F401 - fills the metadata
from db import journal, wall
from db.engine import Database
from db.settings import SettingsError


def config() -> Config:
    """Alembic's configuration, without a file of its own."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    return made


def upgrade(database: Database) -> None:
    """Bring the schema up to date (re)create the journal's triggers and the second wall, in one transaction."""
    with database.maintenance() as connection:
        build(connection)


def build(connection: Connection) -> None:
    """The same inside a transaction that is open already; raises SettingsError for one of a newer program."""
    made = config()
    here = MigrationContext.configure(connection).get_current_revision()
    if here is not None and here not in {
        script.revision for script in ScriptDirectory.from_config(made).walk_revisions()
    }:
        raise SettingsError(
            f"the database is of a newer Linli (revision {here}); install that one, nothing was changed"
        )
    made.attributes["connection"] = connection
    command.upgrade(made, "head")
    journal.install(connection)
    wall.install(connection)


def pending(database: Database) -> list[str]:
    """Revisions not yet applied, oldest first; empty when up to date."""
    scripts = ScriptDirectory.from_config(config())
    with database.engine.connect() as connection:
        here = MigrationContext.configure(connection).get_current_revision()
    steps = [script.revision for script in scripts.walk_revisions("base", "head")]
    if here in steps:
        steps = steps[: steps.index(here)]
    return list(reversed(steps))
