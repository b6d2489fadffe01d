"""Disputes as a state machine: random people take random steps, and a second, smaller model must agree each time.

`FLOW_STEPS=5000` takes that many steps instead of a few hundred, newly chosen each time.
"""

import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import select

from db import clock
from db.engine import Database
from db.models import Agreement, Dispute, DisputeEntry, DisputeExtension, DisputeMediator, DisputeParty
from db.rules.mediation.flow import MOVES
from db.rules.mediation.words import State, Step
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services.mediation import agreement, dossier, mediators, opening, parties, read, sessions, steps
from tests.db.services.disputes import ALL_ROUTES, TOLD, key, member, party_rows, registered, row
from tests.factories import NOW, Office

STEPS = int(os.environ.get("FLOW_STEPS", "0"))
PER_EXAMPLE = 40
ENDED = "agreed refused failed withdrawn"
# step: from where, where to ("" stays, "back" undoes).
TABLE: Mapping[str, tuple[str, str]] = {
    "accept": ("registered", "mediating"),
    "extend": ("mediating", ""),
    "conclude": ("mediating", "agreed"),
    "refuse": ("registered mediating", "refused"),
    "terminate": ("mediating", "failed"),
    "withdraw": ("registered mediating", "withdrawn"),
    "archive": (ENDED, "archived"),
    "reopen": (f"{ENDED} archived", "back"),
}
KEEPERS = ("director", "mediator", "chair", "elsewhere")
PEOPLE = (*KEEPERS, "clerk", "viewer")
LIVE = ("registered", "mediating")


@dataclass
class Side:
    """What the model knows of a party: when it was told and when it consented."""

    told_on: date | None = None
    consent_on: date | None = None


@dataclass
class Model:
    """One dispute as a reader of the law would keep it on a slip of paper."""

    id: int
    child: bool
    standing: set[str]
    state: str = "registered"
    aside: set[str] = field(default_factory=set)
    sides: tuple[Side, Side] = field(default_factory=lambda: (Side(), Side()))
    came_from: list[str] = field(default_factory=list)
    settled: bool = False

    def sees(self, who: str) -> bool:
        """Whether somebody who keeps files keeps this one."""
        free = not self.standing and self.state != "archived"
        if who in self.aside:
            return False
        if who == "director" or who in self.standing:
            return True
        return (who == "chair" and (free or not self.child)) or (who == "mediator" and free and not self.child)

    def verdict(self, who: str, act: str, today: date, side: int = 0, other: str = "") -> str:
        """What must come of it."""
        if who not in KEEPERS or (act == "reopen" and who != "director"):
            return "refused"
        if not self.sees(who):
            return "hidden"
        if act in TABLE:
            fine = self.state in TABLE[act][0].split() and self._ready(act, who)
        elif self.state == "archived":
            fine = False
        elif act in ("tell", "consent"):
            fine = self._may_say(act, self.sides[side], today)
        elif act == "assign":
            fine = other not in self.standing | self.aside
        else:
            fine = True
        return "ok" if fine else "problems"

    def _ready(self, act: str, who: str) -> bool:
        if act == "extend":
            return all(side.consent_on for side in self.sides)
        return {"conclude": self.settled, "archive": who == "director"}.get(act, True)

    def _may_say(self, act: str, side: Side, today: date) -> bool:
        if act == "consent":
            return self.state in LIVE and side.told_on is not None
        return side.consent_on is None or today <= side.consent_on

    def take(self, step: str) -> None:
        """A step was taken."""
        target = TABLE[step][1]
        if target == "back":
            self.state = self.came_from.pop()
        elif target:
            if target != "mediating":
                self.came_from.append(self.state)
            self.state = target
        if step == "refuse":
            self.sides[1].consent_on = None


class Ground:
    """The office all examples share."""

    def __init__(self, database: Database, office: Office) -> None:
        self.database, self.office = database, office
        self.member = {name: member(database, office, name) for name in ("mediator", "chair", "elsewhere")}
        self.counted: Counter[str] = Counter()
        self.reached: Counter[str] = Counter()


ground: Ground


class Mediation(RuleBasedStateMachine):
    """A few disputes, some people, and days that pass."""

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = NOW
        self.disputes: list[Model] = []
        self.last: tuple[Callable[[], object], object] | None = None

    @property
    def today(self) -> date:
        """The office's day."""
        return self.now.date()

    @initialize(child=st.booleans())
    def begin(self, child: bool) -> None:
        """One with a mediator, one nobody has, of which one may be a child's."""
        with clock.at(self.now):
            first = registered(ground.database, ground.office, child=child, parties=_guarded())
            second = registered(ground.database, ground.office, mediator_id=None)
        self.disputes = [Model(first, child, {"mediator"}), Model(second, False, set())]

    @rule(days=st.sampled_from([1, 1, 3, 40]))
    def days_pass(self, days: int) -> None:
        """Time changes no file by itself."""
        before = [_facts(model.id) for model in self.disputes]
        self.now += timedelta(days=days)
        assert [_facts(model.id) for model in self.disputes] == before

    @rule(data=st.data(), who=st.sampled_from(PEOPLE), step=st.sampled_from(sorted(TABLE)))
    def any_step(self, data: st.DataObject, who: str, step: str) -> None:
        """Anybody tries any step."""
        self._step(data, data.draw(st.sampled_from(self.disputes)), who, step)

    @rule(data=st.data())
    def open_step(self, data: st.DataObject) -> None:
        """Somebody takes a step the model allows."""
        model = data.draw(st.sampled_from(self.disputes))
        pairs = [(who, step) for who in KEEPERS for step in TABLE if model.verdict(who, step, self.today) == "ok"]
        if pairs:
            self._step(data, model, *data.draw(st.sampled_from(pairs)))

    @rule(data=st.data(), who=st.sampled_from(PEOPLE), act=st.sampled_from(["tell", "consent"]), side=st.integers(0, 1))
    def say(self, data: st.DataObject, who: str, act: str, side: int) -> None:
        """A party is told its rights, or consents."""
        self._say(data.draw(st.sampled_from(self.disputes)), who, act, side)

    @rule(data=st.data(), strides=st.integers(1, 4))
    def go_on(self, data: st.DataObject, strides: int) -> None:
        """A dispute goes some way along the usual road: told, consented, accepted, settled, concluded, filed."""
        model = data.draw(st.sampled_from(self.disputes))
        for _ in range(strides):
            if model.state in LIVE and not all(side.consent_on for side in model.sides):
                for side in (0, 1):
                    self._say(model, "director", "tell", side)
                    self._say(model, "director", "consent", side)
            elif model.state == "mediating" and not model.settled:
                self._settle(model)
            else:
                road = {"registered": "accept", "mediating": "conclude", "archived": "reopen"}
                self._step(data, model, "director", road.get(model.state, "archive"))

    def _say(self, model: Model, who: str, act: str, side: int) -> None:
        party = party_rows(ground.database, model.id)[side]
        seen: dict[str, Any] = {"dispute_id": model.id, "party_id": party.id, "version": party.version}
        service: Callable[..., int] = parties.record_consent
        values: dict[str, Any] = {"consent_on": self.today}
        if act == "tell":
            service, values = parties.tell_rights, {"told_on": self.today, "told_how": "in_person"}
        if self._try(model, who, partial(service, **seen, **values), model.verdict(who, act, self.today, side)):
            setattr(model.sides[side], "told_on" if act == "tell" else "consent_on", self.today)

    @rule(data=st.data(), who=st.sampled_from(PEOPLE), other=st.sampled_from(["mediator", "chair", "elsewhere"]))
    def assign(self, data: st.DataObject, who: str, other: str) -> None:
        """Somebody puts a mediator on a file; the one from elsewhere is a party's choice."""
        model = data.draw(st.sampled_from(self.disputes))
        chosen: dict[str, Any] = {"how": "chosen", "party_id": party_rows(ground.database, model.id)[0].id}
        act = partial(
            mediators.assign, dispute_id=model.id, mediator_id=ground.member[other], from_on=self.today,
            **(chosen if other == "elsewhere" else {}),
        )  # fmt: skip
        if self._try(model, who, act, model.verdict(who, "assign", self.today, other=other)):
            model.standing.add(other)

    @rule(data=st.data(), who=st.sampled_from(PEOPLE))
    def step_aside(self, data: st.DataObject, who: str) -> None:
        """A mediator leaves a file for good."""
        model = data.draw(st.sampled_from(self.disputes))
        if not model.standing:
            return
        leaves = data.draw(st.sampled_from(sorted(model.standing)))
        with ground.database.reading() as session:
            query = select(DisputeMediator).where(DisputeMediator.dispute_id == model.id)
            query = query.where(DisputeMediator.mediator_id == ground.member[leaves])
            stands = session.scalars(query).one()
        act = partial(
            mediators.step_aside, dispute_id=model.id, row_id=stands.id, version=stands.version, ended_on=self.today,
            reason="与一方是亲戚",
        )  # fmt: skip
        if self._try(model, who, act, model.verdict(who, "aside", self.today)):
            model.standing.remove(leaves)
            model.aside.add(leaves)

    @rule(data=st.data(), who=st.sampled_from(PEOPLE))
    def note(self, data: st.DataObject, who: str) -> None:
        """Somebody writes a line."""
        model = data.draw(st.sampled_from(self.disputes))
        act = partial(opening.add_note, dispute_id=model.id, text="已电话联系")
        self._try(model, who, act, model.verdict(who, "note", self.today))

    @rule(data=st.data(), words=st.sampled_from(["院墙排水", "屋檐滴水"]), who=st.sampled_from(PEOPLE))
    def correct(self, data: st.DataObject, words: str, who: str) -> None:
        """Somebody corrects the file."""
        model = data.draw(st.sampled_from(self.disputes))
        act = partial(
            opening.correct, dispute_id=model.id, version=row(ground.database, model.id).version, subject=words,
            facts=TOLD.facts, category=TOLD.category, source=TOLD.source, child=model.child, head_count=2,
        )  # fmt: skip
        self._try(model, who, act, model.verdict(who, "correct", self.today))

    def _settle(self, model: Model) -> None:
        """A session is held and the parties agree by word, on the way to a conclusion."""
        if not model.standing:
            return
        present = [party.id for party in party_rows(ground.database, model.id)]
        held: dict[str, Any] = {"held_on": self.today, "held_time": time(8), "ended_time": time(8, 30)}
        mine = [ground.member[name] for name in sorted(model.standing)]
        with clock.at(self.now):
            director = ground.office.director
            sessions.add_session(
                director, dispute_id=model.id, kind="session", place="调解室", present=present, mediators=mine,
                statements="各自陈述", key=key(), **held,
            )  # fmt: skip
            agreement.write_agreement(
                director, dispute_id=model.id, version=0, form="oral", performed_at_once=True, content="当场道歉",
                reached_on=self.today, key=key(),
            )  # fmt: skip
        model.settled = True

    @rule()
    def again(self) -> None:
        """A double click: the last act with its key once more."""
        if self.last is not None:
            act, done = self.last
            before = [_facts(model.id) for model in self.disputes]
            with clock.at(self.now):
                assert act() == done
            assert [_facts(model.id) for model in self.disputes] == before

    def _step(self, data: st.DataObject, model: Model, who: str, step: str) -> None:
        expected = model.verdict(who, step, self.today)
        stale = expected == "ok" and data.draw(st.integers(0, 11)) == 0
        version = row(ground.database, model.id).version - stale
        act = partial(SERVICES[step], dispute_id=model.id, version=version, **_values(model, step, self.today))
        if self._try(model, who, act, "changed" if stale else expected):
            model.take(step)
            self._agrees(model)

    def _try(self, model: Model, who: str, act: Callable[..., object], expected: str) -> bool:
        """Take an act; whatever was not allowed left everything as it was."""
        keyed = partial(act, ground.office.people[who], key=key())
        before = _facts(model.id)
        with clock.at(self.now):
            outcome, done = _take(keyed)
        ground.counted[outcome] += 1
        assert outcome == expected, (who, model)
        if outcome == "ok":
            self.last = keyed, done
        else:
            assert _facts(model.id) == before
        return outcome == "ok"

    def _agrees(self, model: Model) -> None:
        """What is stored is what the model says, and everybody is offered what the table allows."""
        stands = row(ground.database, model.id)
        assert (stands.state, stands.open) == (model.state, model.state != "archived")
        assert (stands.next_due_on is not None) == (model.state in ("mediating", "agreed"))
        assert (stands.archived_on is not None) == (model.state == "archived")
        assert (stands.ended_on is None) == (model.state in LIVE)
        ground.reached[model.state] += 1
        allowed = {step for step, (sources, _) in TABLE.items() if model.state in sources.split()}
        with clock.at(self.now):
            for who in filter(model.sees, KEEPERS):
                offered = read.view(ground.office.people[who], dispute_id=model.id).steps
                assert set(offered) == (allowed if who == "director" else allowed - {"reopen"}), who


SERVICES: Mapping[str, Callable[..., steps.Receipt]] = {
    "accept": steps.accept,
    "extend": steps.extend,
    "conclude": agreement.conclude,
    "refuse": steps.refuse,
    "terminate": steps.terminate,
    "withdraw": steps.withdraw,
    "archive": dossier.archive,
    "reopen": steps.reopen,
}


def _values(model: Model, step: str, today: date) -> dict[str, Any]:
    """Good values for a step; the second party refuses."""
    told = {"routes": ALL_ROUTES, "routes_told_on": today, "reason": "分歧较大"}
    values: dict[str, dict[str, Any]] = {
        "accept": {"accepted_on": today},
        "extend": {"days": 5, "reason": "一方在外地", "consented_on": today, "consented_how": "telephone"},
        "refuse": told | {"refused_on": today, "party_id": party_rows(ground.database, model.id)[1].id},
        "terminate": told | {"ended_on": today},
        "withdraw": {"ended_on": today, "reason": "自行和解"},
        "archive": {"retention": "years_10", "archived_on": today, "reason": "材料无法补齐"},
        "reopen": {"reason": "补正"},
    }
    return values.get(step, {})


def _guarded() -> tuple[Any, ...]:
    """The usual parties, with somebody who answers for a child."""
    first, second = TOLD.parties
    return type(first)(**{**vars(first), "guardian": "江母"}), second


def _take(act: Callable[[], object]) -> tuple[str, object]:
    try:
        return "ok", act()
    except Refused:
        return "refused", None
    except NotThere:
        return "hidden", None
    except Changed:
        return "changed", None
    except Problems:
        return "problems", None


def _facts(dispute_id: int) -> list[tuple[object, ...]]:
    """Every row of a file, read past the services."""
    with ground.database.reading() as session:
        own = (DisputeParty, DisputeMediator, DisputeEntry, DisputeExtension, Agreement)
        found = list(session.execute(select(Dispute.__table__).where(Dispute.id == dispute_id)))
        for model in own:
            table = model.__table__
            found += session.execute(select(table).where(table.c.dispute_id == dispute_id).order_by(table.c.id))
        return [tuple(one) for one in found]


@pytest.mark.slow
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_random_steps_agree_with_the_model(database: Database, office: Office) -> None:
    global ground
    ground = Ground(database, office)
    run_state_machine_as_test(
        Mediation,
        settings=settings(
            max_examples=max(1, (STEPS or 600) // PER_EXAMPLE),
            stateful_step_count=PER_EXAMPLE,
            deadline=None,
            database=None,
            derandomize=not STEPS,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(f"{sum(ground.counted.values())} acts: {dict(ground.counted)}; states {dict(ground.reached)}")  # noqa: T201
    assert set(ground.counted) == {"ok", "refused", "hidden", "problems", "changed"}, "this run shows too little"
    assert set(ground.reached) == set(State), "this run never came that far"


def test_the_table_says_what_the_model_says() -> None:
    assert set(TABLE) == set(MOVES)
    for step, (sources, target) in TABLE.items():
        move = MOVES[Step(step)]
        assert set(sources.split()) == move.sources, step
        assert (State(target) if target not in ("", "back") else None) == move.target, step
