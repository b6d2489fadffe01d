"""A rubric as a preset file writes it, read for one year; names and sources stay in the file's own tables."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from db.rules.scoring.ladder import Reward, Rules
from db.rules.scoring.rubric import WHOLE, Grade, Item, Part, Period, Rubric, Step
from db.rules.scoring.words import Award, ItemKind, RubricKind


def rubric_of(told: Mapping[str, Any], year: int) -> Rubric:
    """The rubric of a table of db/presets/rubrics.toml in a year; 02-29 is 28 February where there is no leap day."""
    return Rubric(
        year,
        kind=RubricKind(told["kind"]),
        base=Decimal(told.get("base", WHOLE)),
        parts=tuple(_part(part, year) for part in told.get("parts", ())),
        items=tuple(_item(item) for item in told.get("items", ())),
        bonus_cap=_points(told.get("bonus_cap")),
        grades=tuple(Grade(grade["code"], Decimal(grade["least"])) for grade in told.get("grades", ())),
    )


def ladder_of(told: Mapping[str, Any]) -> Rules:
    """The ladder of such a table."""
    rewards = tuple(Reward(Decimal(each["percent"]), Decimal(each["yuan"])) for each in told.get("rewards", ()))
    return Rules(told["told"], told["rectify_after"], told["yellow_after"], rewards)


def _part(told: Mapping[str, Any], year: int) -> Part:
    periods = tuple(
        Period(one["code"], day_in(one["begins"], year), day_in(one["ends"], year)) for one in told["periods"]
    )
    return Part(told["code"], Decimal(told["weight"]), periods)


def day_in(text: str, year: int) -> date:
    """A month-day of a document in a year."""
    month, day = (int(number) for number in text.split("-"))
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return date(year, month, 28 if (month, day) == (2, 29) and not leap else day)


def day_text(day: date, *, last: bool = False) -> str:
    """The way back; `last`: a period that ends with February does so in every year."""
    ends_february = last and day.month == 2 and (day + timedelta(days=1)).month == 3
    return "02-29" if ends_february else f"{day:%m-%d}"


def _item(told: Mapping[str, Any]) -> Item:
    return Item(
        told["code"],
        ItemKind(told["kind"]),
        points=Decimal(told.get("points", "0")),
        award=Award(told.get("award", Award.GIVEN)),
        steps=tuple(Step(step["count"], Decimal(step["points"])) for step in told.get("steps", ())),
        cap=_points(told.get("cap")),
        group=told.get("group", ""),
        threshold=_points(told.get("threshold")),
        unit=told.get("unit", ""),
        trigger=told.get("trigger", ""),
        section=told.get("section", ""),
        source=told.get("source", ""),
        active=told.get("active", True),
        periods=frozenset(told.get("periods", ())),
    )


def _points(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
