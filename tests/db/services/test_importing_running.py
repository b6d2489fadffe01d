"""Imports in the background: stopped, gone on with after a crash, taken back whole or as far as nobody worked on it."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from db.engine import Database
from db.models import Case, CaseEntry, CaseImportRow, CaseLink, CaseParty, CaseRecusal, CaseWords, Submission
from db.rules.permissions import Actor
from db.rules.problems import Problems, Refused
from db.services import cases, importing, intake
from db.services.importing import Chosen, command, filing, lists, matters, running
from tests.db.services.test_cases import an_intake
from tests.db.services.test_importing import HEADER, ROWS, a_file, sqlite_only, stored
from tests.factories import SYSTEM, Office

TABLES = (Case, CaseParty, CaseEntry, CaseWords, CaseLink, Submission)
CONTENT = (HEADER + "\n".join(ROWS) + "\n").encode()


def chosen_for(content: bytes, name: str = "in.csv") -> Chosen:
    """What the headings mean."""
    return importing.guess(importing.look_at(content, name))


def started(actor: Actor, content: bytes = CONTENT, key: str = "start") -> int:
    """An import begun in the background."""
    return importing.start(actor, source=content, name="in.csv", chosen=chosen_for(content), key=key)


def until(fine: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for what another thread does."""
    end = time.monotonic() + seconds
    while not fine():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def ended(actor: Actor, import_id: int) -> importing.State:
    """The state of an import that is over, its thread gone."""
    until(lambda: importing.state(actor, import_id=import_id).state not in ("waiting", "running"))
    for thread in list(running._at_work.values()):
        thread.join(20)
    return importing.state(actor, import_id=import_id)


def sizes(database: Database) -> list[int]:
    """How many rows the tables of a matter have."""
    with database.reading() as session:
        return [session.scalar(select(func.count()).select_from(model)) or 0 for model in TABLES]


def many(count: int) -> bytes:
    """A file of so many different matters."""
    rows = (
        f"{i},U{i},路灯{i}不亮,2019/1/7,第{i}条街的路灯坏了半个月没有人来修,城乡建设" for i in range(1000, 1000 + count)
    )
    return (HEADER + "\n".join(rows) + "\n").encode()


def test_an_import_runs_behind_the_clerk_and_is_taken_back_and_made_again(database: Database, office: Office) -> None:
    before = sizes(database)
    import_id = started(office.clerk)
    assert started(office.clerk) == import_id
    done = ended(office.clerk, import_id)
    assert (done.state, done.done, done.total, done.asked_by) == ("done", 7, 7, office.clerk.name)
    assert (done.counts["added"], done.counts["rejected"], done.counts["likely_repeat"]) == (5, 1, 1)
    assert not list((database.settings.folder / filing.FOLDER).iterdir())
    first = {number: (case.id, case.number) for number, case in stored(database).items()}
    listed = importing.rows(office.clerk, import_id=import_id).rows
    assert list(listed["verdict"]) == ["added", "added", "skipped_duplicate", "added", "added", "added", "rejected"]
    assert importing.rows(office.clerk, import_id=import_id, verdict="rejected").total == 1
    with database.transaction(SYSTEM) as session:
        aside = CaseRecusal(case_id=int(listed["case_id"].iloc[0]), person_id=office.clerk.id, reason="亲属")
        session.add(aside)
    numbers = importing.rows(office.clerk, import_id=import_id).rows["number"]
    assert (numbers.iloc[0], list(numbers[1:])) == ("", list(listed["number"][1:]))
    with database.transaction(SYSTEM) as session:
        session.delete(session.get_one(CaseRecusal, aside.id))
    assert importing.imports(office.clerk).rows["state"].tolist() == ["done"]
    with pytest.raises(Refused):
        importing.imports(office.handler)

    assert importing.why_not_taken_back(office.clerk, import_id=import_id).message == ""
    back = importing.take_back(office.clerk, import_id=import_id, key="back")
    assert (back.deleted, back.restored, back.stay) == (5, 0, 0)
    assert importing.take_back(office.clerk, import_id=import_id, key="back") == back
    assert importing.state(office.clerk, import_id=import_id).state == "taken_back"
    after = sizes(database)
    assert after[:-1] == before[:-1]

    again = ended(office.clerk, started(office.clerk, key="again"))
    assert again.counts == done.counts
    second = {number: (case.id, case.number) for number, case in stored(database).items()}
    assert not {one for one, _ in first.values()} & {one for one, _ in second.values()}
    assert not {one for _, one in first.values()} & {one for _, one in second.values()}


def test_what_was_changed_has_its_earlier_words_again(database: Database, office: Office, tmp_path: Path) -> None:
    command.run(database, a_file(tmp_path))
    was = stored(database)["101"]
    longer = "101,A00074011,路灯不亮,2019/1/7,幸福路的路灯坏了半个月没有人来修。昨晚有人摔倒。,城乡建设"
    new = "201,A00074019,井盖丢失,2019/1/9,中山路口的井盖丢了两天没有人管,城乡建设"
    command.run(database, a_file(tmp_path, longer, new, name="second.csv"))
    back = importing.take_back(office.leader, import_id=2, key="back")
    assert (back.deleted, back.restored) == (1, 1)
    now = stored(database)
    assert (now["101"].subject, now["101"].text) == (was.subject, was.text)
    assert "201" not in now
    again = command.run(database, a_file(tmp_path, longer, new, name="second.csv"))
    assert (again.counts["added"], again.counts["updated"]) == (1, 1)


@sqlite_only
def test_what_somebody_worked_on_stays_and_is_named(database: Database, office: Office, tmp_path: Path) -> None:
    command.run(database, a_file(tmp_path))
    one, other, third = (stored(database)[number] for number in ("101", "102", "104"))
    cases.amend(office.leader, case_id=one.id, version=one.version, values={"note": "去看过"}, key="amend")
    cases.link(office.leader, case_id=other.id, number=third.number, kind="related", key="link")
    against = importing.why_not_taken_back(office.clerk, import_id=1)
    assert (against.worked_on, against.untouched, set(against.numbers)) == (
        3,
        2,
        {one.number, other.number, third.number},
    )
    with database.transaction(SYSTEM) as session:
        session.add(CaseRecusal(case_id=one.id, person_id=office.deputy.id or 0, reason="亲属"))
    aside = importing.why_not_taken_back(office.deputy, import_id=1)
    assert (aside.worked_on, set(aside.numbers)) == (3, {other.number, third.number})
    with pytest.raises(Problems, match=one.number):
        importing.take_back(office.clerk, import_id=1, key="whole")
    assert len(stored(database)) == 5
    back = importing.take_back(office.clerk, import_id=1, untouched_only=True, key="rest")
    assert (back.deleted, back.stay) == (2, 3)
    assert sorted(stored(database)) == ["101", "102", "104"]
    report = command.run(database, a_file(tmp_path))
    assert (report.counts["added"], report.counts["skipped_duplicate"]) == (2, 4)
    fresh = intake.register(office.clerk, intake=an_intake(), key="by hand")
    assert fresh.case_id > max(case.id for case in stored(database).values() if case.id != fresh.case_id)


@sqlite_only
def test_an_import_is_stopped_and_gone_on_with(
    database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matters, "CHUNK", 3)
    monkeypatch.setattr(running, "BREATH", 0.3)
    content = many(12)
    import_id = started(office.clerk, content)
    until(lambda: importing.state(office.clerk, import_id=import_id).done >= 3)
    importing.stop(office.clerk, import_id=import_id)
    stopped = ended(office.clerk, import_id)
    assert stopped.state == "stopped"
    assert stopped.may_resume
    assert stopped.done == len(stored(database)) < 12
    monkeypatch.setattr(running, "BREATH", 0)
    importing.resume(office.clerk, import_id=import_id)
    assert ended(office.clerk, import_id).counts["added"] == len(stored(database)) == 12
    with pytest.raises(Problems, match="over"):
        importing.resume(office.clerk, import_id=import_id)


@sqlite_only
def test_a_server_that_died_in_the_middle_wrote_each_row_once_or_not_at_all(
    database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matters, "CHUNK", 3)
    content = many(8)
    import_id = running.begin(office.clerk, source=content, name="in.csv", chosen=chosen_for(content), key="k")

    def die(done: int, _total: int) -> None:
        if done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        running.work(office.clerk, import_id, die)
    broken = importing.state(office.clerk, import_id=import_id)
    assert (broken.state, broken.done, broken.may_resume) == ("failed", 6, True)
    assert broken.problem is not None
    importing.resume(office.clerk, import_id=import_id)
    done = ended(office.clerk, import_id)
    assert (done.state, done.done, done.counts["added"]) == ("done", 8, 8)
    assert len(stored(database)) == 8
    with database.reading() as session:
        rows = session.scalars(select(CaseImportRow.row).where(CaseImportRow.verdict == "added")).all()
    assert sorted(rows) == list(range(2, 10))


@sqlite_only
def test_a_look_for_pairs_that_broke_off_is_told_and_goes_on(
    database: Database, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "PAIRED", 2)

    def stop(done: int, _total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        command.run(database, a_file(tmp_path), pairing=stop)
    seen = importing.state(office.clerk, import_id=1)
    assert (seen.state, seen.looked, seen.unlooked, seen.is_looking) == ("done", 4, 1, False)
    told = "Likely duplicates were looked for among 4 new cases; 1 are left."
    warnings = lists.report_of(1).warnings
    assert [str(note) for note in warnings].count(told) == 1
    with pytest.raises(Refused):
        running.go_on_looking(office.handler, import_id=1)
    running.go_on_looking(office.clerk, import_id=1)
    seen = ended(office.clerk, 1)
    assert (seen.looked, seen.unlooked, seen.is_looking) == (5, 0, False)
    assert told not in [str(note) for note in lists.report_of(1).warnings]
    command.run(database, a_file(tmp_path), pairing=stop)
    assert importing.state(office.clerk, import_id=2).unlooked == 0


def test_a_file_that_is_gone_is_told(database: Database, office: Office) -> None:
    import_id = running.begin(office.clerk, source=CONTENT, name="in.csv", chosen=chosen_for(CONTENT), key="k")
    (waiting,) = (database.settings.folder / filing.FOLDER).iterdir()
    assert waiting.stat().st_mode & 0o777 == 0o600
    waiting.unlink()
    assert not importing.state(office.clerk, import_id=import_id).may_resume
    with pytest.raises(Problems, match="no longer there"):
        importing.resume(office.clerk, import_id=import_id)


@sqlite_only
def test_mappings_are_saved_by_name_and_laid_on_the_next_file(
    database: Database, office: Office, tmp_path: Path
) -> None:
    sheets = importing.look_at(
        "来文号,事由,详细情况,电话\n7,路灯,路灯坏了很久没有人修,13800000000\n".encode(), "old.csv"
    )
    columns = dict(importing.guess(sheets).columns) | {"来文号": "number", "事由": "subject", "详细情况": "text"}
    wanted = Chosen("", columns, {"channel": "letter", "category": "transport"})
    saved = importing.save(office.clerk, name=" 老台账 ", chosen=wanted, key="s")
    assert importing.save(office.leader, name="老台账", chosen=wanted, key="s2") == saved
    (kept,) = importing.saved(office.director)
    assert (kept.name, kept.saved_by, kept.chosen.columns["事由"]) == ("老台账", office.leader.name, "subject")
    path = tmp_path / "next.csv"
    path.write_text("事由,来文号,详细情况,联系电话\n井盖丢了,8,中山路口的井盖丢了没有人管,13800000001\n", "utf-8")
    assert command.run(database, path, mapping="老台账").counts["added"] == 1
    case = stored(database)["8"]
    assert (case.subject, case.channel, case.category) == ("井盖丢了", "letter", "transport")
    for wrong, said in (
        (Chosen("", {"a": "number"}), "text or the subject"),
        (Chosen("", {"a": "text", "b": "text"}), "Another column"),
        (Chosen("", {"a": "text"}, {"kind": "accusation"}), "choices"),
    ):
        with pytest.raises(Problems, match=said):
            importing.save(office.clerk, name="x", chosen=wrong, key="w")
    with pytest.raises(Problems, match="no saved mapping"):
        command.run(database, path, mapping="不存在")
    importing.remove(office.clerk, mapping_id=kept.id, version=kept.version)
    (gone,) = importing.mapping.removed(office.clerk)
    importing.mapping.put_back(office.clerk, mapping_id=gone.id, version=gone.version, key="back")
    (kept,) = importing.saved(office.clerk)
    importing.remove(office.clerk, mapping_id=kept.id, version=kept.version)
    assert importing.saved(office.clerk) == []
