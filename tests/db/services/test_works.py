"""The registers of work on both engines: who keeps and reads what, once, and nobody overwritten."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select, update

from db.engine import Database
from db.journal import JournalRow
from db.models import Attachment, Unit, Work, WorkUnit
from db.rules.files import FOLDER
from db.rules.permissions import Actor, Role
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.rules.scoring.works import Part
from db.services import exports as doors
from db.services import files
from db.services.files import Upload
from db.services.records import Saved
from db.services.scoring.facts.works import inspections
from db.services.works import attending, exports, keeping, lists, read, years
from db.services.works.lists import Choice, Tab
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office
from tests.frames import row_of

TODAY = NOW.date()
SHEET = Upload("签到表.txt", "到会十四人".encode())
KEEPERS = ("clerk", "deputy", "leader", "director", "assessor")
OTHERS = ("head", "handler", "outsider", "mediator", "viewer", "admin", "auditor")


def a_meeting(office: Office, actor: Actor | None = None, **changes: Any) -> int:
    """A regular meeting today: unit A and its group were there, two of B were absent."""
    told: dict[str, Any] = {"kind": "meeting", "about": "regular", "on_day": TODAY, "title": "综治例会", "key": "made"}
    told |= {"unit_ids": [office.unit_a, office.group_a], "parts": [Part(office.unit_b, "absent", 2)]}
    return keeping.add(actor or office.clerk, **(told | changes))


def a_report(office: Office, due: date, **changes: Any) -> int:
    told: dict[str, Any] = {"kind": "report", "about": "monthly", "on_day": due, "title": "月报", "key": f"made-{due}"}
    return keeping.add(office.clerk, **(told | {"unit_ids": [office.unit_a, office.unit_b]} | changes))


def stands(office: Office, work_id: int) -> dict[int, tuple[str, int]]:
    """Standing and persons of every unit in a line."""
    parts = read.view(office.director, work_id=work_id).parts
    return {row["unit_id"]: (row["standing"], row["persons"]) for row in parts.to_dict("records")}


CORRECTED: dict[str, Any] = {"about": "other_meeting", "on_day": TODAY - timedelta(days=1), "title": "专题会"}
ACTS: dict[str, Callable[[Actor, Office, int], Any]] = {
    "edit": lambda a, _, work: keeping.edit(a, work_id=work, version=1, **CORRECTED, key="k"),
    "remove": lambda a, _, work: keeping.remove(a, work_id=work, version=1, key="k"),
    "attend": lambda a, o, work: attending.attend(
        a, work_id=work, rows={o.unit_a: (1, {"standing": "excused"})}, key="k"
    ),
    "everybody": lambda a, o, work: attending.everybody(a, work_id=work, seen={o.unit_b: 1}, key="k"),
    "attach": lambda a, _, work: files.attach_to_work(a, work_id=work, uploads=[SHEET], key="k"),
}


# --- who may, and once ---


@pytest.mark.parametrize("person", KEEPERS)
def test_those_who_keep_the_registers_do_all_of_it(person: str, office: Office) -> None:
    actor = office.people[person]
    work = a_meeting(office, actor)
    assert len(attending.roll(actor, work_id=work)) == 4
    attending.attend(actor, work_id=work, rows={office.unit_b: (1, {"standing": "excused"})}, key="1")
    files.attach_to_work(actor, work_id=work, uploads=[SHEET], key="2")
    version = keeping.edit(actor, work_id=work, version=1, **CORRECTED, key="3")
    version = keeping.remove(actor, work_id=work, version=version, key="4")
    keeping.restore(actor, work_id=work, version=version, key="5")
    assert read.view(actor, work_id=work).written_by == actor.name


@pytest.mark.parametrize("person", OTHERS)
@pytest.mark.parametrize("act", ACTS)
def test_nobody_else_writes(act: str, person: str, database: Database, office: Office) -> None:
    work = a_meeting(office)
    with nothing_changes(database), pytest.raises(Refused):
        ACTS[act](office.people[person], office, work)


@pytest.mark.parametrize("person", OTHERS)
def test_nobody_else_adds(person: str, database: Database, office: Office) -> None:
    with nothing_changes(database), pytest.raises(Refused):
        a_meeting(office, office.people[person])


@pytest.mark.parametrize("person", [name for name in OTHERS if name != "head"])
def test_others_read_nothing(person: str, office: Office) -> None:
    work, actor = a_meeting(office), office.people[person]
    for look in (
        lambda: lists.register(actor, choice=Choice()),
        lambda: read.view(actor, work_id=work),
        lambda: read.history(actor, work_id=work),
        lambda: exports.ask(actor, choice=Choice(), columns=["title"], language="en"),
    ):
        with pytest.raises(Refused):
            look()


@pytest.mark.parametrize("act", ACTS)
def test_the_same_submission_writes_once(act: str, database: Database, office: Office) -> None:
    work = a_meeting(office)
    ACTS[act](office.clerk, office, work)
    with nothing_changes(database):
        ACTS[act](office.clerk, office, work)


def test_a_line_is_added_once(database: Database, office: Office) -> None:
    first = a_meeting(office, uploads=[SHEET])
    with nothing_changes(database):
        assert a_meeting(office, uploads=[SHEET]) == first
    assert len(list((database.settings.folder / FOLDER).glob("*"))) == 1


@pytest.mark.parametrize("act", ["edit", "remove"])
def test_who_saves_a_line_second_is_told(act: str, database: Database, office: Office) -> None:
    work = a_meeting(office)
    with database.transaction(SYSTEM) as session:
        session.execute(update(Work).values(version=7, title="别人改的", papers="plan"))
    with nothing_changes(database), pytest.raises(Changed) as caught:
        ACTS[act](office.clerk, office, work)
    if act == "edit":
        assert (caught.value.theirs["title"], caught.value.mine["title"]) == ("别人改的", "专题会")
        assert (caught.value.theirs["papers"], caught.value.mine["papers"]) == (["plan"], [])


# --- unit heads ---


def test_a_head_of_unit_reads_only_the_own_part(office: Office) -> None:
    work = a_meeting(office, uploads=[SHEET])
    elsewhere = a_meeting(office, unit_ids=[], parts=[Part(office.unit_b, "absent", 3)], key="b")
    page = lists.register(office.head, choice=Choice())
    row = row_of(page.rows, work)
    assert list(page.rows["id"]) == [work]
    assert (row["present"], row["absent"], row["persons"], row["units"], row["files"]) == (2, 0, 0, 2, 0)
    seen = read.view(office.head, work_id=work)
    assert list(seen.parts["unit_id"]) == [office.unit_a, office.group_a]
    assert seen.files.empty
    assert not seen.may_keep
    assert lists.register(office.head, choice=Choice(state="absent")).total == 0
    assert lists.register(office.head, choice=Choice(unit_id=office.unit_b)).total == 0
    with pytest.raises(NotThere):
        read.view(office.head, work_id=elsewhere)
    with pytest.raises(NotThere):
        read.history(office.head, work_id=work)


def test_a_head_of_unit_knows_nothing_of_a_removed_line(office: Office) -> None:
    work = a_meeting(office)
    keeping.remove(office.clerk, work_id=work, version=1, key="k")
    with pytest.raises(NotThere):
        read.view(office.head, work_id=work)
    assert lists.register(office.head, choice=Choice(tab=Tab.REMOVED)).total == 0
    assert Tab.REMOVED not in lists.tabs_of(office.head)


def test_a_unit_taken_out_of_a_line_reads_it_no_more(office: Office) -> None:
    work = a_meeting(office, unit_ids=[office.unit_a])
    attending.attend(office.clerk, work_id=work, rows={office.unit_a: (1, {"standing": ""})}, key="k")
    assert set(stands(office, work)) == {office.unit_b}
    with pytest.raises(NotThere):
        read.view(office.head, work_id=work)


# --- files ---


def test_a_file_is_for_the_keepers_unless_it_is_shared(database: Database, office: Office) -> None:
    work = a_meeting(office, uploads=[SHEET])
    (shared,) = files.attach_to_work(office.clerk, work_id=work, uploads=[SHEET], shared=True, key="s")
    with database.reading() as session:
        (kept,) = session.scalars(select(Attachment.id).where(Attachment.internal)).all()
    assert list(read.view(office.head, work_id=work).files["id"]) == [shared]
    assert files.fetch(office.head, attachment_id=shared).name == SHEET.name
    assert files.fetch(office.assessor, attachment_id=kept).name == SHEET.name
    for actor, file in ((office.head, kept), (office.outsider, shared), (office.mediator, shared)):
        with pytest.raises(NotThere):
            files.fetch(actor, attachment_id=file)
    with pytest.raises(Refused):
        files.remove(office.head, attachment_id=shared, version=1)
    files.remove(office.clerk, attachment_id=shared, version=1)
    assert read.view(office.head, work_id=work).files.empty
    assert list(read.view(office.clerk, work_id=work).files["removed"]) == [False, True]


def test_a_shared_file_is_for_the_units_of_its_line_only(office: Office) -> None:
    work = a_meeting(office, parts=[])
    (shared,) = files.attach_to_work(office.clerk, work_id=work, uploads=[SHEET], shared=True, key="s")
    elsewhere = replace(office.outsider, roles=frozenset({Role.UNIT_HEAD}))
    assert files.fetch(office.head, attachment_id=shared).name == SHEET.name
    with pytest.raises(NotThere):
        files.fetch(elsewhere, attachment_id=shared)


def test_a_removed_line_takes_no_file(database: Database, office: Office) -> None:
    work = a_meeting(office)
    keeping.remove(office.clerk, work_id=work, version=1, key="r")
    with nothing_changes(database), pytest.raises(Problems):
        files.attach_to_work(office.clerk, work_id=work, uploads=[SHEET], key="k")


def test_a_refused_line_leaves_no_file(database: Database, office: Office) -> None:
    with nothing_changes(database), pytest.raises(Problems):
        a_meeting(office, title="", uploads=[SHEET])
    assert list((database.settings.folder / FOLDER).glob("*")) == []


# --- lines ---


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "club"}, "kind"),
        ({"about": None}, "about"),
        ({"title": ""}, "title"),
        ({"on_day": TODAY + timedelta(days=1)}, "on_day"),
        ({"unit_ids": [], "parts": []}, "unit_ids"),
        ({"unit_ids": [999_999]}, "unit_ids"),
        ({"parts": [Part(1, "absent")]}, "persons"),
        ({"parts": [Part(1, "done")]}, "standing"),
        ({"uploads": [Upload("a.exe", b"MZ")]}, "uploads"),
    ],
)
def test_a_bad_line_is_refused(changes: dict[str, Any], field: str, database: Database, office: Office) -> None:
    with nothing_changes(database), pytest.raises(Problems) as caught:
        a_meeting(office, **changes)
    assert field in {problem.field for problem in caught.value.problems}


def test_a_retired_unit_takes_part_in_nothing_new_but_stays_where_it_was(database: Database, office: Office) -> None:
    work = a_meeting(office)
    with database.transaction(SYSTEM) as session:
        session.execute(update(Unit).where(Unit.id == office.group_a).values(active=False))
    with pytest.raises(Problems):
        a_meeting(office, key="again")
    assert office.group_a in set(attending.roll(office.clerk, work_id=work)["unit_id"])
    rows = {office.group_a: (1, {"standing": "excused"})}
    assert attending.attend(office.clerk, work_id=work, rows=rows, key="k").saved == (office.group_a,)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"handed_in_on": "='1'!A1"}, "handed_in_on"),
        ({"handed_in_on": "2026-02-30"}, "handed_in_on"),
        ({"standing": "absent", "persons": "<b>"}, "persons"),
        ({"standing": "absent", "persons": 1e300}, "persons"),
    ],
)
def test_what_no_cell_holds_is_told_beside_it(typed: dict[str, object], field: str, office: Office) -> None:
    work = a_meeting(office)
    saved = attending.attend(office.clerk, work_id=work, rows={office.unit_b: (1, typed)}, key="k")
    assert {problem.field for problem in saved.rejected[office.unit_b].problems} >= {field}


def test_a_line_is_corrected_with_its_units_in_one_act(office: Office) -> None:
    work = a_meeting(office)
    parts = {office.unit_b: (1, Part(office.unit_b, "excused", note="防汛")), office.group_a: (1, Part(0, ""))}
    keeping.edit(office.clerk, work_id=work, version=1, **CORRECTED, parts=parts, key="k")
    seen = read.view(office.clerk, work_id=work)
    assert (seen.about, seen.on_day, seen.title) == tuple(CORRECTED.values())
    assert stands(office, work) == {office.unit_a: ("present", 0), office.unit_b: ("excused", 0)}
    assert row_of(seen.parts, office.unit_b, by="unit_id")["note"] == "防汛"


def test_a_part_somebody_saved_first_keeps_the_whole_line(database: Database, office: Office) -> None:
    work = a_meeting(office)
    attending.attend(office.director, work_id=work, rows={office.unit_b: (1, {"persons": 5})}, key="d")
    parts = {office.unit_b: (1, Part(office.unit_b, "present"))}
    with nothing_changes(database), pytest.raises(Changed):
        keeping.edit(office.clerk, work_id=work, version=1, **CORRECTED, parts=parts, key="k")


def test_a_line_becomes_no_other_kind_while_units_stand_otherwise(database: Database, office: Office) -> None:
    work = a_meeting(office)
    with nothing_changes(database), pytest.raises(Problems) as caught:
        keeping.edit(office.clerk, work_id=work, version=1, **CORRECTED | {"about": "leaders"}, key="k")
    assert caught.value.problems[0].field == "about"


def test_a_line_keeps_at_least_one_unit(database: Database, office: Office) -> None:
    work = a_meeting(office, unit_ids=[])
    parts = {office.unit_b: (1, Part(office.unit_b, ""))}
    with nothing_changes(database), pytest.raises(Problems):
        keeping.edit(office.clerk, work_id=work, version=1, **CORRECTED, parts=parts, key="k")


def test_a_removed_line_counts_nowhere_and_comes_back_whole(office: Office) -> None:
    work = a_meeting(office)
    version = keeping.remove(office.clerk, work_id=work, version=1, key="r")
    assert lists.register(office.clerk, choice=Choice()).total == 0
    assert list(lists.register(office.clerk, choice=Choice(tab=Tab.REMOVED)).rows["id"]) == [work]
    for again in (
        lambda: keeping.remove(office.clerk, work_id=work, version=version, key="r2"),
        lambda: attending.everybody(office.clerk, work_id=work, seen={}, key="e"),
    ):
        with pytest.raises(Problems):
            again()
    keeping.restore(office.clerk, work_id=work, version=version, key="b")
    assert stands(office, work)[office.unit_b] == ("absent", 2)
    with pytest.raises(Problems):
        keeping.restore(office.clerk, work_id=work, version=version + 1, key="b2")


# --- the roll ---


def test_a_roll_is_saved_row_by_row_and_overwrites_nobody(office: Office) -> None:
    work = a_meeting(office)
    attending.attend(office.director, work_id=work, rows={office.unit_b: (1, {"persons": 5})}, key="d")
    saved = attending.attend(
        office.clerk,
        work_id=work,
        rows={
            office.unit_a: (1, {"standing": "absent"}),
            office.group_a: (1, {"persons": 3}),
            office.unit_b: (1, {"standing": "present"}),
            office.centre: (0, {"standing": "excused", "note": "值班"}),
            999_999: (0, {"standing": "present"}),
        },
        key="k",
    )
    assert saved.saved == (office.unit_a, office.centre)
    assert set(saved.conflicts) == {office.unit_b}
    conflict = saved.conflicts[office.unit_b]
    assert (conflict.theirs["persons"], conflict.mine, conflict.by) == (5, {"standing": "present"}, "周主任")
    assert {row: problems.problems[0].field for row, problems in saved.rejected.items()} == {
        office.group_a: "persons",
        999_999: "",
    }
    assert stands(office, work) == {
        office.centre: ("excused", 0),
        office.unit_a: ("absent", 1),
        office.group_a: ("present", 0),
        office.unit_b: ("absent", 5),
    }


def test_two_who_call_the_same_new_unit_see_each_other(office: Office) -> None:
    work = a_meeting(office)
    rows: attending.Rows = {office.centre: (0, {"standing": "present"})}
    assert attending.attend(office.clerk, work_id=work, rows=rows, key="1").saved == (office.centre,)
    late: attending.Rows = {office.centre: (0, {"standing": "absent"})}
    assert set(attending.attend(office.director, work_id=work, rows=late, key="2").conflicts) == {office.centre}


def test_a_unit_taken_out_and_put_back_is_not_mistaken_for_the_one_seen_before(office: Office) -> None:
    work = a_meeting(office)
    for number, standing in enumerate(("", "excused"), start=1):
        attending.attend(
            office.director, work_id=work, rows={office.unit_a: (number, {"standing": standing})}, key=f"{number}"
        )
    late: attending.Rows = {office.unit_a: (1, {"standing": "absent"})}
    assert set(attending.attend(office.clerk, work_id=work, rows=late, key="k").conflicts) == {office.unit_a}


def test_a_grid_sends_days_as_text_and_emptied_fields_as_none(office: Office) -> None:
    work = a_report(office, TODAY + timedelta(days=3))
    rows: attending.Rows = {
        office.unit_a: (1, {"standing": "handed_in", "handed_in_on": TODAY.isoformat()}),
        office.unit_b: (1, {"standing": None}),
    }
    attending.attend(office.clerk, work_id=work, rows=rows, key="k")
    parts = read.view(office.clerk, work_id=work).parts
    assert list(parts["unit_id"]) == [office.unit_a]
    assert list(parts["handed_in_on"]) == [TODAY]


def test_everybody_was_there_and_it_can_be_taken_back(office: Office) -> None:
    work = a_meeting(office)
    before = stands(office, work)
    seen = {row["unit_id"]: row["version"] for row in attending.roll(office.clerk, work_id=work).to_dict("records")}
    back = attending.everybody(office.clerk, work_id=work, seen=seen, key="all")
    assert set(back) == {office.centre, office.unit_b}
    assert set(stands(office, work).values()) == {("present", 0)}
    assert set(stands(office, work)) == set(seen)
    attending.attend(office.clerk, work_id=work, rows=back, key="back")
    assert stands(office, work) == before


def test_everybody_leaves_a_unit_somebody_saved_meanwhile(office: Office) -> None:
    work = a_meeting(office)
    attending.attend(office.director, work_id=work, rows={office.unit_b: (1, {"persons": 5})}, key="d")
    assert attending.everybody(office.clerk, work_id=work, seen={office.unit_b: 1}, key="k") == {}
    assert stands(office, work)[office.unit_b] == ("absent", 5)


# --- the list ---


def test_a_line_counts_how_units_stand(office: Office) -> None:
    work = a_meeting(office, uploads=[SHEET])
    row = row_of(lists.register(office.director, choice=Choice()).rows, work)
    told = ("present", "excused", "absent", "persons", "led", "missing", "done", "units", "unit", "files")
    assert [row[name] for name in told] == [2, 0, 1, 2, 0, 0, 0, 3, "", 1]


def test_a_report_is_expected_until_its_day_is_over_and_missing_then(office: Office) -> None:
    due, over = a_report(office, TODAY), a_report(office, TODAY - timedelta(days=1))
    rows = lists.register(office.director, choice=Choice(tab=Tab.REPORT)).rows
    assert [row_of(rows, due)[name] for name in ("expected", "missing")] == [2, 0]
    assert [row_of(rows, over)[name] for name in ("expected", "missing")] == [0, 2]
    missing = lists.register(office.director, choice=Choice(tab=Tab.REPORT, state="missing"))
    assert list(missing.rows["id"]) == [over]


def test_the_list_finds_by_kind_year_days_unit_standing_and_words(office: Office) -> None:
    old = a_meeting(
        office, on_day=date(2025, 12, 31), title="年终 MEETING", unit_ids=[office.unit_a], parts=[], key="o"
    )
    new = a_meeting(office)
    report = a_report(office, TODAY)

    def found(**asked: Any) -> list[int]:
        return list(lists.register(office.clerk, choice=Choice(**asked)).rows["id"])

    assert found() == [new, old]
    assert found(ascending=True) == [old, new]
    assert found(tab=Tab.ALL) == [report, new, old]
    assert found(year=2025) == [old]
    assert found(year=2026, received_from=TODAY) == [new]
    assert found(received_to=date(2026, 1, 1)) == [old]
    assert found(unit_id=office.unit_b) == [new]
    assert found(state="absent") == [new]
    assert found(state="absent", unit_id=office.unit_a) == []
    assert found(category="leaders") == []
    assert found(text="meeting") == [old]
    assert found(text="%") == []
    assert lists.years(office.clerk) == [2026, 2025]
    only = row_of(lists.register(office.clerk, choice=Choice(year=2025)).rows, old)
    assert (only["unit"], only["unit_en"]) == ("城建所", "Building office")


def test_the_list_comes_in_pages(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        for number in range(60):
            session.add(Work(kind="activity", about="drill", on_day=TODAY - timedelta(days=number), title=f"{number}"))
    first = lists.register(office.clerk, choice=Choice(tab=Tab.ACTIVITY))
    last = lists.register(office.clerk, choice=Choice(tab=Tab.ACTIVITY, page=9))
    assert (len(first.rows), first.total, first.pages) == (50, 60, 2)
    assert (len(last.rows), last.page, last.rows["title"].iloc[-1]) == (10, 2, "59")


# --- what happened ---


def test_the_history_says_who_and_when(office: Office) -> None:
    work = a_meeting(office)
    attending.attend(office.director, work_id=work, rows={office.unit_b: (1, {"standing": "excused"})}, key="1")
    keeping.edit(office.clerk, work_id=work, version=1, **CORRECTED, key="2")
    told = read.history(office.assessor, work_id=work)
    newest, before = told.iloc[0], told.iloc[1]
    assert (newest["who"], newest["event"], newest["unit"]) == ("陈接访", "update", "")
    assert newest["before"]["title"] == "综治例会"
    assert newest["after"]["title"] == "专题会"
    assert (before["who"], before["unit"]) == ("周主任", "东村")
    assert (before["before"]["standing"], before["after"]["standing"]) == ("absent", "excused")
    assert (before["at"], set(told["event"])) == (NOW, {"insert", "update"})


# --- taking it away ---


def test_a_list_leaves_once_and_only_what_one_reads(database: Database, office: Office) -> None:
    a_meeting(office)
    asked = exports.ask(office.head, choice=Choice(), columns=["title", "present", "absent"], language="en")
    assert asked.rows == 1
    with pytest.raises(NotThere):
        exports.fetch(office.clerk, token=asked.token)
    assert doors.kind_of(office.head, token=asked.token) == "works"
    taken = exports.fetch(office.head, token=asked.token)
    assert taken.rows[list(taken.columns)].values.tolist() == [["综治例会", 2, 0]]
    with pytest.raises(NotThere):
        exports.fetch(office.head, token=asked.token)
    with database.reading() as session:
        assert session.scalar(select(func.count()).where(JournalRow.event == "export")) == 1
    with pytest.raises(Problems):
        exports.ask(office.head, choice=Choice(), columns=["version"], language="en")


def test_the_database_holds_one_part_per_unit(database: Database, office: Office) -> None:
    a_meeting(office, unit_ids=[office.unit_a, office.unit_a])
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(WorkUnit)) == 2


def test_a_unit_taken_out_of_a_line_is_in_no_count(database: Database, office: Office) -> None:
    units: dict[str, Any] = {"unit_ids": [office.unit_a, office.unit_b], "parts": []}
    work = a_meeting(office, **units, kind="inspection", about="month")
    span: Any = SimpleNamespace(first=date(2026, 1, 1), last=TODAY)
    with database.reading() as session:
        assert {fact.unit_id for fact in inspections(session, span)} == {office.unit_a, office.unit_b}
    attending.attend(office.clerk, work_id=work, rows={office.unit_b: (1, {"standing": ""})}, key="k")
    with database.reading() as session:
        assert {fact.unit_id for fact in inspections(session, span)} == {office.unit_a}


# --- a year ---


def test_a_year_counts_by_unit_and_month_and_shows_months_left_out(office: Office) -> None:
    """R-05: a month that is over without a monthly inspection is shown; an unannounced one does not fill it."""
    told: dict[str, Any] = {"kind": "inspection", "parts": [], "unit_ids": [office.unit_a]}
    a_meeting(office, **told, about="month", on_day=date(2026, 3, 5), key="1")
    a_meeting(office, **told, about="unplanned", on_day=date(2026, 4, 5), key="2")
    a_meeting(office, **told, about="month", on_day=date(2025, 5, 5), key="3")
    removed = a_meeting(office, **told, about="month", on_day=date(2026, 6, 5), key="4")
    keeping.remove(office.clerk, work_id=removed, version=1, key="5")
    found = {row.unit_id: row for row in years.year(office.director, kind="inspection", year=2026)}
    assert found[office.unit_a].months == {3: {"done": 1}, 4: {"done": 1}}
    assert found[office.unit_a].left_out == (1, 2, 4, 5, 6, 7, 8, 9, 10)
    assert found[office.unit_b].left_out == tuple(range(1, 11))
    assert office.group_a not in found
    assert years.year(office.director, kind="inspection", year=2027)[0].left_out == ()


def test_a_year_counts_people_absent_and_what_is_expected(office: Office) -> None:
    a_meeting(office)
    a_report(office, TODAY)
    a_report(office, TODAY - timedelta(days=1))
    meetings = {row.unit_id: row.months for row in years.year(office.clerk, kind="meeting", year=2026)}
    reports = {row.unit_id: row.months for row in years.year(office.clerk, kind="report", year=2026)}
    assert meetings[office.unit_b] == {11: {"absent": 2}}
    assert meetings[office.group_a] == {11: {"present": 1}}
    assert reports[office.unit_a] == {11: {"expected": 1, "missing": 1}}


def test_a_head_of_unit_sees_the_own_year(office: Office) -> None:
    a_meeting(office)
    assert [row.unit_id for row in years.year(office.head, kind="meeting", year=2026)] == [
        office.unit_a,
        office.group_a,
    ]
    with pytest.raises(Refused):
        years.year(office.viewer, kind="meeting", year=2026)


# --- at the same moment ---


def test_of_two_who_save_a_unit_at_the_same_moment_one_is_told(office: Office) -> None:
    work = a_meeting(office)
    actors = [office.clerk, office.director, office.assessor, office.leader]

    def save(actor: Actor) -> Saved:
        rows: attending.Rows = {office.unit_b: (1, {"standing": "excused", "note": actor.name})}
        return attending.attend(actor, work_id=work, rows=rows, key=f"by {actor.id}")

    with ThreadPoolExecutor(len(actors)) as pool:
        outcomes = list(pool.map(save, actors))
    assert sorted(len(outcome.saved) for outcome in outcomes) == [0, 0, 0, 1]
    assert sum(len(outcome.conflicts) for outcome in outcomes) == 3


def test_one_click_sent_four_times_enters_one_line(database: Database, office: Office) -> None:
    with ThreadPoolExecutor(4) as pool:
        lines = set(pool.map(lambda _: a_meeting(office, uploads=[SHEET]), range(4)))
    assert len(lines) == 1
    assert len(read.view(office.clerk, work_id=lines.pop()).files) == 1
