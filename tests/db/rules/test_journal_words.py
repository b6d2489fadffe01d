"""Every table and every event the journal can hold has a name people can read."""

import ast
from pathlib import Path

from db.journal import journalled_tables
from db.rules.journal_words import EVENTS, TABLES

ROOT = Path(__file__).parents[3]


def noted_events() -> set[str]:
    """The events written by journal.note(session, "...") anywhere."""
    events = set()
    for path in [*(ROOT / "db").rglob("*.py"), *(ROOT / "components").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("journal.note"):
                second = node.args[1]
                events |= {second.value} if isinstance(second, ast.Constant) else set()
    return {str(event) for event in events}


def test_every_journalled_table_has_a_name() -> None:
    assert {table.name for table in journalled_tables()} <= set(TABLES)


def test_every_event_has_a_name() -> None:
    events = noted_events()
    assert len(events) > 5
    assert events <= set(EVENTS)
