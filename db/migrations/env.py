"""Alembic's environment: runs on the connection it is given."""

from typing import Any, Literal

from alembic import context

import db.models  # noqa: F401 - fills the metadata
from db.base import Base, Moment


def render(kind: str, item: Any, autogenerate: Any) -> str | Literal[False]:
    """Write our moment type as plain SQLAlchemy."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


def ours(item: object, name: str | None, kind: str, reflected: bool, compared: object) -> bool:
    """Leave the search index and its shadow tables to their own migration."""
    return not (reflected and name and ("case_search" in name or name == "ix_case_words_search"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_item=render,
    compare_type=True,
    include_object=ours,
)
with context.begin_transaction():
    context.run_migrations()
