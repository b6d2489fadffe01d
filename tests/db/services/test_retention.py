"""Records whose time is over: listed, approved by another, emptied whole, gone from every place."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.pool import NullPool

from db.base import Base
from db.engine import Database
from db.identity import decrypt, encrypt
from db.models import (
    Attachment,
    Case,
    CaseEntry,
    CaseLikely,
    CaseParty,
    CaseWords,
    Dispute,
    DisputeParty,
    Draft,
    DutyHandover,
    DutyPost,
    DutyShift,
    Export,
    Meeting,
    MeetingEdit,
    MeetingKind,
    MeetingMinutes,
    MeetingTopic,
    RetentionItem,
    SavedList,
    UndoableAct,
)
from db.rules.files import FOLDER
from db.rules.intake import Intake, Party
from db.rules.problems import NotThere, Problems, Refused
from db.rules.retention import CLASSES, RecordClass, check_rule, kept_until, lasts_until
from db.services import cases, files, intake, retention
from db.services.cases import Choice, Tab
from db.services.retention import erasing, grounds, running, traces
from tests import postgres
from tests.db.services.stages import key
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office, a_case, a_dispute, a_duty

TODAY = NOW.date()
OLD = date(2014, 5, 6)
WORDS = "墙根渗水无人理会"
# More pieces of its log than the server of the tests has put by to fill anew.
AHEAD = 20
NAME, CONTACT = "欧阳渗水", "13900001234"


def old_case(database: Database, office: Office, **changes: object) -> int:
    """A closed request whose ten years are over, with everything a case may say of a person."""
    about = Intake(parties=(Party(name=NAME, contact=CONTACT),), category="construction", notice_shown=True,
                   subject=WORDS, text=WORDS, channel="visit", place=WORDS)  # fmt: skip
    upload = files.Upload("渗水.txt", WORDS.encode())
    done = intake.register(office.clerk, intake=about, key=key(), files=[upload])
    with database.transaction(SYSTEM) as session:
        case = session.get_one(Case, done.case_id)
        case.state, case.open, case.closed_on, case.answer = "archived", False, OLD, WORDS
        for field, value in changes.items():
            setattr(case, field, value)
        session.add(CaseEntry(case_id=case.id, at=NOW, step="note", text=WORDS, detail=json.dumps({"a": WORDS})))
        other = a_case(session, office, number=f"X-{case.id}", running=900_000 + case.id)
        session.add(CaseLikely(case_id=case.id, other_id=other.id, why="{}", score=1.0, found_at=NOW))
        acts = json.dumps({str(case.id): {"text": WORDS}, str(other.id): {"text": "x"}}, ensure_ascii=False)
        session.add(UndoableAct(person_id=office.clerk.id, at=NOW, kind="bulk", count=2, rows=acts))
        hidden = encrypt(database, "draft.content", WORDS) or b""
        session.add(Draft(person_id=office.clerk.id, form=f"case.amend:{case.id}", key=key(), content=hidden,
                          subject="", saved_at=NOW))  # fmt: skip
        session.add(Export(token_hash=key(), person_id=office.clerk.id, kind="cases", choice=hidden.hex(), plain=True,
                           created_at=NOW, expires_at=NOW))  # fmt: skip
    return done.case_id


def listed(office: Office, record_class: str = RecordClass.REQUESTS) -> int:
    """A list the leader proposed."""
    return retention.propose(office.leader, record_class=record_class, key=key())


def approved(office: Office, review_id: int) -> None:
    """The director approves what the leader proposed."""
    retention.approve(office.director, review_id=review_id, version=told(office, review_id)["version"], key=key())


def told(office: Office, review_id: int) -> dict[str, Any]:
    """A line of the protocol."""
    rows: list[dict[str, Any]] = retention.protocol(office.director).rows.to_dict("records")  # type: ignore[assignment]
    return next(row for row in rows if row["id"] == review_id)


def places(database: Database) -> Iterator[tuple[str, bytes]]:
    """Everything on the disk but the keys."""
    for path in Path(database.settings.folder).rglob("*"):
        if path.is_file() and path.name != "secrets.json":
            yield path.name, path.read_bytes()


def test_what_is_approved_leaves_every_place_and_figures_stay(database: Database, office: Office) -> None:
    case_id = old_case(database, office)
    young = old_case(database, office, closed_on=TODAY)
    with database.reading() as session:
        (stored,) = session.scalars(select(Attachment.stored_name).where(Attachment.case_id == case_id))
        before = {c: getattr(session.get_one(Case, case_id), c) for c in ("number", "category", "closed_on", "state")}
    assert retention.schedule(office.leader).set_index("record_class").loc["cases_request", "due"] == 1
    review_id = listed(office)
    rows = retention.items(office.director, review_id=review_id).rows
    assert list(rows["record_id"]) == [case_id]
    approved(office, review_id)
    steps: list[tuple[int, int]] = []
    assert retention.carry_out(office.director, review_id=review_id, progress=lambda *one: steps.append(one)) == 1
    assert steps == [(1, 1)]
    with database.reading() as session:
        case = session.get_one(Case, case_id)
        party = session.scalars(select(CaseParty).where(CaseParty.case_id == case_id)).one()
        assert {c: getattr(case, c) for c in before} == before
        assert (case.subject, case.text, case.answer, case.place, party.name, party.name_mask) == (
            "—",
            "",
            "",
            "",
            None,
            "",
        )
        assert party.contact_key == party.name_key == party.tail_key == ""
        assert decrypt(database, "case_file.query_code", case.query_code)
        assert session.get(CaseWords, case_id) is None
        assert list(session.scalars(select(CaseLikely.case_id))) == [young]
        assert list(session.scalars(select(Draft.form))) == [f"case.amend:{young}"]
        assert not session.scalars(select(Export)).all()
        acts = [json.loads(act.rows) for act in session.scalars(select(UndoableAct))]
        assert [str(case_id) in rows for rows in acts] == [False, False]
        assert session.get_one(Case, young).text == WORDS, "its time is not over"
    assert not (database.settings.folder / FOLDER / stored).exists()
    line = told(office, review_id)
    assert (line["state"], line["done"], line["proposed_by"], line["approved_by"]) == ("done", 1, "林带班", "周主任")
    assert line["backups_until"] == lasts_until(TODAY, database.settings.backups_monthly, "months")
    assert cases.register(office.director, choice=Choice(tab=Tab.ALL, text=str(before["number"]))).rows.empty
    assert cases.view(office.director, case_id=case_id).fields["subject"] == "—"
    with pytest.raises(Problems, match="Nothing of this class is due"):
        listed(office)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_not_a_byte_is_left_on_the_disk(database: Database, office: Office) -> None:
    old_case(database, office)
    assert any(WORDS.encode() in content for _, content in places(database))
    review_id = listed(office)
    approved(office, review_id)
    retention.carry_out(office.director, review_id=review_id)
    pairs = [WORDS[:2], "渗水"]
    with database.reading() as session:
        for piece in pairs:
            found = session.scalar(
                text("SELECT count(*) FROM case_search WHERE case_search MATCH :q"), {"q": f'"{piece}"'}
            )
            assert found == 0
    left = [name for name, content in places(database) if WORDS.encode() in content or CONTACT.encode() in content]
    assert left == []
    (log,) = [content for name, content in places(database) if name == "linli.db-wal"]
    assert log == b"", "the log of writes is emptied"


@pytest.mark.parametrize("engine_name", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_not_a_byte_is_left_in_the_server_s_files(database: Database, office: Office) -> None:
    """Tables, their long values, indexes and what the planner remembers; then the log, once it is let go."""
    unique = f"井盖{key()[:6]}"
    old_case(database, office, text=unique * 3000, subject=unique)
    old_case(database, office, text="另一件", closed_on=TODAY)
    keeper = create_engine(postgres.keepers(database.settings.url), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with closing(keeper.connect()) as server:

        def left(folder: str) -> list[str]:
            server.execute(text("CHECKPOINT"))
            at = Path(server.scalar(text("SHOW data_directory"))) / folder
            return [str(file) for file in at.rglob("*") if file.is_file() and unique.encode() in file.read_bytes()]

        server.execute(text("ANALYZE"))
        assert left("base"), "the search finds what is there"
        assert left("pg_wal")
        review_id = listed(office)
        approved(office, review_id)
        retention.carry_out(office.director, review_id=review_id)
        assert left("base") == left("global") == []
        # What docs/data.md says of the log: it goes as it is filled anew, at once where it is not used again.
        server.execute(text("ALTER SYSTEM SET wal_recycle = off"))
        server.execute(text("SELECT pg_reload_conf()"))
        try:
            for _ in range(AHEAD):
                server.execute(text("SELECT pg_switch_wal()"))
                if not left("pg_wal"):
                    break
            assert left("pg_wal") == []
        finally:
            server.execute(text("ALTER SYSTEM RESET wal_recycle"))
            server.execute(text("SELECT pg_reload_conf()"))


def test_traces_are_owed_until_they_are_gone(
    database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    old_case(database, office)
    review_id = listed(office)
    approved(office, review_id)
    with monkeypatch.context() as kept_waiting:
        kept_waiting.setattr(running, "leave_no_trace", lambda *_: False)
        assert retention.carry_out(office.director, review_id=review_id) == 0
    assert told(office, review_id)["state"] == "approved", "a list is not over while a trace is left"
    traces.owe(database)
    assert retention.resume(database) == 1
    assert told(office, review_id)["state"] == "done"
    assert not (database.settings.folder / traces.OWED).exists()


def test_killed_in_the_middle_nothing_is_half_and_it_goes_on(
    database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 2)
    ids = [old_case(database, office) for _ in range(5)]
    review_id = listed(office)
    approved(office, review_id)
    usual, calls = erasing._drop_drafts, []

    def stop(*args: object) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        usual(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(erasing, "_drop_drafts", stop)
    with pytest.raises(KeyboardInterrupt):
        retention.carry_out(office.director, review_id=review_id)
    with database.reading() as session:
        texts = dict(session.execute(select(Case.id, Case.text).where(Case.id.in_(ids))).all())
        names = dict(session.execute(select(CaseParty.case_id, CaseParty.name)).all())
        done = set(session.scalars(select(RetentionItem.record_id).where(RetentionItem.state == "done")))
    assert len(done) == 2
    assert {one for one in ids if not texts[one]} == {one for one in ids if names[one] is None} == done
    monkeypatch.setattr(erasing, "_drop_drafts", usual)
    assert retention.resume(database) == 5
    assert told(office, review_id)["state"] == "done"
    with database.reading() as session:
        assert {session.get_one(Case, one).text for one in ids} == {""}
        assert not list((database.settings.folder / FOLDER).iterdir())
    assert retention.resume(database) == 0


def test_a_record_is_held_with_a_reason_until_released(database: Database, office: Office) -> None:
    held, goes = old_case(database, office), old_case(database, office)
    review_id = listed(office)
    rows = retention.items(office.director, review_id=review_id).rows
    item = [int(one) for one in rows.loc[rows["record_id"] == held, "id"]]
    for ids, reason in (([], "x"), (item, " ")):
        with nothing_changes(database), pytest.raises(Problems):
            retention.keep(office.director, review_id=review_id, item_ids=ids, reason=reason, key=key())
    retention.keep(office.director, review_id=review_id, item_ids=item, reason="诉讼中", key=key())
    approved(office, review_id)
    assert retention.carry_out(office.director, review_id=review_id) == 1
    with database.reading() as session:
        assert (session.get_one(Case, held).text, session.get_one(Case, goes).text) == (WORDS, "")
    with pytest.raises(Problems):
        listed(office)
    (hold,) = retention.holds(office.leader).to_dict("records")
    assert (hold["reason"], hold["held_by"]) == ("诉讼中", "周主任")
    retention.release(office.director, hold_id=hold["id"], version=hold["version"], key=key())
    assert retention.items(office.leader, review_id=listed(office)).rows["record_id"].tolist() == [held]


def test_two_people_and_only_they(database: Database, office: Office) -> None:
    old_case(database, office)
    own = retention.propose(office.director, record_class="cases_request", key=key())
    with nothing_changes(database), pytest.raises(Problems, match="Somebody else approves"):
        approved(office, own)
    with pytest.raises(Problems, match="open already"):
        listed(office)
    retention.drop(office.leader, review_id=own, version=told(office, own)["version"], key=key())
    review_id = listed(office)
    with pytest.raises(Refused):
        retention.approve(office.leader, review_id=review_id, version=1, key=key())
    assert retention.carry_out(office.director, review_id=review_id) == 0, "nobody approved it"
    assert told(office, review_id)["state"] == "proposed"
    with pytest.raises(NotThere):
        retention.keep(office.director, review_id=own, item_ids=[1], reason="x", key=key())
    for who in ("clerk", "admin", "viewer", "handler", "auditor"):
        with pytest.raises(Refused):
            retention.schedule(office.people[who])


def test_rows_that_are_no_records_go_in_batches(
    database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 2)
    long_ago = NOW - timedelta(days=2000)
    with database.transaction(SYSTEM) as session:
        for n in range(5):
            session.add(Draft(person_id=office.clerk.id, form=f"x{n}", key=key(), content=b"x", saved_at=long_ago))
        session.add(Draft(person_id=office.clerk.id, form="y", key=key(), content=b"x", saved_at=NOW))
        duty = a_duty(session, office)
        shift = session.scalars(select(DutyShift.id).where(DutyShift.duty_id == duty.id)).first()
        post = session.scalars(select(DutyPost.id).where(DutyPost.duty_id == duty.id)).first()
        session.add(DutyHandover(post_id=post, shift_id=shift, text=WORDS, on_day=long_ago.date(), written_at=long_ago,
                                 written_by_id=office.clerk.id))  # fmt: skip
    for record_class, total in (("drafts", 5), ("duty", 1)):
        review_id = listed(office, record_class)
        approved(office, review_id)
        assert retention.carry_out(office.director, review_id=review_id) == total
        assert (told(office, review_id)["done"], told(office, review_id)["total"]) == (total, total)
    with database.reading() as session:
        assert session.scalars(select(Draft.form)).all() == ["y"]
        assert session.scalars(select(DutyHandover.text)).all() == [""]


def test_disputes_and_gone_cases_are_emptied_too(database: Database, office: Office) -> None:
    gone = old_case(database, office, gone="binned", gone_at=NOW - timedelta(days=800), closed_on=None)
    with database.transaction(SYSTEM) as session:
        dispute = a_dispute(session, office, open=False, state="archived", ended_on=date(1990, 1, 1), amount=1200)
        dispute_id = dispute.id
    for record_class in ("cases_gone", "disputes"):
        review_id = listed(office, record_class)
        approved(office, review_id)
        assert retention.carry_out(office.director, review_id=review_id) == 1
    with database.reading() as session:
        one = select(Case.text).where(Case.id == gone).execution_options(with_gone=True)
        assert session.scalar(one) == ""
        left = session.get_one(Dispute, dispute_id)
        assert (left.facts, left.subject, left.amount) == ("", "—", 1200)
        assert set(session.scalars(select(DisputeParty.name_mask))) == {""}


def test_what_was_written_about_a_record_elsewhere_goes_and_what_was_issued_is_named(
    database: Database, office: Office
) -> None:
    case_id = old_case(database, office)
    with database.transaction(SYSTEM) as session:
        number = session.get_one(Case, case_id).number
        kind = session.scalars(select(MeetingKind.id)).first()
        for about, title in ((case_id, f"{NAME}协调会"), (None, "例会")):
            meeting = Meeting(kind_id=kind, title=title, case_id=about, planned_for=NOW, since=TODAY, until=TODAY)
            session.add(meeting)
            session.flush()
            session.add(MeetingTopic(meeting_id=meeting.id, position=1, code="own", title=title, note=title))
            session.add(MeetingEdit(meeting_id=meeting.id, at=NOW, topic="t", record="case_file", field="subject",
                                    record_id=about or 0, before=title, after=title))  # fmt: skip
        document = json.dumps({"lines": [number]})
        session.add(MeetingMinutes(meeting_id=meeting.id, edition=1, document=document, closed_at=NOW))
        for asked in (NAME, number, f"{CONTACT} 窗口", "施工"):
            query = urlencode({"q": asked, "tab": "all"})
            session.add(SavedList(owner_id=office.clerk.id, name="x", screen="cases", query=query, saved_at=NOW))
    review_id = listed(office)
    (paper,) = retention.quoted(office.director, review_id=review_id).to_dict("records")
    assert (paper["root"], paper["number"]) == ("meeting_minutes", number)
    approved(office, review_id)
    retention.carry_out(office.director, review_id=review_id)
    with database.reading() as session:
        for column in (Meeting.title, MeetingTopic.title, MeetingTopic.note, MeetingEdit.before, MeetingEdit.after):
            assert set(session.scalars(select(column))) == {"", "例会"}, column
        assert session.scalars(select(MeetingMinutes.document)).one() == document, "archive material (Art. 72)"
        asked_for = [
            dict(parse_qsl(query)) for query in session.scalars(select(SavedList.query).order_by(SavedList.id))
        ]
    assert asked_for == [{"tab": "all"}, {"tab": "all"}, {"tab": "all"}, {"q": "施工", "tab": "all"}]
    assert retention.quoted(office.director, review_id=review_id)["number"].tolist() == [number]
    with pytest.raises(Refused):
        retention.quoted(office.clerk, review_id=review_id)


# table that names a case or dispute: why nothing of it has to be emptied with the record
LEFT = {
    "case_access": "who of the office may see it",
    "case_link": "which cases belong together",
    "dispute": "a record of its own, with its own period",
}


def test_no_table_that_names_a_record_is_forgotten() -> None:
    for root in grounds.ROOTS.values():
        parts = {part.table.name for part in root.parts}
        names = {t.name for t in Base.metadata.sorted_tables for c in t.columns for f in c.foreign_keys
                 if f.column.table is root.table} - {root.name}  # fmt: skip
        assert names - parts - set(LEFT) == set(), root.name
    assert set(grounds.RECORDS) | set(grounds.BULKS) == set(RecordClass) == set(CLASSES)


@pytest.mark.parametrize(
    ("amount", "unit", "until"),
    [(10, "years", date(2016, 11, 19)), (9, "months", date(2026, 2, 19)), (90, "days", date(2026, 8, 21))],
)
def test_the_last_day_that_is_due(amount: int, unit: str, until: date) -> None:
    assert kept_until(TODAY, amount, unit) == until
    assert lasts_until(until, amount, unit) == TODAY
    assert kept_until(date(2024, 2, 29), 1, "years") == date(2023, 2, 28)


def test_a_period_says_what_it_rests_on(database: Database, office: Office) -> None:
    frame = retention.schedule(office.director)
    assert set(frame["record_class"]) == set(RecordClass)
    (row,) = frame[frame["record_class"] == "drafts"].to_dict("records")
    rows = {row["id"]: (row["version"], {"amount": 3, "source": "主任办公会2026-11-01"})}
    assert retention.edit_rules(office.director, rows=rows, key=key()).saved == (row["id"],)
    bad = {row["id"]: (row["version"] + 1, {"source": " ", "amount": 0})}
    (problems,) = retention.edit_rules(office.director, rows=bad, key=key()).rejected.values()
    assert {p.field for p in problems.problems} == {"source", "amount"}
    with pytest.raises(Problems):
        check_rule(record_class="no", amount=1, unit="weeks", counted_from="x", source="y")
    with pytest.raises(Refused):
        retention.edit_rules(office.leader, rows=rows, key=key())
