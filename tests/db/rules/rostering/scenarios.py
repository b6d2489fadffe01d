"""A small office's scenario, as its file would say it."""

from typing import Any

FORMAT = "linli-rota-scenario/1"


def a_scenario(start: str, end: str, slots: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """Two leaders and four staff, day and night shifts."""
    people = [
        {"id": "L1", "name": "甲", "roles": ["leader"], "main_role": "leader"},
        {"id": "L2", "name": "乙", "roles": ["leader", "staff"], "main_role": "leader"},
        *({"id": f"S{n}", "name": f"员{n}", "roles": ["staff"], "main_role": "staff"} for n in range(1, 5)),
    ]
    shifts = {"D": {"start": "08:00", "hours": 12}, "N": {"start": "20:00", "hours": 12}}
    told = {
        "format": FORMAT,
        "id": "small",
        "title": "A small office",
        "calendar": {"start": start, "end": end, "holidays": [], "extra_workdays": []},
        "shifts": shifts,
        "people": people,
        "slots": slots,
        "rules": {"one_assignment_per_day": True, "min_rest_hours": 11},
    }
    return {**told, **changes}


def every_day(days: list[str], *, shift: str = "D", role: str = "staff", count: int = 1) -> list[dict[str, Any]]:
    """A slot on each of these days."""
    return [{"date": day, "post": "OFFICE", "shift": shift, "role": role, "count": count} for day in days]


def with_people(told: dict[str, Any], **more: dict[str, Any]) -> dict[str, Any]:
    """The same scenario with more said about some people."""
    people = [{**person, **more.get(person["id"], {})} for person in told["people"]]
    return {**told, "people": people}
