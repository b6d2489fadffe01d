"""The demo's scoring: the year's 100-point assessment of the villages, quarter by quarter, as an assessor scored it."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from db import clock
from db.demo.town import Town
from db.engine import reading
from db.models import AssessedUnit, Unit
from db.rules.permissions import Actor
from db.rules.scoring.entries import entered
from db.rules.scoring.rubric import Item, Period
from db.rules.scoring.words import Award
from db.services.files import Upload
from db.services.scoring import assessments, computing, entries, ledger, rubrics, sheets

SEED = "linli scores"
# Days after its end until a sheet is scored; shares of the points an assessor gives, and takes.
SCORED_AFTER = 5
GIVEN, TAKEN = (0.72, 0.8, 0.86, 0.9, 0.95, 1.0), (0, 0, 0, 0.1, 0.2, 0.3)
WHY = (
    "台账缺两本，已当场指出。",
    "记录与材料不一致一处。",
    "整改按期完成，材料后补。",
    "宣传资料未更新。",
    "街面标志缺损一处。",
)
# What is entered in the year's book: item, unit, month and day, event, reason.
BOOK = (
    ("commended_county", "dongli", (3, 12), "县综治先进单位", "县表彰先进单位通报"),
    ("criticism", "nanmu", (5, 20), "5月夜查", "夜间值班检查时无人应答，全镇通报批评"),
    ("yellow_card", "beidou", (8, 14), "8月夜查", "值班室空岗，亮黄牌"),
    ("preventable", "xichuang", (6, 30), "上半年可防性案件", "入室盗窃两起，电动车被盗两起"),
    ("commended_city", "wangyue", (9, 8), "市先进社区", "市表彰先进单位通报"),
)


def tell_scores(town: Town, end: datetime) -> int:
    """Score every period that is over by `end`; answers the assessment's id."""
    year = _year(end)
    director, assessor = town.people["director"], town.people["assessor"]
    villages = _villages()
    key = f"{SEED} {year}"
    assessment_id = assessments.add_assessment(
        director,
        preset="township",
        year=year,
        name="综治工作百分制考核",
        name_en="100-point assessment of the year",
        unit_ids=[unit_id for unit_id, _ in villages],
        key=key,
    )
    with reading() as session:
        rubric = rubrics.latest(session, assessment_id)
    rubrics.put_in_force(director, rubric_id=rubric.id, version=rubric.version, key=f"{key} in force")
    with reading() as session:
        edition = ledger.must_be_in_force(session, assessment_id)
        assessed = dict(
            session.execute(
                select(AssessedUnit.unit_id, AssessedUnit.id).where(AssessedUnit.assessment_id == assessment_id)
            ).all()
        )
    over = [period for period in edition.rubric.periods() if period.ends + timedelta(days=SCORED_AFTER) <= end.date()]
    for period in over:
        with clock.at(_scored_at(period, end)):
            for unit_id, _ in villages:
                for item in entered(edition.rubric, period.code):
                    _score(assessor, assessed[unit_id], period, item, key)
    _book(town, assessor, assessed, year, end)
    computing.compute(assessor, assessment_id=assessment_id, key=f"{key} computed")
    for period in over:
        for unit_id, _ in villages:
            which: dict[str, Any] = {"assessed_unit_id": assessed[unit_id], "period": period.code}
            sheets.finish(assessor, **which, version=0, key=f"{key} {unit_id} {period.code} finished")
    return assessment_id


def _year(end: datetime) -> int:
    """The year that has at least one quarter behind it."""
    return (end - timedelta(days=100)).year


def _villages() -> list[tuple[int, str]]:
    with reading() as session:
        rows = session.execute(select(Unit.id, Unit.name).where(Unit.kind == "village").order_by(Unit.path))
        return [(unit_id, name) for unit_id, name in rows]


def _scored_at(period: Period, end: datetime) -> datetime:
    """The morning a few days after the period, never after the demo's last."""
    morning = datetime.combine(period.ends + timedelta(days=SCORED_AFTER), end.timetz())
    return max(min(morning, end), end - timedelta(days=180))


def _score(assessor: Actor, assessed_unit_id: int, period: Period, item: Item, key: str) -> None:
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
        reason="" if points == item.points else chance.choice(WHY),
        key=f"{key} {assessed_unit_id} {period.code} {item.code}",
    )


def _book(town: Town, assessor: Actor, assessed: dict[int, int], year: int, end: datetime) -> None:
    for item, unit, on_day, event, reason in _happened(year, end.date()):
        entries.add_entry(
            assessor,
            assessed_unit_id=assessed[town.unit(unit)],
            period="",
            item=item,
            on_day=on_day,
            count=4 if item == "preventable" else 1,
            event=event,
            reason=reason,
            uploads=[Upload(f"{event}.txt", f"{event}：{reason}。".encode())],
            key=f"{SEED} {year} {item} {unit}",
        )


def _happened(year: int, until: date) -> Iterator[tuple[str, str, date, str, str]]:
    for item, unit, (month, number), event, reason in BOOK:
        if (on_day := date(year, month, number)) <= until:
            yield item, unit, on_day, event, reason
