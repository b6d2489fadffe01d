"""The journal: read page by page, verified row by row, anchored outside, shortened only under a seal."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from db import clock
from db import journal as book
from db.engine import Database
from db.journal import JournalRow
from db.models import Attachment
from db.rules.permissions import Actor
from db.rules.problems import NotThere, Refused
from db.services import journal, office, people
from db.services.journal.anchors import FILE
from tests.factories import NOW, SYSTEM, Office, a_case


def tampered(database: Database, statement: str) -> None:
    """Do what somebody with the file or the database's password could do: take the triggers off, then write."""
    off = (
        ["DROP TRIGGER journal_no_update", "DROP TRIGGER journal_no_delete"]
        if database.is_sqlite
        else ["ALTER TABLE journal DISABLE TRIGGER ALL"]
    )
    with database.maintenance() as connection:
        for each in (*off, statement):
            connection.execute(text(each))


def noted(database: Database, count: int = 1) -> None:
    for number in range(count):
        with database.transaction(SYSTEM) as session:
            book.note(session, "look", tbl="case_file", pk=number)


def last_seq(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.max(JournalRow.seq))) or 0


ACTS: dict[str, Callable[[Actor], object]] = {
    "entries": lambda a: journal.entries(a),
    "verify": lambda a: journal.verify(a),
    "writers": lambda a: journal.writers(a),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("person", ["admin", "director", "clerk"])
def test_only_the_auditor_reads_it(act: str, person: str, office: Office) -> None:
    with pytest.raises(Refused):
        ACTS[act](office.people[person])


def test_a_refusal_is_in_it(office: Office) -> None:
    with pytest.raises(Refused):
        people.people(office.clerk)
    row = journal.entries(office.auditor).rows.iloc[0]
    assert (row["event"], row["actor"], row["tbl"]) == ("refused", office.clerk.name, "people.people")
    assert row["at"] == NOW


def test_pages_follow_one_another_without_gap_or_repeat(database: Database, office: Office) -> None:
    seen: list[int] = []
    page = journal.entries(office.auditor)
    while True:
        seen += list(page.rows["seq"])
        assert len(page.rows) <= journal.PAGE
        if page.older is None:
            break
        page = journal.entries(office.auditor, before=page.older)
    assert seen == sorted(set(seen), reverse=True)
    with database.reading() as session:
        assert len(seen) == session.scalar(select(func.count()).select_from(JournalRow))


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        ({"event": "look"}, lambda rows: set(rows["event"]) == {"look"}),
        ({"table": "unit"}, lambda rows: set(rows["tbl"]) == {"unit"}),
        ({"case_id": 1}, lambda rows: set(rows["case_id"]) == {1}),
        ({"since": date(2026, 11, 20)}, lambda rows: set(rows["event"]) == {"look"}),
        ({"until": date(2026, 11, 18)}, lambda rows: rows.empty),
        ({"person_id": "clerk"}, lambda rows: set(rows["actor"]) == {"陈接访"}),
    ],
)
def test_filters_keep_what_fits(
    wanted: dict[str, object], holds: Callable[[object], bool], database: Database, office: Office
) -> None:
    with clock.at(NOW + timedelta(days=1)), database.transaction(office.clerk) as session:
        book.note(session, "look", case_id=1)
    wanted = {k: office.clerk.id if v == "clerk" else v for k, v in wanted.items()}
    assert holds(journal.entries(office.auditor, **wanted).rows)  # type: ignore[arg-type]


def test_a_days_filter_counts_days_of_the_office_not_of_utc(database: Database, office: Office) -> None:
    with clock.at(NOW.replace(day=25, hour=0, minute=30)):
        noted(database)
    assert len(journal.entries(office.auditor, since=date(2026, 11, 25)).rows) == 1
    assert journal.entries(office.auditor, since=date(2026, 11, 26)).rows.empty


def test_what_residents_said_is_not_in_it(database: Database, office: Office) -> None:
    with database.transaction(office.clerk) as session:
        a_case(session, office, subject="绝密主题", text="绝密内容")
    rows = journal.entries(office.auditor, table="case_file").rows
    assert "digest:" in rows["detail"].iloc[0]
    assert "绝密" not in "".join(rows["detail"])


def test_a_sound_journal_verifies_with_progress_and_says_so(database: Database, office: Office) -> None:
    journal.anchor(database)
    told: list[tuple[int, int]] = []
    verdict = journal.verify(office.auditor, progress=lambda done, total: told.append((done, total)))
    assert (verdict.sound, verdict.anchors) == (True, 1)
    assert told[-1] == (verdict.rows, verdict.rows)
    assert journal.entries(office.auditor).rows["event"].iloc[0] == "journal_verified"


@pytest.mark.parametrize(
    ("statement", "row", "words"),
    [
        ("UPDATE journal SET actor = 'nobody' WHERE seq = 30", 30, "changed"),
        ("UPDATE journal SET after = NULL WHERE seq = 30", 30, "changed"),
        ("DELETE FROM journal WHERE seq = 30", 31, "missing"),
        ("DELETE FROM journal WHERE seq <= 30", 31, "without a seal"),
    ],
)
def test_tampering_below_the_app_is_found(statement: str, row: int, words: str, database: Database) -> None:
    tampered(database, statement)
    verdict = journal.verify_database(database)
    assert (verdict.sound, verdict.seq) == (False, row)
    assert words in verdict.why


def test_a_cut_tail_is_found_by_the_anchor(database: Database) -> None:
    head = journal.anchor(database)
    assert head is not None
    tampered(database, "DELETE FROM journal WHERE seq > (SELECT max(seq) FROM journal) - 5")
    verdict = journal.verify_database(database)
    assert (verdict.sound, verdict.seq) == (False, head.seq)


def test_a_rewritten_chain_is_found_by_the_anchor(database: Database) -> None:
    head = journal.anchor(database)
    assert head is not None
    tampered(database, "DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)")
    noted(database, 2)
    assert not journal.verify_database(database).sound


def test_anchors_are_written_twice_and_only_when_the_head_moved(database: Database, tmp_path: Path) -> None:
    second = tmp_path / "second"
    second.mkdir()
    database.settings = replace(database.settings, anchor_dir=str(second))
    journal.anchor(database)
    journal.anchor(database)
    noted(database)
    journal.anchor(database)
    for folder in (database.settings.folder, second):
        lines = (folder / FILE).read_text().splitlines()
        assert len(lines) == 2
        assert json.loads(lines[1])["seq"] == last_seq(database)


def test_an_anchor_that_can_not_be_written_is_told_and_the_other_is_kept(database: Database, tmp_path: Path) -> None:
    database.settings = replace(database.settings, anchor_dir=str(tmp_path / "gone"))
    with pytest.raises(OSError, match="gone"):
        journal.anchor(database)
    assert (database.settings.folder / FILE).exists()


def test_a_damaged_anchor_file_is_told(database: Database) -> None:
    journal.anchor(database)
    with (database.settings.folder / FILE).open("a") as file:
        file.write("not an anchor\n")
    assert "damaged" in journal.verify_database(database).why


def test_old_rows_go_under_a_seal_and_the_rest_still_verifies(database: Database, office: Office) -> None:
    before = last_seq(database)
    journal.anchor(database)
    with clock.at(NOW + timedelta(days=40 * 31)):
        noted(database, 3)
        assert journal.purge(database) == before
        assert journal.purge(database) == 0
        rows = journal.entries(office.auditor).rows
        assert list(rows["event"]) == ["journal_purged", "look", "look", "look"]
    verdict = journal.verify_database(database)
    assert verdict.sound, verdict
    tampered(database, "DELETE FROM journal WHERE event = 'look'")
    assert not journal.verify_database(database).sound


def test_six_months_are_kept_whatever_the_setting_says(database: Database) -> None:
    database.settings = replace(database.settings, journal_months=0)
    with clock.at(NOW + timedelta(days=180)):
        assert journal.purge(database) == 0
    with clock.at(NOW + timedelta(days=190)):
        assert journal.purge(database) > 0


@pytest.mark.parametrize("statement", ["UPDATE journal SET actor = 'x'", "DELETE FROM journal"])
def test_through_the_app_nothing_is_changed_or_deleted(statement: str, database: Database) -> None:
    before = last_seq(database)
    with pytest.raises(Exception, match="append-only"), database.transaction(SYSTEM) as session:
        session.execute(text(statement))
    assert last_seq(database) == before


def test_looks_within_ten_minutes_count_once(database: Database, office: Office) -> None:
    with database.transaction(office.clerk) as session:
        case_id = a_case(session, office).id
    for minutes, what in ((0, "look"), (3, "look"), (9, "look"), (9, "unmask"), (11, "look")):
        with clock.at(NOW + timedelta(minutes=minutes)):
            journal.note_look(office.handler, case_id=case_id, what=what)
    journal.note_look(office.clerk, case_id=case_id, what="look")
    rows = journal.entries(office.auditor, case_id=case_id).rows
    looks = rows[rows["event"].isin(["look", "unmask"])]
    assert list(zip(looks["actor"], looks["event"], strict=True)) == [
        (office.clerk.name, "look"),
        (office.handler.name, "look"),
        (office.handler.name, "unmask"),
        (office.handler.name, "look"),
    ]


def test_a_look_costs_no_write_when_it_is_known(database: Database, office: Office) -> None:
    with database.transaction(office.clerk) as session:
        case_id = a_case(session, office).id
    journal.note_look(office.clerk, case_id=case_id, what="look")
    before = last_seq(database)
    journal.note_look(office.clerk, case_id=case_id, what="look")
    assert last_seq(database) == before


def test_the_case_tells_who_has_seen_it_to_those_who_may_see_it(database: Database, office: Office) -> None:
    with database.transaction(office.clerk) as session:
        case_id = a_case(session, office).id
    journal.note_look(office.director, case_id=case_id, what="unmask")
    for who in (office.clerk, office.director):
        told = journal.who_has_seen(who, case_id=case_id)
        assert told is not None
        seen = told.rows[["person", "roles", "event", "times"]]
        assert seen.values.tolist() == [[office.director.name, ("director",), "unmask", 1]]
    assert journal.who_has_seen(office.leader, case_id=case_id) is None
    with pytest.raises(NotThere):
        journal.who_has_seen(office.outsider, case_id=case_id)
    with pytest.raises(Refused):
        journal.who_has_seen(office.admin, case_id=case_id)


def test_the_list_of_looks_goes_back_page_by_page_and_says_which_file(database: Database, office: Office) -> None:
    with database.transaction(office.clerk) as session:
        case_id = a_case(session, office).id
        file = Attachment(
            case_id=case_id,
            stored_name="x",
            name="照片.jpg",
            media_type="image/jpeg",
            size=1,
            sha256="",
            uploaded_by_id=office.clerk.id,
            uploaded_at=NOW,
        )
        session.add(file)
        session.flush()
        file_id = file.id
    for hour in range(45):
        with clock.at(NOW + timedelta(hours=hour)):
            journal.note_look(office.director, case_id=case_id, what="look")
            if hour < 2:
                for _ in range(3):
                    with database.transaction(office.handler) as session:
                        detail: dict[str, object] = {"attachment": file_id}
                        book.note(session, "download", tbl="attachment", pk=file_id, case_id=case_id, detail=detail)
    pages, before = [], None
    while True:
        told = journal.who_has_seen(office.clerk, case_id=case_id, before=before)
        assert told is not None
        pages.append(told.rows)
        if (before := told.older) is None:
            break
    assert [len(page) for page in pages] == [20, 20, 7]
    files = pages[-1][pages[-1]["event"] == "download"]
    assert files[["person", "what", "times"]].values.tolist() == [[office.handler.name, "照片.jpg", 3]] * 2


def test_the_limit_of_looks_is_the_offices_own(database: Database) -> None:
    with database.reading() as session:
        assert office.limits_in_force(session, NOW.date())["coalesce_looks"].amount == 10
