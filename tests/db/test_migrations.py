"""What the migrations build is what the models say, on both engines."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from db import migrations
from db.base import Base
from db.engine import Database

# The search indexes are no models.
SEARCH = ("case_search", "ix_case_words_search", "dispute_words_search", "ix_dispute_words_search")


def test_models_and_migrations_agree(database: Database) -> None:
    def ours(_item: object, name: str | None, _kind: str, reflected: bool, _compared: object) -> bool:
        return not (reflected and name and name.startswith(SEARCH))

    with database.engine.connect() as connection:
        options = {"compare_type": True, "include_object": ours}
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, Base.metadata)
    assert differences == []


def test_a_new_database_has_nothing_pending(database: Database) -> None:
    assert migrations.pending(database) == []


def test_upgrading_again_changes_nothing(database: Database) -> None:
    with database.engine.connect() as connection:
        before = sorted(inspect(connection).get_table_names())
    migrations.upgrade(database)
    with database.engine.connect() as connection:
        assert sorted(inspect(connection).get_table_names()) == before


def test_every_foreign_key_is_enforced(database: Database) -> None:
    with database.engine.connect() as connection:
        inspector = inspect(connection)
        for table in Base.metadata.sorted_tables:
            stored = {tuple(key["constrained_columns"]) for key in inspector.get_foreign_keys(table.name)}
            wanted = {tuple(key.column_keys) for key in table.foreign_key_constraints}
            assert stored == wanted, table.name
