"""The demo's supervision notices, saved charts and briefings, in the last days before its end."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from db.demo.stories import Moments
from db.demo.town import Town
from db.engine import reading
from db.models import Supervision
from db.rules.briefings.chart import ChartSpec
from db.rules.briefings.issuing import Kind
from db.rules.permissions import Role
from db.rules.supervision import State
from db.services.briefings import briefings, issuing, saved, standard
from db.services.supervision import answering, drafting
from db.services.supervision import issuing as notices

LANGUAGE = "zh"
PINNED = 3
ISSUED = 2


def stories(told: Mapping[str, Any], town: Town, end: datetime) -> Iterator[Moments]:
    """Everything that is told of them."""
    yield _supervised(told, town, end)
    yield _charts(told, town, end)
    for kind in (Kind.HALF_MONTH, Kind.MONTHLY):
        yield _briefing(town, kind, end)


def _supervised(told: Mapping[str, Any], town: Town, end: datetime) -> Moments:
    """What is overdue is drafted; the director issues two, and one unit answers."""
    leader, director = town.people["leader"], town.people["director"]
    yield end - timedelta(days=6)
    drafting.draft_overdue(leader, key="demo drafts notices")
    yield end - timedelta(days=5, hours=-1)
    issued = _notices(State.DRAFT)[:ISSUED]
    notices.issue_many(director, rows={row.id: row.version for row in issued}, key="demo issues notices")
    yield end - timedelta(days=1)
    heads = {one.unit_id: one for one in town.staff(Role.UNIT_HEAD)}
    for row in [one for one in _notices(State.ISSUED) if one.unit_id in heads][:1]:
        about = {"supervision_id": row.id, "version": row.version}
        answering.answer(heads[row.unit_id], words=told["answer"], key="demo answers", **about)


def _charts(told: Mapping[str, Any], town: Town, end: datetime) -> Moments:
    """The leader keeps the first of the standard set, shares them and pins them; the director has one of his own."""
    leader, director = town.people["leader"], town.people["director"]
    yield end - timedelta(days=2)
    for place, (name, spec) in enumerate(standard.every()[:PINNED]):
        chart_id = saved.save(leader, name=name.within(LANGUAGE), spec=spec, key=f"demo chart {place}")
        saved.share(leader, chart_id=chart_id, roles=["viewer", "director"], key=f"demo shares {place}")
        for actor in (leader, director):
            saved.pin(actor, chart_id=chart_id, key=f"demo pins {place} {actor.id}")
    rate = ChartSpec(register="cases", measure="satisfied_rate", period="this_year", compare="year_ago")
    saved.save(director, name=told["rate"], spec=rate, key="demo chart rate")


def _briefing(town: Town, kind: Kind, end: datetime) -> Moments:
    """The half-month's is issued; the month's is a draft still."""
    director = town.people["director"]
    yield end - timedelta(minutes=25 if kind is Kind.MONTHLY else 40)
    days = briefings.first_days(director, kind=kind.value)
    about: dict[str, Any] = {"begins": days.begins, "ends": days.ends, "language": LANGUAGE}
    made = briefings.new(director, kind=kind.value, key=f"demo {kind.value}", **about)
    if kind is Kind.HALF_MONTH:
        stands = issuing.standing(director, briefing_id=made)
        issuing.issue(director, briefing_id=made, seen=stands, key=f"demo issues {kind.value}")


def _notices(state: State) -> list[Supervision]:
    with reading() as session:
        rows = list(session.scalars(select(Supervision).where(Supervision.state == state).order_by(Supervision.id)))
        session.expunge_all()
        return rows
