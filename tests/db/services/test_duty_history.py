"""Who served how much: counted in the database, month by month, and every figure opens its shifts."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from db import clock
from db.engine import Database
from db.models import DutyShift, Rota, RotaPlace
from db.rules.problems import NotThere, Problems, Refused
from db.services.duty import history, publishing, swaps
from tests.db.services.on_duty import Scene, a_published_rota, at, end, start
from tests.factories import NOW, SYSTEM, Office, a_patrol_lead

NOVEMBER: Any = {"from_on": date(2026, 11, 1), "until_on": date(2026, 11, 30)}
YEAR: Any = {"from_on": date(2026, 1, 1), "until_on": date(2026, 12, 31)}
NOTHING = dict.fromkeys(history.COUNTS, 0)


@pytest.fixture
def scene(database: Database, office: Office) -> Iterator[Scene]:
    """The rota of 16 to 24 November is over: it is the last of the month."""
    made = a_published_rota(database, office, least_rest=0)
    with clock.at(at(30, 9)):
        yield made


def of(scene: Scene, name: str, **period: date) -> dict[str, int]:
    frame = history.people(scene.office.director, duty_id=scene.duty, **(period or NOVEMBER))
    row: Any = frame.set_index("member").loc[name]
    return {figure: int(row[figure]) for figure in history.COUNTS}


def dates(scene: Scene, figure: str, name: str = "陈接访") -> list[int]:
    found = history.records(scene.office.director, figure=figure, member_id=scene.member(name), **NOVEMBER)
    return [row.day for row in found["on_day"]]


def test_everybody_with_what_they_served(scene: Scene) -> None:
    frame = history.people(scene.office.director, duty_id=scene.duty, **NOVEMBER)
    assert list(frame.columns) == history.PEOPLE
    assert len(frame) == 12
    # On the 16th, the 19th and the 22nd, a Sunday; round the clock counts as a night.
    assert of(scene, "陈接访") == NOTHING | {"total": 3, "nights": 3, "weekends": 1, "minutes": 3 * 1440, "gaps": 3}
    assert of(scene, "柯值班") == NOTHING | {"total": 3, "nights": 3, "weekends": 1, "minutes": 3 * 1440, "gaps": 3}
    assert of(scene, "冉值班", from_on=date(2026, 11, 1), until_on=date(2026, 11, 16))["total"] == 1


def test_every_figure_is_the_number_of_the_shifts_behind_it(scene: Scene, office: Office) -> None:
    with clock.at(at(19, 8, 5)):
        start(scene, office.clerk, 19, "陈接访")
    with clock.at(at(20, 8)):
        end(scene, office.clerk, 19, "陈接访")
    counted = of(scene, "陈接访")
    assert counted["gaps"] == 2
    for figure in history.FIGURES:
        assert len(dates(scene, figure)) == counted[figure], figure
    assert dates(scene, "total") == [22, 19, 16]
    assert dates(scene, "weekends") == [22]
    assert dates(scene, "gaps") == [22, 16]
    opened = history.records(office.director, figure="total", member_id=scene.member("陈接访"), **NOVEMBER)
    assert list(opened.columns) == history.RECORDS
    assert opened["started_at"].iloc[1] == at(19, 8, 5)


def test_festivals_and_make_up_days_follow_the_calendar(scene: Scene) -> None:
    # 1 October is a holiday, Saturday 10 October is made up; Sunday the 11th is an ordinary weekend day.
    for day, becomes in ((16, 1), (19, 10), (22, 11)):
        scene.change(RotaPlace, scene.place(day, "陈接访"), on_day=date(2026, 10, becomes))
    counted = of(scene, "陈接访", from_on=date(2026, 10, 1), until_on=date(2026, 10, 31))
    assert (counted["total"], counted["festivals"], counted["weekends"]) == (3, 1, 1)


def test_a_shift_counts_once_it_has_begun(scene: Scene) -> None:
    with clock.at(NOW):
        assert of(scene, "陈接访")["total"] == 2
        assert of(scene, "陈接访")["gaps"] == 2, "no start of the shift that is on now, neither mark of the one before"
    scene.change(Rota, scene.rota, state="draft")
    assert of(scene, "陈接访") == NOTHING


def test_swaps_count_for_both_until_they_are_undone(scene: Scene, office: Office) -> None:
    with clock.at(at(21, 9)):
        place = scene.place(22, "陈接访")
        swap_id = swaps.ask_swap(
            office.clerk, place_id=place, version=1, taker_id=scene.member("柯值班"), reason="家中有事", key="ask"
        )
    assert of(scene, "陈接访")["given"] == 0, "asked for is not given"
    with scene.database.transaction(SYSTEM) as session:
        row = session.get_one(RotaPlace, place)
        publishing.change_hands(session, office.director, row, scene.member("柯值班"), kind="swap", swap_id=swap_id)
    assert of(scene, "陈接访")["given"] == 1
    assert of(scene, "陈接访")["total"] == 2
    assert (of(scene, "柯值班")["taken"], of(scene, "柯值班")["total"]) == (1, 4)
    assert dates(scene, "given") == [22]
    opened = history.records(office.director, figure="taken", member_id=scene.member("柯值班"), **NOVEMBER)
    assert list(opened["colleague"]) == ["陈接访"]
    with scene.database.transaction(SYSTEM) as session:
        row = session.get_one(RotaPlace, place)
        publishing.change_hands(session, office.director, row, scene.member("陈接访"), kind="undo", swap_id=swap_id)
    assert of(scene, "陈接访")["given"] == of(scene, "柯值班")["taken"] == 0
    assert of(scene, "陈接访")["total"] == 3


def test_hours_follow_the_places(scene: Scene) -> None:
    place = scene.place(22, "陈接访")
    scene.change(RotaPlace, place, begins_at=at(22, 20), ends_at=at(23, 8))
    scene.change(DutyShift, scene.shift, night=False, minutes=60)
    assert of(scene, "陈接访")["minutes"] == 2 * 1440 + 720
    assert of(scene, "陈接访")["nights"] == 0


def test_my_own_month_by_month(scene: Scene, office: Office) -> None:
    scene.change(RotaPlace, scene.place(16, "陈接访"), on_day=date(2026, 10, 31))
    found = history.months(office.clerk, **YEAR)
    assert list(found.columns) == history.MONTHS
    assert [(row.year, row.month, row.total) for row in found.itertuples()] == [(2026, 11, 2), (2026, 10, 1)]
    mine = history.records(office.clerk, figure="total", **YEAR)
    assert [day.isoformat() for day in mine["on_day"]] == ["2026-11-22", "2026-11-19", "2026-10-31"]
    assert history.months(office.head, **YEAR).empty


def test_others_histories_are_for_who_plans_their_duty(scene: Scene, database: Database, office: Office) -> None:
    member = scene.member("王经办")
    with database.transaction(SYSTEM) as session:
        lead = a_patrol_lead(session, office)
    for actor in (office.clerk, office.head, lead):
        with pytest.raises(NotThere):
            history.months(actor, member_id=member, **YEAR)
        with pytest.raises(NotThere):
            history.records(actor, figure="total", member_id=member, **YEAR)
    with pytest.raises(NotThere):
        history.people(lead, duty_id=scene.duty, **YEAR)
    for actor in (office.clerk, office.viewer, office.admin, office.auditor):
        with pytest.raises(Refused):
            history.people(actor, duty_id=scene.duty, **YEAR)
    for actor in (office.viewer, office.admin, office.auditor):
        with pytest.raises(Refused):
            history.months(actor, **YEAR)
        with pytest.raises(Refused):
            history.records(actor, figure="total", **YEAR)
    assert not history.months(office.handler, member_id=member, **YEAR).empty, "one's own, by its number"
    assert not history.months(office.director, member_id=member, **YEAR).empty


def test_nonsense_is_told(scene: Scene, office: Office) -> None:
    backwards: Any = {"from_on": date(2026, 12, 1), "until_on": date(2026, 11, 1)}
    with pytest.raises(Problems):
        history.months(office.clerk, **backwards)
    with pytest.raises(Problems):
        history.people(office.director, duty_id=scene.duty, **backwards)
    with pytest.raises(Problems):
        history.records(office.clerk, figure="reliability", **YEAR)


def test_the_boundaries_of_a_period_belong_to_it(scene: Scene) -> None:
    day = date(2026, 11, 19)
    assert of(scene, "陈接访", from_on=day, until_on=day)["total"] == 1
    assert of(scene, "陈接访", from_on=day + timedelta(days=1), until_on=date(2026, 11, 21))["total"] == 0
