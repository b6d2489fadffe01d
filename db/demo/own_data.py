"""What the demo office keeps no longer than it must, and what people asked about their own data."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from db.demo.stories import Moments
from db.demo.town import Town
from db.rules.data_requests import Act, Identity
from db.rules.retention import RecordClass
from db.services import data_requests, incidents, retention


def stories(told: Mapping[str, Any], town: Town, end: datetime) -> Iterator[Moments]:
    """Three requests and an incident of the last weeks, and a list for the director to approve."""
    for number, row in enumerate(told["request"]):
        yield _request(town, row, end - timedelta(days=row["days_ago"], minutes=40), number)
    yield _incident(told["incident"], town, end)
    yield _review(told["review"], town, end)


def _incident(told: Mapping[str, Any], town: Town, end: datetime) -> Moments:
    """A form went astray, was brought back, and the authority was told the next day."""
    found = end - timedelta(days=told["days_ago"])
    yield found + timedelta(days=told["told_after"])
    said = {name: told[name] for name in ("people", "kinds", "what", "measures", "why_untold")}
    days = {"found_on": found.date(), "happened_on": found.date()}
    days["authority_told_on"] = (found + timedelta(days=told["told_after"])).date()
    incidents.record(town.people["leader"], **said, **days, key="demo incident")


def _request(town: Town, row: Mapping[str, Any], at: datetime, number: int) -> Moments:
    """Taken in; the person was known the next day, and answered where the story says so."""
    yield at
    leader, asked = (
        town.people["leader"],
        {name: row[name] for name in ("kind", "for_whom", "name", "contact", "wants")},
    )
    asked["applicant"] = row.get("applicant", "")
    request_id = data_requests.register(leader, received_on=at.date(), key=f"demo asks {number}", **asked)
    if not row.get("answer"):
        return
    yield at + timedelta(days=1)
    version = data_requests.identify(
        leader, request_id=request_id, version=1, how=Identity.CARD, on=at.date(), key=f"demo knows {number}"
    )
    yield at + timedelta(days=2)
    data_requests.answer(
        town.people["director"],
        request_id=request_id,
        version=version,
        act=Act(row["act"]),
        words=row["answer"],
        article=row.get("article", ""),
        key=f"demo answers {number}",
    )


def _review(told: Mapping[str, Any], town: Town, end: datetime) -> Moments:
    """The office keeps the raw rows of imports and the words of duty for a shorter time than the preset says."""
    yield end - timedelta(minutes=50)
    director, leader = town.people["director"], town.people["leader"]
    rules = retention.schedule(director).to_dict("records")
    (rule,) = [row for row in rules if row["record_class"] == RecordClass.DUTY]
    shorter = {"amount": told["amount"], "unit": told["unit"], "source": told["source"]}
    retention.edit_rules(director, rows={int(rule["id"]): (int(rule["version"]), shorter)}, key="demo shortens")
    due = {row["record_class"]: row["due"] for row in retention.schedule(leader).to_dict("records")}
    if due[RecordClass.DUTY]:
        retention.propose(leader, record_class=RecordClass.DUTY, key="demo lists")
