"""The journal is written by the database: whichever way a change comes, and never with a secret in it."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from db import journal
from db.base import Base
from db.engine import Database
from db.journal import JournalRow, journalled_tables
from db.models import Code, Person
from db.rules.case_flow import Step
from db.rules.intake import Intake, Party
from db.services import accounts, cases, intake
from db.services.journal import anchor, purge, verify_database
from tests.factories import SYSTEM, Office


def _orm(session: Session) -> None:
    session.scalars(select(Code).where(Code.list_name == "t", Code.code == "a")).one().label_zh = "改"


def _bulk_update(session: Session) -> None:
    session.execute(update(Code).where(Code.list_name == "t").values(label_en="changed"))


def _bulk_insert(session: Session) -> None:
    rows = [{"list_name": "t", "code": f"new{i}", "label_zh": "新", "version": 1} for i in range(3)]
    session.execute(insert(Code.__table__), rows)  # type: ignore[arg-type]


def _bulk_delete(session: Session) -> None:
    session.execute(delete(Code).where(Code.list_name == "t"))


def _raw(session: Session) -> None:
    session.execute(text("UPDATE code SET label_zh = 'raw' WHERE list_name = 't' AND code = 'b'"))


@pytest.mark.parametrize(
    ("change", "event", "rows"),
    [
        (_orm, "update", 1),
        (_bulk_update, "update", 2),
        (_bulk_insert, "insert", 3),
        (_bulk_delete, "delete", 2),
        (_raw, "update", 1),
    ],
)
def test_every_way_of_writing_is_journalled(
    database: Database, office: Office, change: Callable[[Session], None], event: str, rows: int
) -> None:
    with database.transaction(SYSTEM) as session:
        session.add_all(Code(list_name="t", code=code, label_zh="旧") for code in "ab")
    last = _head(database)
    with database.transaction(office.clerk) as session:
        change(session)
    written = _rows(database, after=last)
    assert [(row.event, row.tbl) for row in written] == [(event, "code")] * rows
    for row in written:
        assert (row.actor_id, row.actor, row.origin) == (office.clerk.id, "陈接访", "test")
        assert row.pk.isdigit()
        assert (row.before is None) == (event == "insert")
        assert (row.after is None) == (event == "delete")
    assert verify_database(database).sound


def test_an_update_that_changes_nothing_leaves_no_row(database: Database) -> None:
    last = _head(database)
    with database.transaction(SYSTEM) as session:
        session.execute(text("UPDATE code SET label_zh = label_zh"))
    assert _rows(database, after=last) == []


def test_a_write_without_an_actor_is_refused(database: Database) -> None:
    before = _head(database)
    refused = pytest.raises(DBAPIError, match=r"without an actor|user-defined function")
    with refused, database.maintenance() as connection:
        connection.exec_driver_sql("UPDATE code SET label_zh = 'nobody'")
    assert _head(database) == before
    with database.reading() as session:
        assert not session.scalar(select(func.count()).where(Code.label_zh == "nobody"))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE journal SET actor = 'nobody'", "DELETE FROM journal", "DELETE FROM journal WHERE seq = 1"],
)
def test_the_journal_is_append_only(database: Database, statement: str) -> None:
    before = _head(database)
    with pytest.raises(DBAPIError, match="append-only"), database.transaction(SYSTEM) as session:
        session.execute(text(statement))
    assert _head(database) == before
    assert verify_database(database).sound


def test_every_table_is_journalled_or_says_why_not(database: Database) -> None:
    for table in Base.metadata.sorted_tables:
        reason = table.info.get("journal")
        assert reason is None or len(str(reason)) > 8, f"{table.name} gives no reason"
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if database.is_sqlite
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with database.reading() as session:
        there = set(session.scalars(text(query)))
    wanted = {f"journal_{table.name}" for table in journalled_tables()}
    if database.is_sqlite:
        wanted = {f"{name}_{op}" for name in wanted for op in ("insert", "update", "delete")}
        wanted |= {"journal_no_update", "journal_no_delete"}
    assert wanted <= there


CANARIES = {
    "name": "欧阳秘密",
    "contact": "15412345678",
    "address": "暗号路88号",
    "guardian": "监护人甲乙",
    "subject": "主题金丝雀",
    "text": "正文金丝雀",
    "request": "诉求金丝雀",
    "place": "地点金丝雀",
    "note": "备注金丝雀",
    "words": "答复金丝雀",
    "facts": "事实金丝雀",
    "legal_basis": "依据金丝雀",
    "reason": "理由金丝雀",
    "draft": "草稿金丝雀",
    "password": "Pass-canary-9#",
    "phone": "15400001111",
    "typed": "typed-by-mistake",
}


def test_no_identity_content_or_secret_stands_in_the_journal(database: Database, office: Office) -> None:
    hashed, code = _everything_with_canaries(database, office)
    with database.reading() as session:
        rows = session.execute(text("SELECT * FROM journal")).all()
        stored = "\n".join(str(value) for row in rows for value in row)
        secrets = {*CANARIES.values(), hashed, code, database.keys.identity.hex(), database.keys.journal.hex()}
    assert len(rows) > 30
    assert [canary for canary in secrets if canary in stored] == []
    assert "digest:" in stored


def _everything_with_canaries(database: Database, office: Office) -> tuple[str, str]:
    c = CANARIES
    party = Party(name=c["name"], contact=c["contact"], address=c["address"], guardian=c["guardian"])
    matter = Intake(
        subject=c["subject"], text=c["text"], request=c["request"], place=c["place"],
        category="construction", parties=(party,), notice_shown=True, child=True,
    )  # fmt: skip
    receipt = intake.register(office.clerk, intake=matter, key="canary")
    case_id = receipt.case_id
    intake.keep_draft(office.clerk, form="intake", key="k", content={"text": c["draft"]})
    intake.likely_earlier(office.clerk, contact=c["contact"], name=c["name"], text=c["text"])
    version = cases.view(office.deputy, case_id=case_id).version
    cases.amend(office.deputy, case_id=case_id, version=version, values={"note": c["note"]}, key="note")
    cases.unmask(office.deputy, case_id=case_id)
    steps: list[tuple[str, Step, dict[str, object]]] = [
        ("deputy", Step.PROPOSE, {"unit": office.unit_a, "reason": c["reason"]}),
        ("leader", Step.APPROVE, {}),
        ("handler", Step.ACCEPT, {}),
        ("handler", Step.ASK_EXTENSION, {"days": 3, "reason": c["reason"]}),
        ("director", Step.DECIDE_EXTENSION, {"approved": "no"}),
        ("clerk", Step.TELL, {"how": "telephone", "words": c["words"]}),
        ("clerk", Step.GIVE_NOTICE, {"how": "telephone", "on": date(2026, 11, 19), "words": c["words"]}),
        (
            "handler",
            Step.ANSWER,
            {"outcome": "supported", "words": c["words"], "facts": c["facts"], "legal_basis": c["legal_basis"]},
        ),
    ]
    for name, step, values in steps:
        actor = office.people[name]
        version = cases.view(actor, case_id=case_id).version
        cases.take_step(actor, case_id=case_id, version=version, step=step, values=values, key=f"c-{step}")
    with pytest.raises(Exception, match=r"clerk|case"):
        cases.view(replace(office.outsider, origin="test"), case_id=case_id)
    hashed = accounts.hash_of(c["password"])
    with database.transaction(SYSTEM) as session:
        person = session.get_one(Person, office.clerk.id)
        person.password_hash, person.phone = hashed, c["phone"]
    return hashed, receipt.query_code


# --- the chain, after somebody wrote into the file past every guard ---


def test_a_changed_row_is_found(database: Database) -> None:
    with _past_the_guard(database) as connection:
        connection.exec_driver_sql("UPDATE journal SET actor = 'somebody else' WHERE seq = 7")
    assert verify_database(database).seq == 7


def test_a_changed_content_is_found(database: Database) -> None:
    with _past_the_guard(database) as connection:
        connection.exec_driver_sql("UPDATE journal SET after = NULL WHERE seq = 5")
    assert verify_database(database).seq == 5


def test_a_removed_row_is_found(database: Database) -> None:
    with _past_the_guard(database) as connection:
        connection.exec_driver_sql("DELETE FROM journal WHERE seq = 7")
    assert verify_database(database).seq == 8


def test_a_slipped_in_row_is_found(database: Database) -> None:
    end = _head(database)
    with _past_the_guard(database) as connection:
        copied = """INSERT INTO journal (seq, at, actor_id, actor, origin, event, tbl, pk, prev, mac)
            SELECT seq + 1, at, 1, 'nobody', 'x', event, tbl, pk, mac, mac FROM journal WHERE seq = :end"""
        connection.execute(text(copied), {"end": end})
    assert verify_database(database).seq == end + 1


def test_two_exchanged_rows_are_found(database: Database) -> None:
    with _past_the_guard(database) as connection:
        for was, becomes in ((7, -1), (8, 7), (-1, 8)):
            connection.execute(text("UPDATE journal SET seq = :b WHERE seq = :a"), {"a": was, "b": becomes})
    assert verify_database(database).seq == 7


def test_a_cut_tail_is_found_by_the_anchor_alone(database: Database) -> None:
    end = anchor(database)
    assert end is not None
    with _past_the_guard(database) as connection:
        connection.execute(text("DELETE FROM journal WHERE seq > :last"), {"last": end.seq - 3})
    verdict = verify_database(database)
    assert (verdict.sound, verdict.seq) == (False, end.seq)
    for path in database.settings.folder.glob("journal-anchors*"):
        path.unlink()
    assert verify_database(database).sound


def test_a_cut_head_is_found(database: Database) -> None:
    with _past_the_guard(database) as connection:
        connection.exec_driver_sql("DELETE FROM journal WHERE seq < 5")
    assert verify_database(database).seq == 5


def test_a_chain_written_with_another_key_is_found(database: Database) -> None:
    database.keys = replace(database.keys, journal=b"x" * 32)
    assert verify_database(database).seq == 1


def test_nothing_is_purged_before_its_time(database: Database) -> None:
    before = _head(database)
    assert purge(database) == 0
    assert _head(database) == before


def _head(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.max(JournalRow.seq))) or 0


def _rows(database: Database, *, after: int) -> list[JournalRow]:
    with database.reading() as session:
        return list(session.scalars(select(JournalRow).where(JournalRow.seq > after).order_by(JournalRow.seq)))


@contextmanager
def _past_the_guard(database: Database) -> Iterator[Connection]:
    """As somebody with the file or the server's own rights would write: the triggers taken away, then put back."""
    with database.maintenance() as connection:
        if database.is_sqlite:
            for name in ("journal_no_update", "journal_no_delete"):
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql("ALTER TABLE journal DISABLE TRIGGER ALL")
        yield connection
        if not database.is_sqlite:
            connection.exec_driver_sql("ALTER TABLE journal ENABLE TRIGGER ALL")
        journal.install(connection)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_an_older_sqlite_reads_the_file_too(database: Database) -> None:
    with closing(sqlite3.connect(f"file:{database.engine.url.database}?mode=ro", uri=True)) as older:
        older.setlimit(sqlite3.SQLITE_LIMIT_FUNCTION_ARG, 127)
        assert older.execute("SELECT count(*) FROM case_file").fetchone() == (0,)
