"""The demo's monthly ladder: traffic accidents of each village beside the year before, entered when a month is over."""

import random
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from db.demo.town import Town
from db.engine import reading
from db.models import AssessedUnit, Unit
from db.services.scoring import assessments, ladders, rubrics

SEED = "linli ladder"
# Days after the end of a month until its figures are known.
KNOWN_AFTER = 3
USUAL = (3, 9)
CHANGES = (-3, -2, -1, -1, 0, 0, 1, 1, 2)
# Village, months, accidents more than usual: told of, to be put right, carded.
RISES = (("nanmu", (6, 7), 4), ("xichuang", (3, 4, 5, 8), 5))
EFFECT = ("nanmu", 7)


def tell_ladder(told: Mapping[str, Any], town: Town, end: datetime) -> int:
    """Enter every month that is over by `end`; answers the ladder's id."""
    dice = random.Random(SEED)  # noqa: S311 - a demo repeats itself
    director, assessor = town.people["director"], town.people["assessor"]
    year = (end - timedelta(days=31 + KNOWN_AFTER)).year
    with reading() as session:
        villages = list(session.scalars(select(Unit.id).where(Unit.kind == "village").order_by(Unit.id)))
    ladder_id = assessments.add_assessment(
        director,
        preset="ladder",
        year=year,
        name=told["name"],
        name_en=told["name_en"],
        unit_ids=villages,
        key=f"{SEED} {year}",
    )
    with reading() as session:
        rubric = rubrics.latest(session, ladder_id)
    rubrics.put_in_force(director, rubric_id=rubric.id, version=rubric.version, key=f"{SEED} {year} in force")
    with reading() as session:
        own = select(AssessedUnit.unit_id, AssessedUnit.id).where(AssessedUnit.assessment_id == ladder_id)
        assessed = dict(session.execute(own).all())
    more = {(town.unit(name), month): rise for name, months, rise in RISES for month in months}
    without = {(town.unit(EFFECT[0]), EFFECT[1])}
    for month in range(1, 13):
        if _known_on(year, month) > end.date():
            break
        rows = {}
        for unit_id in villages:
            before = dice.randint(*USUAL)
            now = max(0, before + dice.choice(CHANGES) + more.get((unit_id, month), 0))
            values: dict[str, object] = {"before": before, "now": now}
            if (unit_id, month) in without:
                values |= {"ineffective": True, "note": told["without_effect"]}
            rows[assessed[unit_id]] = (0, values)
        ladders.save_figures(assessor, assessment_id=ladder_id, month=month, rows=rows, key=f"{SEED} {year} {month}")
    return ladder_id


def _known_on(year: int, month: int) -> date:
    after = date(year + month // 12, month % 12 + 1, 1)
    return after + timedelta(days=KNOWN_AFTER)
