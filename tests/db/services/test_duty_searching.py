"""Searches: each in its own process, watched, stopped, found again after a restart, taken once, never over hands."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from filelock import FileLock
from sqlalchemy import select

from db import clock, duty_search
from db.engine import Database
from db.models import DutyMember, Rota, RotaSearch
from db.rules.permissions import Actor
from db.rules.problems import Changed, NotThere, Problem, Problems, Refused
from db.rules.rostering.task import Task
from db.services.duty import editing, rotas, running, searching
from tests.db.services.searches import FIRST, LAST, LONGEST, a_draft, away, members, searched, serving, waited, wishes
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office, a_patrol_lead


@pytest.fixture(autouse=True)
def nothing_goes_on() -> Iterator[None]:
    """End what a test leaves running."""
    yield
    for folder in list(running._begun):
        running._begun[folder].kill()
        running.remove(folder)


def folder_of(database: Database, search_id: int) -> Path:
    return running.folder_of(database.settings.folder, f"search-{search_id}")


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def found_something(folder: Path) -> bool:
    best = duty_search.read(folder / duty_search.BEST, duty_search.Best)
    return best is not None and best.roster != ()


def long_search(database: Database, office: Office) -> tuple[int, int]:
    """A search that goes on for ever: what can't be filled and what nobody wishes keep it from proving its best."""
    rota_id = a_draft(database, office, first=FIRST, last=FIRST + timedelta(days=69), window_days=7, window_most=2)
    away(database, "林带班", FIRST, FIRST + timedelta(days=40))
    away(database, "周主任", FIRST, FIRST + timedelta(days=69))
    wishes(database, FIRST, 70)
    search_id = searching.ask(office.director, rota_id=rota_id, seconds=600, rounds=10**6, key="long")
    until(lambda: found_something(folder_of(database, search_id)))
    return rota_id, search_id


def test_a_search_fills_the_draft_and_breaks_nothing(database: Database, office: Office) -> None:
    rota_id = a_draft(database, office)
    found = searched(office.director, rota_id)
    assert (found.state, found.open, found.proven, found.may_take, found.note) == ("done", 0, True, True, None)
    assert [cost for _, cost, _ in found.found] == sorted((c for _, c, _ in found.found), reverse=True)
    assert set(serving(database, rota_id).values()) == {None}
    saved = searching.take(office.director, search_id=found.search_id, key="take")
    view = rotas.rota_view(office.director, rota_id=rota_id)
    assert len(saved.saved) == len(view.places)
    assert (view.score.open, view.breaks, view.score.spread["total"]) == (0, (), 1.0)
    later = searching.progress(office.director, rota_id=rota_id)
    assert later is not None
    assert (later.taken, later.may_take) == (True, False)


def test_the_same_seed_gives_the_same_rota(database: Database, office: Office) -> None:
    rota_id = a_draft(database, office)
    away(database, "顾带班", clock.now().date(), LAST)
    rows = []
    for n, seed in enumerate((7, 7)):
        found = searched(office.director, rota_id, key=f"ask-{n}", seed=seed)
        with database.reading() as session:
            rows.append(json.loads(session.get_one(RotaSearch, found.search_id).result)["placed"])
    assert rows[0] == rows[1]
    searching.take(office.director, search_id=found.search_id, key="take")
    assert rotas.rota_view(office.director, rota_id=rota_id).seed == 7


def test_the_files_hold_numbers_only_and_are_nobody_elses(database: Database, office: Office) -> None:
    rota_id, search_id = long_search(database, office)
    folder = folder_of(database, search_id)
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
        text = path.read_text(encoding="utf-8")
        assert not any(name in text for name in members(database)), path
        assert text.isascii(), path
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    searching.stop(office.director, search_id=search_id)
    assert waited(office.director, rota_id).state == "stopped"
    assert not folder.exists()


def test_stopping_keeps_the_best(database: Database, office: Office) -> None:
    rota_id, search_id = long_search(database, office)
    before = searching.progress(office.director, rota_id=rota_id)
    assert before is not None
    assert (before.state, before.may_take) == ("running", False)
    assert before.open is not None
    searching.stop(office.director, search_id=search_id)
    found = waited(office.director, rota_id)
    assert (found.state, found.may_take, found.note) == ("stopped", True, None)
    searching.take(office.director, search_id=search_id, key="take")
    view = rotas.rota_view(office.director, rota_id=rota_id)
    assert (view.score.open, view.breaks) == (found.open, ())
    searching.stop(office.director, search_id=search_id)


def test_a_search_outlives_the_server_that_began_it(database: Database, office: Office) -> None:
    rota_id, search_id = long_search(database, office)
    forgotten = running._begun.pop(folder_of(database, search_id))
    with clock.at(NOW + timedelta(hours=1)):
        going_on = searching.progress(office.director, rota_id=rota_id)
        assert going_on is not None
        assert going_on.state == "running"
        searching.stop(office.director, search_id=search_id)
        assert waited(office.director, rota_id).state == "stopped"
    forgotten.wait(20)


def test_a_search_that_died_is_told_with_the_best_it_had(database: Database, office: Office) -> None:
    rota_id, search_id = long_search(database, office)
    running._begun[folder_of(database, search_id)].send_signal(signal.SIGKILL)
    found = waited(office.director, rota_id)
    assert (found.state, found.may_take) == ("failed", True)
    assert found.note is not None
    assert found.note.message == searching.BROKE_OFF
    assert searching.take(office.director, search_id=search_id, key="take").saved
    assert rotas.rota_view(office.director, rota_id=rota_id).breaks == ()


def test_one_that_died_before_it_found_anything_leaves_nothing_to_take(
    database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    rota_id = a_draft(database, office)
    monkeypatch.setattr(running, "_ROOT", Path("/"))
    search_id = searching.ask(office.director, rota_id=rota_id, key="ask")
    found = waited(office.director, rota_id)
    assert (found.state, found.open, found.may_take) == ("failed", None, False)
    with pytest.raises(Problems, match="nothing"):
        searching.take(office.director, search_id=search_id, key="take")


def test_at_most_so_many_search_at_once(database: Database, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "at_once", lambda: 1)
    first_rota, first = long_search(database, office)
    with database.transaction(SYSTEM) as session:
        duty = session.scalars(select(DutyMember.duty_id)).first()
    second_rota = rotas.new_rota(
        office.director, duty_id=duty or 0, from_on=date(2027, 6, 1), until_on=date(2027, 6, 7), key="second"
    )
    second = searching.ask(office.director, rota_id=second_rota, seconds=20, rounds=1, key="waits")
    until(lambda: (folder_of(database, second) / duty_search.WAITS).exists())
    waits = searching.progress(office.director, rota_id=second_rota)
    assert waits is not None
    assert waits.state == "waiting"
    assert waits.note is not None
    searching.stop(office.director, search_id=first)
    assert waited(office.director, first_rota).state == "stopped"
    assert waited(office.director, second_rota).state == "done"
    assert second > first


def test_one_waiting_may_be_stopped(database: Database, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "at_once", lambda: 1)
    busy = running.folder_of(database.settings.folder, "x").parent
    busy.mkdir(mode=0o700)
    rota_id = a_draft(database, office)
    with FileLock(busy / duty_search.SLOT.format(number=0)):
        search_id = searching.ask(office.director, rota_id=rota_id, key="ask")
        begins = searching.progress(office.director, rota_id=rota_id)
        assert begins is not None
        assert (begins.state, begins.note) in (("running", None), ("waiting", Problem("", searching.WAITS)))
        searching.stop(office.director, search_id=search_id)
        found = waited(office.director, rota_id)
    assert (found.state, found.may_take) == ("stopped", False)


@pytest.mark.skipif(sys.platform != "linux", reason="looks a process up in /proc")
def test_it_runs_with_low_priority_and_without_our_secrets(
    database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINLI_DATABASE_URL", "postgresql+psycopg://secret")
    _, search_id = long_search(database, office)
    process = running._begun[folder_of(database, search_id)].pid
    assert os.getpriority(os.PRIO_PROCESS, process) >= 10
    assert "LINLI" not in Path(f"/proc/{process}/environ").read_text(encoding="utf-8")


def test_no_second_search_of_one_draft(database: Database, office: Office) -> None:
    rota_id, search_id = long_search(database, office)
    assert searching.ask(office.director, rota_id=rota_id, key="long") == search_id
    with nothing_changes(database), pytest.raises(Problems, match="under way"):
        searching.ask(office.director, rota_id=rota_id, key="again")
    with nothing_changes(database), pytest.raises(Problems, match="under way"):
        searching.take(office.director, search_id=search_id, key="take")


@pytest.mark.parametrize("seconds", [None, 0, 3601])
def test_seconds_out_of_range_are_told_beside_their_field(
    seconds: int | None, database: Database, office: Office
) -> None:
    rota_id = a_draft(database, office)
    with nothing_changes(database), pytest.raises(Problems) as told:
        searching.ask(office.director, rota_id=rota_id, seconds=seconds, key="ask")
    assert [problem.field for problem in told.value.problems] == ["seconds"]


def test_a_published_rota_is_not_searched(database: Database, office: Office) -> None:
    rota_id = a_draft(database, office)
    found = searched(office.director, rota_id)
    with database.transaction(SYSTEM) as session:
        session.get_one(Rota, rota_id).state = "published"
    for act in (
        lambda: searching.ask(office.director, rota_id=rota_id, key="ask-2"),
        lambda: searching.take(office.director, search_id=found.search_id, key="take"),
    ):
        with nothing_changes(database), pytest.raises(Problems, match="published"):
            act()


def test_what_was_changed_by_hand_is_only_replaced_when_said_so(database: Database, office: Office) -> None:
    rota_id = a_draft(database, office)
    found = searched(office.director, rota_id)
    names, places = members(database), serving(database, rota_id)
    by_hand, held = sorted(places)[:2]
    rows = {by_hand: (1, {"member_id": names["邢值班"]}), held: (1, {"member_id": names["柯值班"], "fixed": True})}
    editing.put(office.director, rota_id=rota_id, rows=rows, key="put")
    with nothing_changes(database), pytest.raises(Changed) as told:
        searching.take(office.director, search_id=found.search_id, key="take")
    assert told.value.theirs == {"places": 1}
    assert told.value.by == office.director.name
    searching.take(office.director, search_id=found.search_id, replace=True, key="take")
    now = serving(database, rota_id)
    assert now[held] == names["柯值班"]
    assert now[by_hand] != names["邢值班"]


def test_what_was_held_before_the_search_stays(database: Database, office: Office) -> None:
    rota_id = a_draft(database, office)
    names = members(database)
    place = min(serving(database, rota_id))
    rows = {place: (1, {"member_id": names["祁副班"], "fixed": True})}
    editing.put(office.director, rota_id=rota_id, rows=rows, key="put")
    found = searched(office.director, rota_id)
    searching.take(office.director, search_id=found.search_id, key="take")
    assert serving(database, rota_id)[place] == names["祁副班"]


def test_leave_entered_meanwhile_opens_its_places(database: Database, office: Office) -> None:
    rota_id = a_draft(database, office)
    search_id = searching.ask(office.director, rota_id=rota_id, seconds=20, rounds=1, key="ask")
    away(database, "林带班", clock.now().date(), LAST)
    waited(office.director, rota_id)
    searching.take(office.director, search_id=search_id, key="take")
    view = rotas.rota_view(office.director, rota_id=rota_id)
    assert view.breaks == ()
    assert members(database)["林带班"] not in set(view.places["member_id"].dropna())


def test_a_result_is_taken_once(database: Database, office: Office) -> None:
    rota_id = a_draft(database, office)
    found = searched(office.director, rota_id)
    first = searching.take(office.director, search_id=found.search_id, key="take")
    version = rotas.rota_view(office.director, rota_id=rota_id).version
    with nothing_changes(database):
        assert searching.take(office.director, search_id=found.search_id, key="take").saved == first.saved
        with pytest.raises(Problems, match="taken already"):
            searching.take(office.director, search_id=found.search_id, key="other")
    assert rotas.rota_view(office.director, rota_id=rota_id).version == version


def test_only_who_plans_the_duty(database: Database, office: Office) -> None:
    rota_id = a_draft(database, office)
    found = searched(office.director, rota_id)
    with database.transaction(SYSTEM) as session:
        lead = a_patrol_lead(session, office)
    acts: list[Callable[[Actor], object]] = [
        lambda who: searching.ask(who, rota_id=rota_id, key="k"),
        lambda who: searching.progress(who, rota_id=rota_id),
        lambda who: searching.stop(who, search_id=found.search_id),
        lambda who: searching.take(who, search_id=found.search_id, key="k"),
    ]
    for act in acts:
        for who, refusal in ((office.viewer, Refused), (office.clerk, Refused), (lead, NotThere)):
            with nothing_changes(database), pytest.raises(refusal):
                act(who)
    with pytest.raises(NotThere):
        searching.stop(office.director, search_id=999)
    assert searching.progress(office.director, rota_id=rota_id) == found


def test_what_nobody_asked_after_for_a_day_is_settled(database: Database, office: Office) -> None:
    rota_id, search_id = long_search(database, office)
    folder = folder_of(database, search_id)
    running._begun[folder].kill()
    running._begun[folder].wait()
    os.utime(folder, (NOW.timestamp(), NOW.timestamp()))
    with clock.at(NOW + timedelta(days=1, minutes=1)):
        other = a_draft(database, office, name="夜间巡防", first=LAST, last=LAST)
        searched(office.director, other, key="other")
    assert not folder.exists()
    with database.reading() as session:
        row = session.get_one(RotaSearch, search_id)
        assert (row.ended_at is not None, row.failure) == (True, searching.BROKE_OFF)
    assert waited(office.director, rota_id).may_take


def test_a_task_is_the_same_after_writing_and_reading(tmp_path: Path, database: Database, office: Office) -> None:
    _, search_id = long_search(database, office)
    order = duty_search.read(folder_of(database, search_id) / duty_search.TASK, duty_search.Order)
    assert isinstance(order.task, Task)
    duty_search.write(tmp_path / "again", order)
    assert duty_search.read(tmp_path / "again", duty_search.Order) == order
    assert duty_search.read(tmp_path / "missing", duty_search.Order) is None


def test_a_hung_process_is_ended_when_its_files_go(tmp_path: Path) -> None:
    sleeping = subprocess.Popen(["sleep", "60"])  # noqa: S607 - a program of the system
    running._begun[tmp_path / "x"] = sleeping
    running.remove(tmp_path / "x")
    assert sleeping.returncode == -signal.SIGKILL
