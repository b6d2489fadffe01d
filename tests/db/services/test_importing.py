"""Bringing in matters of another system, on both engines."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from db import clock, engine, migrations
from db.engine import Database
from db.identity import decrypt
from db.journal import JournalRow
from db.models import Case, CaseEntry, CaseLink, CaseParty
from db.rules.problems import Problems
from db.services import cases
from db.services.importing import command, matters
from db.services.records import fill
from tests.factories import NOW, SYSTEM, Office, settings_for

DATA = Path(__file__).parents[4] / "shared" / "data"
HEADER = "留言编号,留言用户,留言主题,留言时间,留言详情,一级标签\n"
ROWS = [
    "101,A00074011,路灯不亮,2019/1/7 4:10:00,幸福路的路灯坏了半个月没有人来修,城乡建设",
    "102,A00074012,河水发黑,2019-01-08,村口的河水发黑有气味已经一个月,环境保护",
    "102,A00074012,河水发黑,2019-01-08,村口的河水发黑有气味已经一个月,环境保护",
    "103,A00074013,路灯坏了,43474,幸福路的路灯坏了半个月没有人来修,城乡建设",
    "104,A00074014,,不详,学校门口的斑马线看不清了。请重画。,星际航行",
    ",,,,工地拖欠我们五个人的工钱已经三个月了,劳动和社会保障",
    "105,A00074015,,2019/1/9,,交通运输",
]
COUNTS = {"read": 7, "added": 5, "updated": 0, "skipped_duplicate": 1, "rejected": 1, "likely_repeat": 1, "warnings": 6}

sqlite_only = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def a_file(folder: Path, *rows: str, name: str = "in.csv") -> Path:
    """A small file of another system."""
    path = folder / name
    path.write_text(HEADER + "\n".join(rows or ROWS) + "\n", encoding="utf-8-sig")
    return path


def stored(database: Database) -> dict[str, Case]:
    """The cases by the sender's number."""
    with database.reading() as session:
        return {str(case.source_number): case for case in session.scalars(select(Case))}


def test_rows_come_in_with_their_own_dates_and_the_report_adds_up(
    database: Database, office: Office, tmp_path: Path
) -> None:
    steps: list[tuple[int, int]] = []
    report = command.run(database, a_file(tmp_path), progress=lambda done, total: steps.append((done, total)))
    assert report.counts == COUNTS
    assert steps[-1] == (7, 7)
    assert [(n.row, str(n)) for n in report.rejected] == [(8, "Nothing stands in subject and text.")]
    assert [(n.row, n.values["first"]) for n in report.repeats] == [(5, "101")]
    assert json.loads(json.dumps(report.as_dict()))["counts"] == COUNTS
    found = stored(database)
    first = found["101"]
    assert first.received_at.astimezone(NOW.tzinfo).isoformat() == "2019-01-07T04:10:00+08:00"
    assert (first.channel, first.source) == ("online", "other_unit")
    assert (first.category, first.grade) == ("construction", "general")
    assert (first.registered_by_id, first.anonymous) == (None, False)
    assert (found["104"].subject, found["104"].category) == ("学校门口的斑马线看不清了", "other")
    assert found["104"].received_at == NOW
    assert next(case for number, case in found.items() if number.startswith("text-")).anonymous
    assert cases.view(office.clerk, case_id=first.id).fields["number"] == first.number


def test_old_matters_have_their_time_from_the_day_they_came(database: Database, tmp_path: Path) -> None:
    command.run(database, a_file(tmp_path))
    case = stored(database)["101"]
    assert case.promise_due_on == NOW.date() + timedelta(days=7)
    assert case.statute_due_on == NOW.date() + timedelta(days=15)


def test_the_user_code_is_kept_like_a_name(database: Database, tmp_path: Path) -> None:
    command.run(database, a_file(tmp_path))
    with database.reading() as session:
        party = session.scalars(select(CaseParty).order_by(CaseParty.id)).first()
    assert party is not None
    assert (party.name_mask, party.contact_mask) == ("A***", "A00****11")
    assert decrypt(database, "case_party.contact", party.contact) == "A00074011"
    assert b"A00074011" not in (party.name or b"")


def test_a_dry_run_reports_the_same_and_writes_nothing(database: Database, tmp_path: Path) -> None:
    tables = ("case_file", "case_entry", "submission", "running_number", "journal")

    def sizes() -> list[int]:
        with database.reading() as session:
            return [session.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in tables]  # noqa: S608

    before, dry = sizes(), command.run(database, a_file(tmp_path), dry=True)
    assert sizes() == before
    report = command.run(database, a_file(tmp_path))
    assert (dry.counts, dry.as_dict()["rejected"]) == (report.counts, report.as_dict()["rejected"])


def test_the_same_file_again_changes_nothing(database: Database, tmp_path: Path) -> None:
    command.run(database, a_file(tmp_path))
    before = {number: case.version for number, case in stored(database).items()}
    again = command.run(database, a_file(tmp_path))
    assert (again.counts["added"], again.counts["updated"], again.counts["skipped_duplicate"]) == (0, 0, 6)
    assert {number: case.version for number, case in stored(database).items()} == before


def test_new_words_under_a_known_number_are_an_amendment(database: Database, tmp_path: Path) -> None:
    command.run(database, a_file(tmp_path))
    longer = "101,A00074011,路灯不亮,2019/1/7,幸福路的路灯坏了半个月没有人来修。昨晚有人摔倒。,城乡建设"
    report = command.run(database, a_file(tmp_path, longer))
    assert (report.counts["updated"], report.counts["added"]) == (1, 0)
    case = stored(database)["101"]
    assert case.text.endswith("昨晚有人摔倒。")
    with database.reading() as session:
        entries = select(CaseEntry).where(CaseEntry.case_id == case.id).order_by(CaseEntry.id.desc())
        entry = session.scalars(entries).first()
    assert entry is not None
    assert (entry.step, entry.person_id) == ("amend", None)
    assert json.loads(entry.detail)["before"]["text"].endswith("没有人来修")
    assert command.run(database, a_file(tmp_path)).counts["updated"] == 0


def test_what_the_office_corrected_stays(database: Database, office: Office, tmp_path: Path) -> None:
    command.run(database, a_file(tmp_path))
    case = stored(database)["102"]
    cases.amend(office.leader, case_id=case.id, version=case.version, values={"text": "河水发黑，已核实"}, key="amend")
    assert command.run(database, a_file(tmp_path)).counts["updated"] == 0
    assert stored(database)["102"].text == "河水发黑，已核实"


@sqlite_only
def test_a_sealed_number_is_refused_in_the_same_words_as_a_binned_one(database: Database, tmp_path: Path) -> None:
    command.run(database, a_file(tmp_path))
    with database.transaction(SYSTEM) as session:
        for number, changes in (("101", {"sealed": True}), ("102", {"gone": "binned"})):
            fill(session.scalars(select(Case).where(Case.source_number == number)).one(), changes)
    told = [row.replace("的", "边的") for row in ROWS[:2]]
    rejected = command.run(database, a_file(tmp_path, *told, name="again.csv")).rejected
    assert [note.row for note in rejected] == [2, 3]
    assert len({str(note) for note in rejected}) == 1


def test_the_same_text_under_another_number_is_linked(database: Database, tmp_path: Path) -> None:
    command.run(database, a_file(tmp_path))
    found = stored(database)
    with database.reading() as session:
        links = [(row.case_id, row.other_id, row.kind) for row in session.scalars(select(CaseLink))]
    assert links == [(found["103"].id, found["101"].id, "repeat")]


def test_a_stop_in_the_middle_loses_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matters, "CHUNK", 2)

    def stop(done: int, _total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        command.run(database, a_file(tmp_path), progress=stop)
    assert sorted(stored(database)) == ["101", "102", "103"]
    report = command.run(database, a_file(tmp_path))
    assert (report.counts["added"], report.counts["skipped_duplicate"]) == (2, 4)
    assert len(stored(database)) == 5


@sqlite_only
def test_a_row_the_database_refuses_costs_nothing_but_itself(database: Database, tmp_path: Path) -> None:
    with database.maintenance() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER no_102 BEFORE INSERT ON case_file WHEN NEW.source_number = '102'"
            " BEGIN SELECT raise(ABORT, 'not this one'); END"
        )
    report = command.run(database, a_file(tmp_path))
    told = {**COUNTS, "added": COUNTS["added"] - 1, "rejected": COUNTS["rejected"] + 1}
    assert report.counts == told
    assert (3, "The database can't keep this row.") in [(n.row, str(n)) for n in report.rejected]
    assert set(stored(database)) >= {"101", "103", "104"}
    assert "102" not in stored(database)


def test_the_journal_names_the_import(database: Database, tmp_path: Path) -> None:
    command.run(database, a_file(tmp_path))
    with database.reading() as session:
        writers = session.scalars(select(JournalRow.actor).where(JournalRow.tbl == "case_file").distinct()).all()
    assert writers == ["import"]


def test_a_file_of_another_kind_is_refused(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "in.pdf"
    path.write_bytes(b"%PDF")
    with pytest.raises(Problems, match=r"\.csv"):
        command.run(database, path)


def test_an_office_nobody_set_up_can_import(tmp_path: Path) -> None:
    database = engine.open_database(settings_for(tmp_path / "new"))
    try:
        migrations.upgrade(database)
        assert command.run(database, a_file(tmp_path), dry=True).counts == COUNTS
        assert command.run(database, a_file(tmp_path)).counts == COUNTS
    finally:
        database.close()
        engine._process.clear()


MIXED = {"read": 300, "added": 253, "updated": 15, "skipped_duplicate": 30, "rejected": 2, "likely_repeat": 15}


@pytest.mark.parametrize(
    ("engine_name", "name", "counts"),
    [
        ("sqlite", "complaints-sample.csv", {"read": 300, "added": 300}),
        ("sqlite", "import/a_gbk.csv", {"read": 200, "added": 200, "warnings": 42}),
        ("sqlite", "import/c_mixed.csv", MIXED),
        ("postgres", "import/c_mixed.csv", MIXED),
    ],
    indirect=["engine_name"],
)
def test_real_messages(database: Database, name: str, counts: dict[str, int]) -> None:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not beside the repository")
    report = command.run(database, path)
    told = report.counts
    assert {key: told[key] for key in counts} == counts
    assert told["read"] == told["added"] + told["updated"] + told["skipped_duplicate"] + told["rejected"]
    with clock.at(NOW + timedelta(days=1)):
        again = command.run(database, path).counts
    assert (again["added"], again["updated"]) == (0, 0)
    with database.reading() as session:
        overdue = session.scalar(select(func.count()).where(Case.next_due_on < NOW.date()))
    assert overdue == 0
