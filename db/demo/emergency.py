"""One reading in an emergency, which the director has not taken note of yet."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from db.demo.stories import Moments
from db.demo.town import Town
from db.engine import reading
from db.models import Case
from db.rules.case_flow import State
from db.rules.emergency import Register
from db.services import emergency


def stories(told: Mapping[str, Any], town: Town, end: datetime) -> Iterator[Moments]:
    """The administrator opened a case the evening before, when nobody who knew it could be reached."""
    yield _evening(told, town, end)


def _evening(told: Mapping[str, Any], town: Town, end: datetime) -> Moments:
    yield end - timedelta(hours=told["hours_ago"])
    handled = select(Case.number).where(Case.state == State.HANDLING, ~Case.sealed).order_by(Case.id.desc()).limit(1)
    with reading() as session:
        number = session.scalar(handled)
    if number is None:
        return
    who = town.people["admin"]
    reading_id = emergency.open_record(
        who, register=Register.CASES, number=number, reason=told["reason"], key="demo emergency"
    )
    emergency.view(who, reading_id=reading_id)
