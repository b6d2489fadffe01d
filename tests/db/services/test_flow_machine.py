"""The flow as a state machine: random people take random steps, and a second, smaller model must agree each time.

`FLOW_STEPS=10000` takes that many steps instead of a few hundred, newly chosen each time.
"""

import os
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import Database
from db.journal import JournalRow
from db.models import Case, CaseEntry, Unit
from db.rules.case_flow import BY_STEP, ENDED, MOVES, State, Step, steps_for
from db.rules.clocks import due_of
from db.rules.intake import Intake, Party
from db.rules.permissions import Actor, Role
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.rules.working_calendar import WorkingCalendar
from db.services import cases, intake
from db.services.case_clocks import clocks_of
from db.services.cases.scope import visible
from db.services.cases.standing import flow_facts, shares_of, standing_of
from db.services.journal import verify_database
from db.services.working_days import working_calendar
from tests.db.services.flow_model import LENGTHEN, TABLE, WAYS_ON, Model, Someone
from tests.factories import NOW, SYSTEM, Office, a_person, actor_of

STEPS = int(os.environ.get("FLOW_STEPS", "0"))
PER_EXAMPLE, TAKEN_PER_EXAMPLE = 30, 14
FIRST_DAY = NOW.date()
NOTHING_SINCE = 2**31 - 1
MAIN_ROAD = WAYS_ON - {"answer_on_spot", "not_accept", "send_back", "return_answer", "reopen", "archive"}
_keys = count()


class Ground:
    """The office all examples share; every example makes cases of its own."""

    def __init__(self, database: Database, office: Office) -> None:
        self.database = database
        self.office = office
        self.actors: dict[str, Actor] = {n: a for n, a in office.people.items() if n != "auditor"}
        with database.transaction(SYSTEM) as session:
            for name, role, unit_id in (
                ("head_b", Role.UNIT_HEAD, office.unit_b),
                ("second director", Role.DIRECTOR, office.centre),
                ("second clerk", Role.CLERK, office.centre),
            ):
                unit = session.get_one(Unit, unit_id)
                self.actors[name] = actor_of(a_person(session, name, unit=unit, roles={role}), unit, {role})
            self.calendar: WorkingCalendar = working_calendar(session)
        a, g, b = office.unit_a, office.group_a, office.unit_b
        reach = {"head": {a, g}, "handler": {a}, "outsider": {b}, "head_b": {b}}
        words = {Role.UNIT_HEAD: "head", Role.DUTY_LEADER: "leader", Role.DUTY_DEPUTY: "deputy"}
        self.people = {
            name: Someone(
                int(actor.id or 0),
                words.get(min(actor.roles), str(min(actor.roles)).replace("administrator", "admin")),
                frozenset(reach.get(name, ())),
            )
            for name, actor in self.actors.items()
        }
        self.directors = frozenset(who.id for who in self.people.values() if who.role == "director")
        self.counted: Counter[str] = Counter()
        self.shapes: set[tuple[object, ...]] = set()
        self.reached: Counter[str] = Counter()


ground: Ground


class Flow(RuleBasedStateMachine):
    """Some cases, some people, and days that pass."""

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = NOW
        self.cases: list[Model] = []

    @property
    def today(self) -> date:
        """The office's day."""
        return self.now.date()

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """Two or three matters of different kinds."""
        kinds = data.draw(st.lists(st.sampled_from(["request", "request", "joint", "anonymous", "suggestion",
                                                    "accusation"]), min_size=2, max_size=3))  # fmt: skip
        for kind in kinds:
            self._register(kind)

    def _register(self, kind: str) -> None:
        office, clerk = ground.office, ground.office.clerk
        parties = tuple(Party(name=f"李{i}", contact=f"1540000000{i}") for i in range(3 if kind == "joint" else 1))
        matter = Intake(
            subject="夜间施工噪音", text="工地夜间打桩", category="construction", notice_shown=True, parties=parties,
            kind=kind if kind in ("suggestion", "accusation") else "request", anonymous=kind == "anonymous",
            head_count=len(parties), grade="major" if kind == "joint" else "general",
        )  # fmt: skip
        if kind == "accusation":
            matter = replace(matter, taken_by_id=office.director.id, accused_unit_id=office.unit_b)
        with clock.at(self.now):
            case_id = intake.register(clerk, intake=matter, key=_key()).case_id
        self.cases.append(
            Model(
                case_id, matter.kind, matter.anonymous, int(clerk.id or 0), self.today, ground.directors,
                matter.accused_unit_id, granted={int(office.director.id or 0)}, keepers={int(office.director.id or 0)},
            )
        )  # fmt: skip

    @rule(days=st.sampled_from([0, 1, 1, 2, 3, 8, 40]))
    def days_pass(self, days: int) -> None:
        """Time only goes forward, and nothing falls due differently because of it."""
        self.now += timedelta(days=days)

    @rule(data=st.data(), strides=st.integers(1, 4))
    def go_on(self, data: st.DataObject, strides: int) -> None:
        """A case goes some way along the usual road."""
        model = data.draw(st.sampled_from(self.cases))
        for _ in range(strides):
            self._open_step(data, model, MAIN_ROAD)

    @rule(data=st.data())
    def open_step(self, data: st.DataObject) -> None:
        """Somebody takes any step the model allows."""
        self._open_step(data, data.draw(st.sampled_from(self.cases)), frozenset(TABLE))

    def _open_step(self, data: st.DataObject, model: Model, among: Collection[str]) -> None:
        choice = [
            (name, step)
            for name, who in ground.people.items()
            for step in sorted(among)
            if model.verdict(who, step, self.today) == "ok"
        ]
        if choice:
            name, step = data.draw(st.sampled_from(choice))
            self._try(data, model, name, step)

    @precondition(lambda self: self.cases)
    @rule(data=st.data())
    def any_step(self, data: st.DataObject) -> None:
        """Anybody tries anything."""
        model = data.draw(st.sampled_from(self.cases))
        name = data.draw(st.sampled_from(sorted(ground.people)))
        self._try(data, model, name, data.draw(st.sampled_from(sorted(TABLE))))

    @rule(data=st.data(), grade=st.sampled_from(["general", "major"]))
    def other_grade(self, data: st.DataObject, grade: str) -> None:
        """A grade is corrected; only the promise moves."""
        model = data.draw(st.sampled_from(self.cases))
        deputy = ground.office.deputy
        if not model.seen_by(ground.people["deputy"]) or model.state == "archived":
            return
        with clock.at(self.now):
            version = cases.view(deputy, case_id=model.id).version
            before = self._facts(model)
            cases.amend(deputy, case_id=model.id, version=version, values={"grade": grade}, key=_key())
            after = self._facts(model)
        model.entries += int(after["version"] > version)
        _assert_due(before, after, {"promise"})
        self._agrees(model, after)

    def _try(self, data: st.DataObject, model: Model, name: str, step: str) -> None:
        who, actor = ground.people[name], ground.actors[name]
        expected = model.verdict(who, step, self.today)
        values, good = _values(data, model, step, self.today)
        if expected == "ok" and not good:
            expected = "problems"
        with clock.at(self.now):
            before = self._facts(model)
            stale = expected == "ok" and step not in ("note", "tell") and data.draw(st.integers(0, 19)) == 0
            outcome = _take(actor, model.id, int(before["version"]) - stale, step, values)
            after = self._facts(model, since=int(before["head"]))
        ground.counted["changed" if stale else expected] += 1
        assert outcome == ("changed" if stale else "closed" if expected == "problems" else expected), (name, step)
        refused = int(after["refused"])
        if outcome != "ok":
            assert refused == (outcome in ("refused", "hidden")), (name, step, outcome)
            assert {k: v for k, v in after.items() if k not in ("refused", "head")} == {
                k: v for k, v in before.items() if k not in ("refused", "head")
            }
            return
        model.take(who, step, values, self.today, ground.calendar)
        self._agrees(model, after)
        if after["state"] != before["state"]:
            assert int(after["version"]) > int(before["version"])
        lengthened = {code for code, steps in LENGTHEN.items() if step in steps}
        _assert_due(before, after, lengthened)
        assert int(after["head"]) - int(before["head"]) >= 1
        self._offers(model)

    def _facts(self, model: Model, since: int = NOTHING_SINCE) -> dict[str, Any]:
        """What stands in the database, read past the services; refusals are counted from row `since` on."""
        with ground.database.reading() as session:
            case = session.get_one(Case, model.id)
            clocks = clocks_of(session, case)
            due = due_of(clocks)
            assert (case.promise_due_on, case.statute_due_on) == (due.promise_on, due.statute_on)
            assert case.next_due_on == (due.next_on if case.open else None)
            for one in clocks:
                assert one.starts_on <= one.target_on <= one.due_on, one
                assert one.stopped_on is None or one.stopped_on >= one.starts_on, one
            return {
                "state": case.state,
                "open": case.open,
                "version": case.version,
                "handler": case.handler_id,
                "lead": case.lead_unit_id,
                "bounces": case.bounces,
                "due": {c.code.value: c.due_on for c in clocks},
                "entries": _count(session, CaseEntry.case_id == model.id),
                "journalled": _count(session, JournalRow.case_id == model.id, JournalRow.tbl == "case_entry"),
                "refused": _count(session, JournalRow.event == "refused", JournalRow.seq > since),
                "head": session.scalar(select(func.max(JournalRow.seq))) or 0,
            }

    def _agrees(self, model: Model, facts: Mapping[str, Any]) -> None:
        assert facts["state"] == model.state
        assert facts["open"] == (State(model.state) not in ENDED)
        assert (facts["handler"], facts["lead"], facts["bounces"]) == (model.handler, model.lead, model.bounces)
        assert facts["entries"] == facts["journalled"] == model.entries
        ground.reached[model.state] += 1

    def _offers(self, model: Model) -> None:
        """For each person exactly the steps the model allows, and for somebody a way on."""
        if model.shape in ground.shapes:
            return
        ground.shapes.add(model.shape)
        ways = set()
        with clock.at(self.now), ground.database.reading() as session:
            shares = shares_of(session, model.id)
            for name, actor in ground.actors.items():
                case = session.scalar(select(Case).where(Case.id == model.id, visible(actor)))
                offered = set()
                if case is not None:
                    facts = flow_facts(session, case, actor, shares)
                    offered = {s.value for s in steps_for(facts, actor, standing_of(actor, shares, facts))}
                allowed = {s for s in TABLE if model.verdict(ground.people[name], s, self.today) == "ok"}
                assert offered == allowed, name
                ways |= allowed & (WAYS_ON | ({"grant_access"} if model.sealed else set()))
        if model.incomplete():
            ways.discard("archive")
        # Where somebody stepped aside as the last of a unit, the office must first name another person.
        assert ways or model.recused, f"no way on from {model}"


def _count(session: Session, *where: Any) -> int:
    return int(session.scalar(select(func.count()).where(*where)) or 0)


def _key() -> str:
    return f"flow-{next(_keys)}"


def _assert_due(before: Mapping[str, Any], after: Mapping[str, Any], lengthened: set[str]) -> None:
    """A clock keeps its due day unless a step lengthened it; only a new round leaves old clocks behind."""
    for code, due in before["due"].items():
        now = after["due"].get(code)
        assert now is not None or {"promise", "handling"} <= lengthened, f"{code} vanished"
        if now is not None and code not in lengthened:
            assert now <= due, f"{code} was moved from {due} to {now}"


def _take(actor: Actor, case_id: int, version: int, step: str, values: Mapping[str, object]) -> str:
    try:
        cases.take_step(actor, case_id=case_id, version=version, step=Step(step), values=values, key=_key())
    except Refused:
        return "refused"
    except NotThere:
        return "hidden"
    except Changed:
        return "changed"
    except Problems:
        return "closed"
    return "ok"


def _values(data: st.DataObject, model: Model, step: str, today: date) -> tuple[dict[str, Any], bool]:
    """Values for a step, and whether they are good."""
    office = ground.office
    units = [u for u in (office.unit_a, office.group_a, office.unit_b) if u != model.accused]
    team = {
        office.unit_a: [office.handler.id, office.head.id],
        office.unit_b: [office.outsider.id, ground.actors["head_b"].id],
    }
    draw: dict[str, Callable[[], Any]] = {
        "unit": lambda: data.draw(st.sampled_from(units)),
        "units": lambda: tuple(data.draw(st.lists(st.sampled_from(units), unique=True, max_size=2))),
        "person": lambda: data.draw(st.sampled_from(team.get(model.lead or 0, [office.handler.id]))),
        "day": lambda: today + timedelta(days=data.draw(st.integers(0, 40))),
        "days": lambda: data.draw(st.integers(1, 30)),
        "flag": lambda: data.draw(st.booleans()),
        "code": lambda: "court",
        "text": lambda: "缘由",
        "words": lambda: "答复",
    }
    values: dict[str, Any] = {}
    for wanted in BY_STEP[Step(step)].fields:
        if wanted.required or data.draw(st.booleans()):
            choose = draw.get(wanted.kind.value, lambda: data.draw(st.sampled_from(list(wanted.choices))))  # noqa: B023
            values[wanted.name] = choose()
    if "on" in values:
        first = model.earliest(step)
        values["on"] = min(today, first + timedelta(days=data.draw(st.integers(0, max(0, (today - first).days)))))
    if step in ("accept", "assign") and "person" in values and not team.get(model.lead or 0):
        values.pop("person")
    if step == "grant_access":
        values["person"] = data.draw(
            st.sampled_from([office.leader.id, office.clerk.id, ground.actors["second director"].id])
        )
    if step == "propose" and "co_units" in values:
        values["co_units"] = tuple(u for u in values["co_units"] if u != values["unit"])
    if step == "visit" and values.get("reached"):
        values |= {"satisfaction": "satisfied", "solved": "partly"}
    return _perhaps_broken(data, model, step, values, today)


def _perhaps_broken(
    data: st.DataObject, model: Model, step: str, values: dict[str, Any], today: date
) -> tuple[dict[str, Any], bool]:
    required = {f.name for f in BY_STEP[Step(step)].fields if f.required}
    good = required <= set(values) and values.get("person") not in model.recused
    if step == "archive" and model.incomplete():
        good = False
    if step == "reopen" and model.exhausted and not values.get("new_facts"):
        good = False
    if values and data.draw(st.integers(0, 9)) == 0:
        name = data.draw(st.sampled_from(sorted(values)))
        broken: dict[str, list[object]] = {
            "on": [today + timedelta(days=1), model.earliest(step) - timedelta(days=1), None],
            "due_on": [today - timedelta(days=1), "soon"],
            "days": [0, 31, "ten"],
            "unit": [999_999, None, "a"],
            "person": [999_999, "a"],
        }
        values = values | {name: data.draw(st.sampled_from(broken.get(name, [""])))}
        if name in required or values[name] or (name in ("satisfaction", "solved") and values.get("reached")):
            good = False
    return values, good


def _walk(database: Database, office: Office, steps: int) -> None:
    global ground
    ground = Ground(database, office)
    run_state_machine_as_test(
        Flow,
        settings=settings(
            max_examples=max(1, steps // TAKEN_PER_EXAMPLE),
            stateful_step_count=PER_EXAMPLE,
            deadline=None,
            database=None,
            derandomize=not STEPS,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    taken = sum(ground.counted.values())
    print(f"{taken} steps: {dict(ground.counted)}; states {dict(ground.reached)}; {len(ground.shapes)} shapes")  # noqa: T201
    for outcome in ("ok", "refused", "hidden", "closed", "problems", "changed"):
        assert ground.counted[outcome] > 0, f"no step was ever {outcome}: this run shows nothing"
    verdict = verify_database(database)
    assert verdict.sound, verdict
    assert verdict.rows > taken


@pytest.mark.slow
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_random_steps_agree_with_the_model(database: Database, office: Office) -> None:
    _walk(database, office, STEPS or 330)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
def test_random_steps_agree_with_the_model_on_postgres(database: Database, office: Office) -> None:
    _walk(database, office, max(150, STEPS // 10))


def test_every_state_is_reached_and_left() -> None:
    reached, waiting = {State.REGISTERED}, [State.REGISTERED]
    while waiting:
        here = waiting.pop()
        onward = {m.target for m in MOVES if here in m.sources and m.target not in (None, here)}
        assert onward, f"{here} has no way on"
        waiting += [state for state in onward if state and state not in reached]
        reached |= {state for state in onward if state}
    assert reached == set(State)
    assert State.ARCHIVED in BY_STEP[Step.REOPEN].sources


def test_the_table_says_what_the_model_says() -> None:
    assert set(TABLE) == {step.value for step in Step}
    for step, (_, sources, target, _) in TABLE.items():
        move = BY_STEP[Step(step)]
        assert {s.value for s in move.sources} == set(sources.split()), step
        assert (move.target.value if move.target else "") == target, step
