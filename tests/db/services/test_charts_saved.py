"""Saved charts on both engines: mine and shared ones, once, nobody overwritten, removed and put back, on my desk."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from db.engine import Database
from db.models import ChartPin, SavedChart
from db.rules.briefings.chart import ChartSpec
from db.rules.permissions import Actor, Role
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services.briefings import drawing, saved
from tests.db.services.untouched import nothing_changes
from tests.factories import Office

SPEC = ChartSpec(register="cases", measure="received", split="category")


def a_chart(actor: Actor, name: str = "按类别", key: str = "made", spec: ChartSpec = SPEC) -> int:
    """A saved chart of that person."""
    return saved.save(actor, name=name, spec=spec, key=key)


def names(actor: Actor) -> list[str]:
    return [one.name for one in saved.charts(actor)]


def test_a_chart_is_kept_once_and_opens_as_it_was_asked(database: Database, office: Office) -> None:
    pk = a_chart(office.clerk, "  =1+1 <b>本月</b> ")
    assert a_chart(office.clerk, "again") == pk
    seen = saved.chart(office.clerk, chart_id=pk)
    assert seen.spec == replace(SPEC, title="=1+1 <b>本月</b>")
    assert (seen.name, seen.mine, seen.roles, seen.pinned, seen.removed) == ("=1+1 <b>本月</b>", True, (), False, False)
    assert names(office.clerk) == ["=1+1 <b>本月</b>"]
    assert names(office.director) == []


@pytest.mark.parametrize(
    ("name", "spec", "field"),
    [
        (" ", SPEC, "name"),
        ("x" * 101, SPEC, "name"),
        ("x", replace(SPEC, measure="nobody"), "measure"),
        ("x", replace(SPEC, register="residents"), "register"),
    ],
)
def test_what_cannot_be_drawn_or_named_is_not_kept(
    database: Database, office: Office, name: str, spec: ChartSpec, field: str
) -> None:
    with nothing_changes(database), pytest.raises(Problems) as told:
        saved.save(office.clerk, name=name, spec=spec, key="k")
    assert told.value.problems[0].field == field


def test_whoever_saves_second_sees_both(database: Database, office: Office) -> None:
    pk = a_chart(office.clerk)
    saved.change(office.clerk, chart_id=pk, version=1, name="按单位", spec=replace(SPEC, split="unit"), key="a")
    with pytest.raises(Changed) as told:
        saved.change(office.clerk, chart_id=pk, version=1, name="按渠道", spec=SPEC, key="b")
    assert (told.value.theirs["name"], told.value.mine["name"]) == ("按单位", "按渠道")
    assert saved.chart(office.clerk, chart_id=pk).spec.split == "unit"


def test_a_shared_chart_is_seen_by_its_roles_and_changed_by_nobody_else(database: Database, office: Office) -> None:
    pk = a_chart(office.clerk)
    saved.share(office.clerk, chart_id=pk, roles=[Role.DIRECTOR, Role.VIEWER], key="s")
    seen = saved.chart(office.viewer, chart_id=pk)
    assert (seen.mine, seen.roles, seen.owner) == (False, (), office.clerk.name)
    assert saved.chart(office.clerk, chart_id=pk).roles == (Role.DIRECTOR, Role.VIEWER)
    acts: list[Callable[[], object]] = [
        lambda: saved.change(office.director, chart_id=pk, version=1, name="x", spec=SPEC, key="1"),
        lambda: saved.remove(office.director, chart_id=pk, version=1, key="2"),
        lambda: saved.share(office.director, chart_id=pk, roles=[], key="3"),
        lambda: saved.share(office.viewer, chart_id=pk, roles=[], key="4"),
    ]
    for act in acts:
        with pytest.raises(Refused):
            act()
    with pytest.raises(NotThere):
        saved.chart(office.handler, chart_id=pk)
    saved.pin(office.director, chart_id=pk, key="pin")
    assert [one.id for one in saved.pinned(office.director)] == [pk]
    saved.share(office.clerk, chart_id=pk, roles=[Role.VIEWER], key="5")
    assert names(office.director) == []
    assert saved.pinned(office.director) == []
    with pytest.raises(Problems):
        saved.share(office.clerk, chart_id=pk, roles=[Role.AUDITOR], key="6")


def test_a_shared_chart_shows_each_reader_what_is_theirs(database: Database, office: Office) -> None:
    pk = a_chart(office.clerk)
    saved.share(office.clerk, chart_id=pk, roles=[Role.MEDIATOR, Role.HANDLER], key="s")
    assert drawing.draw(office.handler, spec=saved.chart(office.handler, chart_id=pk).spec).total.value == 0
    with pytest.raises(Refused):
        drawing.draw(office.mediator, spec=saved.chart(office.mediator, chart_id=pk).spec)


def test_removed_it_is_nowhere_and_can_be_put_back_as_it_was(database: Database, office: Office) -> None:
    pk = a_chart(office.clerk)
    saved.share(office.clerk, chart_id=pk, roles=[Role.VIEWER], key="s")
    saved.pin(office.viewer, chart_id=pk, key="p")
    saved.remove(office.clerk, chart_id=pk, version=1, key="r")
    assert (names(office.clerk), names(office.viewer), saved.pinned(office.viewer)) == ([], [], [])
    assert [one.id for one in saved.removed(office.clerk)] == [pk]
    assert saved.chart(office.clerk, chart_id=pk).removed
    with pytest.raises(NotThere):
        saved.chart(office.viewer, chart_id=pk)
    saved.restore(office.clerk, chart_id=pk, key="back")
    assert names(office.viewer) == ["按类别"]
    assert [one.id for one in saved.pinned(office.viewer)] == [pk]


def test_a_desk_holds_four_charts_in_the_order_they_were_pinned(database: Database, office: Office) -> None:
    made = [a_chart(office.clerk, f"图{n}", f"made{n}") for n in range(5)]
    for pk in made[:4]:
        saved.pin(office.clerk, chart_id=pk, key=f"p{pk}")
        saved.pin(office.clerk, chart_id=pk, key=f"again{pk}")
    with nothing_changes(database), pytest.raises(Problems):
        saved.pin(office.clerk, chart_id=made[4], key="fifth")
    saved.unpin(office.clerk, chart_id=made[0], key="u")
    saved.pin(office.clerk, chart_id=made[4], key="fifth")
    assert [one.id for one in saved.pinned(office.clerk)] == made[1:]
    with pytest.raises(NotThere):
        saved.pin(office.director, chart_id=made[0], key="x")


def test_a_pin_that_shows_nothing_any_more_takes_no_place(database: Database, office: Office) -> None:
    made = [a_chart(office.clerk, f"图{n}", f"made{n}") for n in range(5)]
    for pk in made[:4]:
        saved.pin(office.clerk, chart_id=pk, key=f"p{pk}")
    saved.remove(office.clerk, chart_id=made[0], version=1, key="r")
    saved.pin(office.clerk, chart_id=made[4], key="fifth")
    saved.restore(office.clerk, chart_id=made[0], key="back")
    assert len(saved.pinned(office.clerk)) == 4
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ChartPin)) == 5
        assert session.scalar(select(func.count()).select_from(SavedChart)) == 5


def test_who_draws_no_charts_keeps_none(database: Database, office: Office) -> None:
    for act in (saved.charts, saved.removed, saved.pinned):
        with pytest.raises(Refused):
            act(office.auditor)
