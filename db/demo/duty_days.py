"""The demo's shifts as they were served: start and end marked, notes handed over, now and then something missing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import and_, func, select

from db.demo.duties import DutyHall, DutyTold
from db.engine import current, reading
from db.models import DutyPost, DutyShift, Rota, RotaPlace
from db.rules.duty.attending import Gap
from db.rules.duty.needs import span
from db.rules.permissions import Actor
from db.services.duty import attendance, handover

MINUTE = timedelta(minutes=1)
WEEK = timedelta(days=7)


def shifts(hall: DutyHall, duty: DutyTold, days: int) -> Iterator[Iterator[datetime]]:
    """One story for each post, kind of shift and day of the last `days`."""
    with reading() as session:
        posts = session.scalars(select(DutyPost).where(DutyPost.duty_id == duty.duty_id)).all()
        kinds = session.scalars(select(DutyShift).where(DutyShift.duty_id == duty.duty_id)).all()
    for ago in range(days, -1, -1):
        for post in posts:
            for kind in kinds:
                yield _Served(hall, duty, post, kind, hall.day(ago)).story()


class _Served:
    """One shift at one post: who comes when, and what they write."""

    def __init__(self, hall: DutyHall, duty: DutyTold, post: DutyPost, kind: DutyShift, day: date) -> None:
        self.hall, self.duty, self.post, self.kind, self.day = hall, duty, post, kind, day
        self.name = f"demo-{post.id}-{kind.id}-{day}"
        self.dice = Random(self.name)  # noqa: S311 - a demo must come out the same each time
        self.begins_at, self.ends_at = span(day, kind.begins, kind.minutes, current().settings.timezone)
        missing = (row for row in hall.told["missing"] if row["duty"] == duty.key and row["shift"] == kind.name)
        self.missing = {row["what"] for row in missing if hall.day(row["days"]) == day}

    def story(self) -> Iterator[datetime]:
        """Starts, the note, ends, and the note read by the next shift."""
        yield self.begins_at - 20 * MINUTE
        places = self._places()
        if not places or not self.hall.leaders():
            return
        for number, (late, place) in enumerate(self._late(places, -18, 3)):
            yield self.begins_at + late * MINUTE
            self._start(place, uniform=number > 0 or Gap.NO_UNIFORM not in self.missing)
        yield self.ends_at - self.dice.randint(2, 14) * MINUTE
        places = self._places()
        note = self._write(places) if Gap.NO_NOTE not in self.missing else 0
        leaving = self._late(places, 0, 14)
        for late, place in leaving[1:] if Gap.NO_END in self.missing else leaving:
            yield self.ends_at + late * MINUTE
            self._end(place)
        begins_at = self._next()
        if note and begins_at is not None:
            yield begins_at + self.dice.randint(75, 110) * MINUTE
            self._read(note, begins_at)

    def _late(self, places: Sequence[RotaPlace], low: int, high: int) -> list[tuple[int, RotaPlace]]:
        """Minutes after the time and the place, in the order they come."""
        coming = self.dice.sample(places, len(places))
        return list(zip(sorted(self.dice.randint(low, high) for _ in places), coming, strict=True))

    def _places(self, begins_at: datetime | None = None) -> Sequence[RotaPlace]:
        """The published places of this shift somebody stands on now, or of one that begins later at this post."""
        when = RotaPlace.begins_at == (begins_at or self.begins_at)
        which = when if begins_at else and_(when, RotaPlace.shift_id == self.kind.id)
        query = select(RotaPlace).join(Rota, Rota.id == RotaPlace.rota_id).order_by(RotaPlace.id)
        query = query.where(Rota.state == "published", RotaPlace.post_id == self.post.id, which)
        with reading() as session:
            return session.scalars(query.where(RotaPlace.member_id.is_not(None))).all()

    def _next(self) -> datetime | None:
        """When the next shift at this post begins."""
        query = select(func.min(RotaPlace.begins_at)).join(Rota, Rota.id == RotaPlace.rota_id)
        query = query.where(Rota.state == "published", RotaPlace.post_id == self.post.id)
        after = (RotaPlace.begins_at >= self.ends_at, RotaPlace.begins_at <= self.ends_at + WEEK)
        with reading() as session:
            return session.scalar(query.where(*after))

    def _start(self, place: RotaPlace, *, uniform: bool) -> None:
        attendance.start_shift(
            self.hall.speaker(place.member_id),
            place_id=place.id,
            version=place.version,
            uniform=uniform if self.duty.row.get("uniform") else None,
            key=f"{self.name}-start-{place.id}",
        )

    def _end(self, place: RotaPlace) -> None:
        speaker, key = self.hall.speaker(place.member_id), f"{self.name}-end-{place.id}"
        attendance.end_shift(speaker, place_id=place.id, version=place.version, key=key)

    def _write(self, places: Sequence[RotaPlace]) -> int:
        """The note, by somebody of the shift with an account, else by the leader on shift."""
        notes: Mapping[str, Any] = self.hall.told["notes"]
        told = next(notes[key] for key in (self._spoken(), self.duty.key) if key in notes)
        return handover.write_note(
            self._somebody(places),
            post_id=self.post.id,
            on_day=self.day,
            shift_id=self.kind.id,
            text=self.dice.choice(told),
            key=f"{self.name}-note",
        )

    def _spoken(self) -> str:
        """Which notes are this post's own."""
        return str(self.hall.told["note_of"].get(self.duty.key, {}).get(str(self.post.position), ""))

    def _read(self, note: int, begins_at: datetime) -> None:
        places = self._places(begins_at)
        if places:
            handover.read_note(self._somebody(places), note_id=note, version=1, key=f"{self.name}-read")

    def _somebody(self, places: Sequence[RotaPlace]) -> Actor:
        """Who speaks for a shift: somebody of it with an account, else the leader on shift."""
        members = [place.member_id for place in places]
        return self.hall.speaker(next((one for one in members if one in self.hall.accounts), None))
