"""The working calendar: known years, imports shown before they are done, due dates that move with it."""

import json
from collections.abc import Callable
from datetime import date

import pytest

from db.engine import Database
from db.models import Case
from db.rules.calendar_files import SpecialDay
from db.rules.permissions import Actor
from db.rules.problems import Changed, Problems, Refused
from db.services import calendar
from db.services.working_days import changed, working_calendar
from tests.db.services.untouched import nothing_changes
from tests.factories import SYSTEM, Office, a_case

NEW_YEAR = [{"name": "元旦", "date": f"2027-01-0{d}", "isOffDay": True} for d in (1, 2, 3)]
SPRING = [{"name": "春节", "date": f"2027-02-{d:02}", "isOffDay": True} for d in range(5, 13)]
MAKE_UP = [{"name": "春节", "date": "2027-02-14", "isOffDay": False}]


def year_file(days: list[dict[str, object]]) -> bytes:
    return json.dumps({"year": 2027, "days": days}).encode()


FILE = {"content": year_file([*NEW_YEAR, *SPRING, *MAKE_UP]), "name": "2027.json"}
ACTS: dict[str, Callable[[Actor], object]] = {
    "years": lambda a: calendar.years(a),
    "unknown_years": lambda a: calendar.unknown_years(a),
    "days": lambda a: calendar.days(a, year=2026),
    "one_day": lambda a: calendar.one_day(a, day=date(2026, 12, 1)),
    "preview_import": lambda a: calendar.preview_import(a, **FILE),  # type: ignore[arg-type]
    "preview_day": lambda a: calendar.preview_day(a, day=date(2026, 11, 26), kind="holiday", name="x"),
    "import_year": lambda a: calendar.import_year(a, source="Notice 2026/9", key="k", **FILE),  # type: ignore[arg-type]
    "edit_day": lambda a: calendar.edit_day(
        a, day=date(2026, 11, 26), kind="holiday", name="停电", source="镇政府通知", version=0, key="k"
    ),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("person", ["director", "auditor"])
def test_only_the_administrator_may(act: str, person: str, database: Database, office: Office) -> None:
    with nothing_changes(database), pytest.raises(Refused):
        ACTS[act](office.people[person])


@pytest.mark.parametrize("act", ["import_year", "edit_day"])
def test_the_same_submission_writes_once(act: str, database: Database, office: Office) -> None:
    first = ACTS[act](office.admin)
    with nothing_changes(database):
        assert ACTS[act](office.admin) == first


@pytest.mark.parametrize("act", ["preview_import", "preview_day"])
def test_a_preview_changes_nothing(act: str, database: Database, office: Office) -> None:
    with nothing_changes(database):
        ACTS[act](office.admin)


def test_known_years_are_those_announced(database: Database, office: Office) -> None:
    with database.reading() as session:
        known = working_calendar(session)
    assert known.years == frozenset(range(2004, 2027))
    assert not known.is_working(date(2026, 10, 1))
    assert known.is_working(date(2026, 10, 10))
    years = calendar.years(office.admin).set_index("year")
    assert years.index[0] == 2027
    assert not years.loc[2027, "known"]
    assert years.loc[2026, "make_up_days"] == 6


def test_a_year_is_imported_and_seen_at_once_in_every_session(database: Database, office: Office) -> None:
    preview = calendar.preview_import(office.admin, **FILE)  # type: ignore[arg-type]
    assert (preview.year, len(preview.days)) == (2027, 12)
    with database.reading() as session:
        assert working_calendar(session).is_working(date(2027, 1, 1))
    assert ACTS["import_year"](office.admin) == 2027
    with database.reading() as session:
        known = working_calendar(session)
    assert 2027 in known.years
    assert not known.is_working(date(2027, 1, 1))
    assert known.is_working(date(2027, 2, 14))
    again = calendar.preview_import(office.admin, **FILE)  # type: ignore[arg-type]
    assert again.days.empty


def test_a_corrected_file_replaces_the_year(office: Office) -> None:
    ACTS["import_year"](office.admin)
    content = year_file([*NEW_YEAR[:2], *SPRING])
    changes = calendar.preview_import(office.admin, content=content, name="2027.json").days
    assert list(changes["becomes"]) == ["ordinary", "ordinary"]
    calendar.import_year(office.admin, content=content, name="2027.json", source="Correction", key="2")
    assert len(calendar.days(office.admin, year=2027)) == 10


def test_december_days_of_next_years_file_survive_this_years(office: Office) -> None:
    late = [{"name": "元旦", "date": "2026-12-31", "isOffDay": True}]
    content = year_file([*NEW_YEAR, *late])
    calendar.import_year(office.admin, content=content, name="2027.json", source="Notice 2027", key="1")
    days = calendar.days(office.admin, year=2026)
    ours = [
        {"name": row["name"], "date": str(row["day"]), "isOffDay": row["kind"] == "holiday"}
        for _, row in days.iterrows()
        if row["day"].month < 12
    ]
    calendar.import_year(office.admin, content=year_file(ours), name="2026.json", source="Notice 2026", key="2")
    assert date(2026, 12, 31) in set(calendar.days(office.admin, year=2026)["day"])


def test_years_without_data_are_told_while_open_cases_fall_due_in_them(database: Database, office: Office) -> None:
    assert calendar.unknown_years(office.admin) == {}
    with database.transaction(SYSTEM) as session:
        a_case(session, office, statute_due_on=date(2027, 1, 18))
        a_case(session, office, statute_due_on=date(2027, 1, 18), open=False)
    assert calendar.unknown_years(office.admin) == {2027: 1}
    ACTS["import_year"](office.admin)
    assert calendar.unknown_years(office.admin) == {}


def test_what_moves_is_shown_and_then_moved(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        case_id = a_case(session, office).id
    calendar.edit_day(office.admin, day=date(2026, 11, 25), kind="holiday", name="x", source="", version=0, key="first")
    preview = calendar.preview_day(office.admin, day=date(2026, 11, 26), kind="holiday", name="停电")
    assert list(preview.moves["promise_was"]) == [date(2026, 11, 26)]
    assert list(preview.moves["promise_becomes"]) == [date(2026, 11, 27)]
    ACTS["edit_day"](office.admin)
    with database.reading() as session:
        assert session.get_one(Case, case_id).promise_due_on == date(2026, 11, 27)


def test_a_day_is_changed_and_put_back(database: Database, office: Office) -> None:
    day = date(2026, 11, 26)
    version = int(str(ACTS["edit_day"](office.admin)))
    assert calendar.one_day(office.admin, day=day).name == "停电"
    with nothing_changes(database), pytest.raises(Changed) as caught:
        calendar.edit_day(office.admin, day=day, kind="ordinary", name="", source="", version=0, key="late")
    assert caught.value.theirs["kind"] == "holiday"
    args = {"kind": "ordinary", "name": "", "source": "", "version": version}
    assert calendar.edit_day(office.admin, day=day, key="back", **args) == 0  # type: ignore[arg-type]
    assert calendar.one_day(office.admin, day=day) == calendar.OneDay(day)


@pytest.mark.parametrize(
    ("day", "kind", "name", "field"),
    [
        (date(2026, 11, 26), "workday", "x", "kind"),
        (date(2026, 11, 26), "feast", "x", "kind"),
        (date(2026, 11, 26), "holiday", "", "name"),
        (date(2026, 11, 26), "holiday", "节" * 41, "name"),
    ],
)
def test_a_senseless_day_is_refused(
    day: date, kind: str, name: str, field: str, database: Database, office: Office
) -> None:
    with nothing_changes(database), pytest.raises(Problems) as caught:
        calendar.edit_day(office.admin, day=day, kind=kind, name=name, source="", version=0, key="k")
    assert {p.field for p in caught.value.problems} == {field}


def test_an_import_names_its_source(database: Database, office: Office) -> None:
    with nothing_changes(database), pytest.raises(Problems):
        calendar.import_year(office.admin, source=" ", key="k", **FILE)  # type: ignore[arg-type]


def change_and_fail(database: Database, day: date) -> None:
    with database.transaction(SYSTEM) as session:
        calendar._put(session, day, SpecialDay(day, "holiday"), "x")
        changed(session)
        assert not working_calendar(session).is_working(day)
        raise RuntimeError


def test_a_rolled_back_change_is_never_seen(database: Database) -> None:
    day = date(2026, 11, 26)
    with pytest.raises(RuntimeError):
        change_and_fail(database, day)
    with database.reading() as session:
        assert working_calendar(session).is_working(day)
