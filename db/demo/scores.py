"""The demo's scoring: the year's 100-point assessment of the villages, quarter by quarter, as an assessor scored it."""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import select

from db.demo.stories import Moments
from db.demo.town import Town
from db.engine import reading
from db.models import AssessedUnit, Unit
from db.rules.permissions import Actor
from db.rules.scoring.entries import entered
from db.rules.scoring.rubric import Item, Period
from db.rules.scoring.words import Award
from db.rules.scoring.written import rubric_of
from db.services.files import Upload
from db.services.office.presets import preset
from db.services.scoring import assessments, computing, entries, ledger, rubrics, sheets

SEED, PRESET = "linli scores", "township"
# When after its end a sheet is scored, and a point written; shares of the points an assessor gives, and takes.
SCORED_AFTER, WRITTEN_AFTER = timedelta(days=5), timedelta(days=1)
# How long before the demo's last morning the assessment was set up.
LASTS = timedelta(days=180)
GIVEN, TAKEN = (0.72, 0.8, 0.86, 0.9, 0.95, 1.0), (0, 0, 0, 0.1, 0.2, 0.3)


class Scoring:
    """The assessment of a year as it was scored: set up once, each period some days after its end."""

    def __init__(self, told: Mapping[str, Any], town: Town, end: datetime) -> None:
        self.told, self._town, self._end = told, town, end
        self._begins = end - LASTS
        self._key = f"{SEED} {_year(end)}"
        rubric = next(one for one in preset("rubrics")["rubric"] if one["code"] == PRESET)
        self._periods = rubric_of(rubric, _year(end)).periods()
        self.assessment_id = 0

    def over(self, since: timedelta) -> list[Period]:
        """The periods that ended so long before the demo's last morning."""
        return [one for one in self._periods if one.ends + since <= self._end.date()]

    def at(self, day: date) -> datetime:
        """The morning of a day, within the demo's days."""
        return min(max(datetime.combine(day, self._end.timetz()), self._begins), self._end)

    def story(self) -> Moments:
        """Every act at its moment, none after the demo's last."""
        yield self._begins
        edition, assessed = self._set_up()
        acts: list[tuple[datetime, Callable[[], None]]] = [
            (self.at(period.ends + SCORED_AFTER), partial(self._score_period, edition, period, assessed))
            for period in self.over(SCORED_AFTER)
        ]
        for row in self.told["happened"]:
            on_day = date(edition.rubric.year, row["month"], row["day"])
            if on_day <= self._end.date():
                acts.append((self.at(on_day + WRITTEN_AFTER), partial(self._enter, row, on_day, assessed)))
        for moment, act in sorted(acts, key=lambda one: one[0]):
            yield moment
            act()

    def _set_up(self) -> tuple[ledger.Edition, dict[int, int]]:
        director, units = self._town.people["director"], _villages()
        self.assessment_id = assessments.add_assessment(
            director,
            preset=PRESET,
            year=_year(self._end),
            name=self.told["name"],
            name_en=self.told["name_en"],
            unit_ids=units,
            key=self._key,
        )
        with reading() as session:
            rubric = rubrics.latest(session, self.assessment_id)
        which: dict[str, Any] = {"rubric_id": rubric.id, "version": rubric.version}
        rubrics.put_in_force(director, **which, key=f"{self._key} in force")
        with reading() as session:
            edition = ledger.must_be_in_force(session, self.assessment_id)
            wanted = select(AssessedUnit.unit_id, AssessedUnit.id)
            return edition, dict(session.execute(wanted.where(AssessedUnit.assessment_id == self.assessment_id)).all())

    def _score_period(self, edition: ledger.Edition, period: Period, assessed: Mapping[int, int]) -> None:
        """What the assessor gave and took, what the records know, and every sheet finished."""
        assessor = self._town.people["assessor"]
        for assessed_id in assessed.values():
            for item in entered(edition.rubric, period.code):
                _score(assessor, assessed_id, period, item, self._key, self.told["why"])
        key = f"{self._key} {period.code}"
        computing.compute(assessor, assessment_id=self.assessment_id, key=f"{key} computed")
        for assessed_id in assessed.values():
            which: dict[str, Any] = {"assessed_unit_id": assessed_id, "period": period.code, "version": 0}
            sheets.finish(assessor, **which, key=f"{key} {assessed_id} finished")

    def _enter(self, row: Mapping[str, Any], on_day: date, assessed: Mapping[int, int]) -> None:
        """A bonus or deduction in the year's book."""
        event, reason = row["event"], row["reason"]
        entries.add_entry(
            self._town.people["assessor"],
            assessed_unit_id=assessed[self._town.unit(row["unit"])],
            period="",
            item=row["item"],
            on_day=on_day,
            count=row.get("count", 1),
            event=event,
            reason=reason,
            uploads=[Upload(f"{event}.txt", f"{event}：{reason}。".encode())],
            key=f"{self._key} {row['item']} {row['unit']}",
        )


def _year(end: datetime) -> int:
    """The year that has at least one quarter behind it."""
    return (end - timedelta(days=100)).year


def _villages() -> list[int]:
    with reading() as session:
        return list(session.scalars(select(Unit.id).where(Unit.kind == "village").order_by(Unit.path)))


def _score(assessor: Actor, assessed_unit_id: int, period: Period, item: Item, key: str, why: Sequence[str]) -> None:
    """What the assessor gave for one item, or took off; the same every time."""
    if item.trigger:
        return
    chance = random.Random(f"{SEED} {assessed_unit_id} {period.code} {item.code}")  # noqa: S311 - a story, no secret
    share = chance.choice(TAKEN if item.award is Award.TAKEN else GIVEN)
    points = (item.points * Decimal(str(share))).quantize(Decimal("0.5"))
    if item.award is Award.TAKEN and not points:
        return
    entries.add_entry(
        assessor,
        assessed_unit_id=assessed_unit_id,
        period=period.code,
        item=item.code,
        on_day=period.ends,
        points=f"{points:f}",
        reason="" if points == item.points else chance.choice(why),
        key=f"{key} {assessed_unit_id} {period.code} {item.code}",
    )
