"""The demo's meetings of the last weeks: planned, held, called off and missed, with attendance and decisions."""

import random
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import select, update

from db.demo.stories import Moments
from db.demo.town import ACTOR, Town
from db.engine import reading, transaction
from db.models import Case, MeetingKind
from db.rules.meetings.rhythm import due_days
from db.rules.meetings.words import DecisionState, Standing
from db.rules.permissions import Actor
from db.services.meetings import attending, closing, deciding, keeping
from db.services.meetings.calendar import rule_of

BEGUN = timedelta(minutes=40)
"""So long ago at least the meeting being held began, at whatever hour the demo is built."""
WEEKLY, MONTHLY = ("directors",), ("unit_heads", "situation", "general", "monthly_report")


class Meetings:
    """The meetings of an office, told from its preset."""

    def __init__(self, told: Mapping[str, Any], town: Town, end: datetime) -> None:
        self.told, self.town, self.end = told, town, end
        self.begins = end - timedelta(weeks=told["weeks"])
        self.chair, self.clerk = town.people[told["chair"]], town.people[told["clerk"]]
        self.dice = random.Random("linli meetings")  # noqa: S311 - a demo repeats itself
        self._decisions = iter(told["decision"])

    def stories(self) -> Iterator[Moments]:
        """One story for every meeting of these weeks, and the one called today on a difficult matter."""
        for code in (*WEEKLY, *MONTHLY):
            kind = _kind(code)
            days = [
                due.day for due in due_days(rule_of(kind), self.begins.date(), self._until(code), self.town.calendar)
            ]
            for ago, day in enumerate(reversed(days)):
                if code not in WEEKLY or ago - 1 != self.told["missed"]:
                    yield self._meeting(kind.id, code, day, ago)
        yield self._joint(_kind("joint").id)

    def _until(self, code: str) -> date:
        """The next meeting of the directors is planned already."""
        return self.end.date() + timedelta(days=7 if code in WEEKLY else 0)

    def _meeting(self, kind_id: int, code: str, day: date, ago: int) -> Moments:
        """One meeting; the directors' of this week is late and being held as the demo ends."""
        told, weekly = self.told, code in WEEKLY
        this_week = weekly and ago == 1
        before = self._at(day - timedelta(days=3 if day.weekday() == 0 else 1), told["planned_at"])
        yield max(min(before, self.end - timedelta(hours=20)), self.begins)
        if weekly and ago - 1 == told["called_off"]["weeks"]:
            keeping.call_off_due(
                self.chair, kind_id=kind_id, due_on=day, reason=told["called_off"]["reason"], key=f"{code} {day} off"
            )
            return
        begins = self._at(day, told["begins_at"])
        if this_week:
            begins = min(self._at(self.end.date(), told["begins_at"]), self.end - BEGUN)
        held = begins.date()
        meeting_id = keeping.plan(self.clerk, kind_id=kind_id, due_on=day, key=f"{code} {day}", **self._says(held))
        yield begins
        if held > self.end.date():
            return
        self._open(meeting_id, f"{code} {day}")
        decided = self._decide(meeting_id, f"{code} {day}")
        if this_week:
            return
        yield self._at(held, told["closed_at"])
        closing.close_meeting(
            self.chair, meeting_id=meeting_id, version=self._version(meeting_id), key=f"{code} {day} closed"
        )
        if code == told["again"]["kind"] and ago == 0:
            yield self._at(held, told["again"]["at"])
            self._again(meeting_id, f"{code} {day}")
        for decision_id, one in decided:
            yield from self._settled(decision_id, one, held)

    def _again(self, meeting_id: int, key: str) -> None:
        """Reopened for something forgotten, and closed again."""
        which = {"meeting_id": meeting_id, "version": self._version(meeting_id)}
        closing.reopen(self.chair, reason=self.told["again"]["reason"], key=f"{key} again", **which)
        which["version"] = self._version(meeting_id)
        closing.close_meeting(self.chair, key=f"{key} closed again", **which)

    def _joint(self, kind_id: int) -> Moments:
        """The difficult matter of several units: planned for the week after the demo ends."""
        joint = self.told["joint"]
        yield self.end - timedelta(days=1, hours=1)
        with reading() as session:
            wanted = select(Case.number).where(Case.open, Case.category == joint["category"], Case.sealed.is_(False))
            number = session.scalar(wanted.order_by(Case.id.desc()).limit(1))
        says = self._says(self.end.date() + timedelta(days=5)) | {"title": joint["title"]}
        keeping.plan(self.clerk, kind_id=kind_id, key="demo joint", case_number=number or "", **says)

    def _says(self, day: date) -> dict[str, Any]:
        people = {"chair_id": self.chair.id, "clerk_id": self.clerk.id}
        return {"day": day, "at": _time(self.told["begins_at"]), "place": self.told["place"], **people}

    def _open(self, meeting_id: int, key: str) -> None:
        version = self._version(meeting_id)
        keeping.open_meeting(self.clerk, meeting_id=meeting_id, version=version, key=f"{key} open")
        roll = attending.roll(self.clerk, meeting_id=meeting_id)
        rows = {int(one): (int(seen), self._came()) for one, seen in zip(roll["id"], roll["version"], strict=True)}
        attending.attend(self.clerk, meeting_id=meeting_id, rows=rows, key=f"{key} roll")

    def _came(self) -> dict[str, object]:
        drawn = self.dice.random() * 100
        if drawn < self.told["excused"]:
            why = self.dice.choice(self.told["reasons"])
            return {"standing": Standing.EXCUSED.value, "approved_by_id": self.chair.id, "note": why}
        absent = drawn < self.told["excused"] + self.told["absent"]
        return {"standing": (Standing.ABSENT if absent else Standing.PRESENT).value}

    def _decide(self, meeting_id: int, key: str) -> list[tuple[int, Mapping[str, Any]]]:
        """The next decision of the preset, while there is any."""
        return [(self._decided(meeting_id, one, f"{key} decides"), one) for one in islice(self._decisions, 1)]

    def _decided(self, meeting_id: int, one: Mapping[str, Any], key: str) -> int:
        owner: Actor | None = self.town.people.get(one.get("owner", ""))
        return deciding.decide(
            self.clerk,
            meeting_id=meeting_id,
            text=one["text"],
            owner_id=owner.id if owner else None,
            unit_id=self.town.unit(one["unit"]) if "unit" in one else None,
            due_on=keeping.meeting(self.clerk, meeting_id=meeting_id).today + timedelta(days=one["days"]),
            key=key,
        )

    def _settled(self, decision_id: int, one: Mapping[str, Any], held: date) -> Moments:
        if one["done"]:
            yield self._at(held + timedelta(days=one["done"]), "16:20")
            deciding.settle(
                self.chair,
                decision_id=decision_id,
                version=1,
                state=DecisionState.DONE.value,
                note=one["note"],
                key=f"demo settles {decision_id}",
            )

    def _version(self, meeting_id: int) -> int:
        return keeping.meeting(self.clerk, meeting_id=meeting_id).version

    def _at(self, day: date, at: str) -> datetime:
        return datetime.combine(day, _time(at), self.end.tzinfo)


def begin_counting(told: Mapping[str, Any], end: datetime) -> None:
    """The office began to count its meetings so many weeks before the demo's end."""
    with transaction(ACTOR) as session:
        session.execute(update(MeetingKind).values(begins_on=(end - timedelta(weeks=told["weeks"])).date()))


def _kind(code: str) -> MeetingKind:
    with reading() as session:
        kind = session.scalars(select(MeetingKind).where(MeetingKind.code == code)).one()
        session.expunge(kind)
        return kind


def _time(text: str) -> time:
    return time.fromisoformat(text)
