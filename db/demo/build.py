"""Making the demo office: units and people once, then every matter in the order it happened."""

import heapq
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from itertools import chain
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from db import clock
from db.base import Base
from db.demo import briefings, duty_swaps, emergency, own_data, tidying
from db.demo.committees import make_committees, tell_activities
from db.demo.disputes import Disputes
from db.demo.duties import DutyHall, make_duties
from db.demo.duty_days import shifts
from db.demo.duty_rotas import planning
from db.demo.ladder import tell_ladder
from db.demo.matters import Matters
from db.demo.meetings import Meetings, begin_counting
from db.demo.results import results_told
from db.demo.rubric_draft import draft_edition
from db.demo.scores import Scoring
from db.demo.stories import PLOTS, Moments
from db.demo.telling import Telling, Waiting
from db.demo.town import Town, make_town, people_lines
from db.demo.works import lines_of
from db.engine import Database, using
from db.models import Case, Dispute, Person
from db.rules.permissions import system_actor
from db.rules.working_calendar import WorkingCalendar
from db.services import office
from db.services.office.presets import preset
from db.services.working_days import working_calendar

SEED = "linli"
ACCOUNTS = "demo-accounts.txt"
MORNING = time(9, 40)
ACTOR = system_actor("demo")


def build(database: Database, today: date | None = None, *, thin: int = 1) -> list[str]:
    """Fill an empty database with the demo office as of `today`; answers the lines to print.

    The same day gives the same matters, numbers, states and words. `thin` keeps about one matter in so many, at least
    one of every kind. An office that is there already is left alone.
    """
    with using(database):
        path = database.settings.folder / ACCOUNTS
        if _is_there(database):
            return [*_kept_lines(path), "It was there already; demo --fresh makes it anew."]
        end = _end(today, ZoneInfo(database.settings.timezone))
        told = preset("demo")
        password = "-".join(
            "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(4)) for _ in range(3)
        )
        with clock.at(datetime.combine(end.date() - timedelta(days=told["days"] + 7), MORNING, end.tzinfo)):
            office.load_presets(ACTOR)
            begin_counting(preset("demo_meetings"), end)
            town = make_town(told, password, _calendar(database))
            made = make_committees(told, town, end.date())
            duties = make_duties(preset("demo_duties"), town, end)
        disputes = Disputes(preset("demo_disputes"), told, town, made, end)
        scoring = Scoring(preset("demo_scores"), town, end)
        scores = chain([scoring.story()], results_told(town, scoring))
        works = (lines_of(preset("demo_works"), town, told, end, thin),)
        lately = preset("demo_meetings")
        meetings = chain(Meetings(lately, town, end).stories(), briefings.stories(lately, town, end))
        matters = _matters_told(told, town, end, thin)
        tidied = tidying.stories(preset("demo_tidying"), town, end)
        asked = own_data.stories(preset("demo_own_data"), town, end)
        opened = emergency.stories(preset("demo_own_data")["emergency"], town, end)
        stories = (_duties_told(duties, thin), matters, disputes.stories(thin), works, meetings, tidied, asked, opened)
        _tell(chain(scores, chain.from_iterable(stories)), end)
        with clock.at(end):
            tell_activities(told, town, made, end.date())
            draft_edition(town, scoring.assessment_id)
            tell_ladder(scoring.told["ladder"], town, end)
            if thin == 1:
                tidying.learn(town)
        lines = [
            f"Demo office of {end.date()}: {_count(database, Case)} matters, {_count(database, Dispute)} disputes, "
            f"{len(town.people)} people, all invented.",
            f"The password of all of them: {password}",
            *people_lines(town),
        ]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        path.chmod(0o600)
        return [*lines, f"Kept in {path}"]


def _is_there(database: Database) -> bool:
    return bool(_count(database, Person))


def _count(database: Database, model: type[Base]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def _calendar(database: Database) -> WorkingCalendar:
    with database.reading() as session:
        return working_calendar(session)


def _kept_lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def _end(today: date | None, zone: ZoneInfo) -> datetime:
    """The moment the demo reaches: the morning of the day asked for, and never later than now when none was."""
    now = clock.now().astimezone(zone)
    morning = datetime.combine(today or now.date(), MORNING, zone)
    return morning if today else min(morning, now)


def _tell(stories: Iterable[Moments], end: datetime) -> None:
    """Let every story take its steps, all of them in the order of their moments, until `end`."""
    queue: list[tuple[datetime, int, Moments]] = []
    for index, story in enumerate(stories):
        heapq.heappush(queue, (next(story), index, story))
    while queue:
        moment, index, story = heapq.heappop(queue)
        if moment > end:
            return
        with clock.at(moment), suppress(Waiting):
            following = next(story, None)
            if following is not None:
                heapq.heappush(queue, (following, index, story))


def _matters_told(told: Mapping[str, Any], town: Town, end: datetime, thin: int) -> Iterator[Moments]:
    matters = Matters(told, thin)
    for index, plot in enumerate(matters.plots()):
        yield PLOTS[plot.plot](Telling(town, matters, plot, f"{SEED}-{index:03d}", end))


def _duties_told(hall: DutyHall, thin: int) -> Iterator[Moments]:
    marked = hall.told["marked"] if thin == 1 else hall.told["thin_marked"]
    for duty in hall.duties.values():
        yield planning(hall, duty)
        yield from shifts(hall, duty, marked)
    yield from duty_swaps.stories(hall)
