"""One matter of the demo on its way: its dice, its people, its next moment, and acting through the services."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy import select

from db.demo.matters import Matters, Plot
from db.demo.town import Town
from db.engine import reading
from db.models import Case
from db.rules.case_flow import BY_STEP, Step
from db.rules.cases import Channel, Grade, How, Kind, Outcome, Source
from db.rules.intake import Intake, Party
from db.rules.permissions import Actor, Role
from db.services import intake
from db.services.cases import take_step

OPENS, CLOSES = time(8, 35), time(17, 0)
MINUTE = timedelta(minutes=1)
CAME = (
    ((Channel.VISIT, Source.RESIDENT), 34),
    ((Channel.TELEPHONE, Source.RESIDENT), 26),
    ((Channel.ONLINE, Source.RESIDENT), 12),
    ((Channel.TELEPHONE, Source.HOTLINE), 14),
    ((Channel.LETTER, Source.RESIDENT), 6),
    ((Channel.ONLINE, Source.SUPERIOR), 5),
    ((Channel.LETTER, Source.OTHER_UNIT), 2),
    ((Channel.FAX, Source.OTHER_UNIT), 1),
)


class Waiting(Exception):
    """The matter has come to the state it waits in."""


class Telling:
    """One matter on its way: its own dice, its next moment, its case."""

    def __init__(self, town: Town, matters: Matters, plot: Plot, name: str, end: datetime) -> None:
        self.town, self.matters, self.plot, self.name = town, matters, plot, name
        self.dice = dice = Random(name)  # noqa: S311 - a demo must come out the same each time
        self.matter = matters.draw(plot, dice)
        self.grade = plot.grade or dice.choice((Grade.GENERAL, Grade.GENERAL, Grade.GENERAL, Grade.MAJOR))
        self.unit, self.co = self.matter.unit, self.matter.co
        self.outcome = dice.choices(list(Outcome), (70, 22, 8))[0]
        self.at = self._began(end)
        self.state, self.case_id, self._keys = "", 0, 0
        self.by_letter = False
        self.parties: tuple[Party, ...] = ()
        self.clerk, self.other_clerk = dice.sample(town.staff(Role.CLERK), 2)
        self.deputy = dice.choice(town.staff(Role.DUTY_DEPUTY))
        self.leader = dice.choice(town.staff(Role.DUTY_LEADER))
        self.director, self.second = town.staff(Role.DIRECTOR)[:2]

    # --- time ---

    def _began(self, end: datetime) -> datetime:
        days = self.dice.randint(self.plot.newest, self.plot.oldest)
        if days == 0:
            return end - self.dice.randint(5, 55) * MINUTE
        day = end.date() - timedelta(days=days)
        while not self.town.calendar.is_working(day):
            day -= timedelta(days=1)
        return self._during(day, end)

    def _during(self, day: date, like: datetime) -> datetime:
        """A moment in the office's hours of a day."""
        opens = datetime.combine(day, OPENS, like.tzinfo)
        return opens + self.dice.randint(0, 480) * MINUTE

    def later(self, low: int, high: int) -> datetime:
        """Some working days on; 0 means within the day while the office is open."""
        days = self.dice.randint(low, high)
        soon = self.at + self.dice.randint(12, 75) * MINUTE
        if days == 0 and soon.time() <= CLOSES:
            self.at = soon
        else:
            day = self.town.calendar.add_working(self.at.date(), max(days, 1))
            self.at = max(self._during(day, self.at), self.at + MINUTE)
        return self.at

    # --- acting ---

    def key(self) -> str:
        """The next submission key."""
        self._keys += 1
        return f"{self.name}-{self._keys}"

    def say(self, name: str) -> str:
        """A phrase of the preset."""
        return self.matters.phrase(name, self.dice)

    def take(self, actor: Actor, step: Step, **values: object) -> None:
        """Take one step on the case as it stands; raises Waiting instead of leaving the state to wait in."""
        if self.state == self.plot.until and BY_STEP[step].target not in (None, self.state):
            raise Waiting
        with reading() as session:
            version = session.scalar(select(Case.version).where(Case.id == self.case_id)) or 0
        receipt = take_step(actor, case_id=self.case_id, version=version, step=step, values=values, key=self.key())
        self.state = receipt.state

    def handler(self, unit: str = "") -> Actor:
        """Who handles in a unit: its handler, else its head."""
        unit = unit or self.unit
        return (self.town.staff(Role.HANDLER, unit) or self.town.staff(Role.UNIT_HEAD, unit))[0]

    def head(self, unit: str = "") -> Actor:
        """Who signs for a unit."""
        return self.town.staff(Role.UNIT_HEAD, unit or self.unit)[0]

    @property
    def today(self) -> date:
        """The day of the present moment."""
        return self.at.date()

    def register(self, *, outcome: str = "", words: str = "", repeat_of: int | None = None) -> None:
        """Register the matter as its resident tells it."""
        m, plot = self.matter, self.plot
        channel, source = self._came()
        self.by_letter = channel == Channel.LETTER
        accusation = plot.kind == Kind.ACCUSATION
        told = Intake(
            channel=channel,
            source=source,
            source_number=self._source_number(source),
            received_at=self._received(channel, source),
            anonymous=plot.anonymous,
            parties=() if plot.anonymous else self.parties or self._parties(),
            child=plot.child,
            head_count=self.dice.randint(6, 14) if plot.joint else 1,
            subject=m.subject,
            text=m.text,
            place=m.place,
            since=m.since,
            request=m.request,
            kind=plot.kind,
            grade=Grade.SIMPLE if outcome else self.grade,
            category=m.category,
            accused_unit_id=self.town.unit(self.unit) if accusation else None,
            taken_by_id=self.director.id if accusation else None,
            repeat_of_id=repeat_of,
            notice_shown=channel in (Channel.VISIT, Channel.TELEPHONE),
            outcome=outcome,
            words=words,
        )
        done = intake.register(self.clerk, intake=told, key=self.key())
        self.case_id, self.state = done.case_id, done.state
        if plot.kind == Kind.REQUEST and not plot.anonymous and repeat_of is None:
            self.town.registered.append((done.case_id, m, told.parties))

    def comes_again(self) -> int | None:
        """Become a repeat of a matter registered lately, from the same people; answers that case's id."""
        if not self.town.registered:
            return None
        first, matter, self.parties = self.dice.choice(self.town.registered[-8:])
        self.matter = replace(matter, text=self.say("again").format(subject=matter.subject))
        return first

    def referral(self) -> tuple[str, str]:
        """Where a matter goes that is not the office's, and the words that say so."""
        return self.dice.choice(sorted(self.matters.referrals.items()))

    def _came(self) -> tuple[str, str]:
        """Channel and source."""
        if self.plot.source == Source.PATROL:
            return Channel.VISIT, Source.PATROL
        if self.plot.joint:
            return Channel.VISIT, Source.RESIDENT
        if self.plot.channel:
            return self.plot.channel, self.plot.source or Source.RESIDENT
        channel, source = self.dice.choices(*zip(*CAME, strict=True))[0]
        return channel, self.plot.source or source

    def _source_number(self, source: str) -> str:
        prefix = {Source.HOTLINE: "RX", Source.SUPERIOR: "SJ"}.get(Source(source))
        return f"{prefix}{self.at:%Y%m%d}{self.dice.randint(100, 999)}{self.name[-3:]:0>3}" if prefix else ""

    def _received(self, channel: str, source: str) -> datetime | None:
        """What came at night is registered in the morning."""
        if channel == Channel.ONLINE or source == Source.HOTLINE:
            return self.at - self.dice.randint(20, 840) * MINUTE
        return None

    def _parties(self) -> tuple[Party, ...]:
        parties = []
        for _ in range(self.dice.randint(2, 5) if self.plot.joint else 1):
            name, contact = self.matters.resident()
            address = self.matter.place if self.dice.random() < 0.5 else ""
            guardian = f"{name[0]}家长" if self.plot.child else ""
            parties.append(Party(name=name, contact=contact, address=address, guardian=guardian))
        return tuple(parties)

    @property
    def words(self) -> str:
        """The opinion for the resident, as the outcome goes."""
        return self.matter.words if self.outcome == Outcome.SUPPORTED else self.matter.explained

    def how(self) -> str:
        """How a resident is reached."""
        return self.dice.choice((How.TELEPHONE, How.TELEPHONE, How.IN_PERSON, How.WRITTEN))
