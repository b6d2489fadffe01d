"""Swaps on a real rota: random people take random steps; what is offered works, what is not is refused, rules hold.

`FLOW_STEPS=5000` takes that many steps instead of a few hundred, newly chosen each time.
"""

import os
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select, update

from db import clock
from db.engine import Database
from db.models import DutySwap, Rota, RotaChange, RotaPlace
from db.rules.duty.breaking import breaks_of
from db.rules.duty.swapping import OPEN, Step
from db.rules.problems import NotThere, Problems, Refused
from db.services.duty import ground, swap_lists, swaps
from tests.db.services.on_duty import Scene, a_published_rota
from tests.db.services.untouched import everything, nothing_changes
from tests.factories import NOW, SYSTEM, Office

STEPS = int(os.environ.get("FLOW_STEPS", "0"))
PER_EXAMPLE = 30
PEOPLE = ("clerk", "handler", "leader", "deputy", "director", "outsider", "viewer")
_numbers = count(1)


class Shared:
    """The office all examples share, and what became of what was tried."""

    database: Database
    office: Office
    counted: ClassVar[Counter[str]] = Counter()
    reached: ClassVar[Counter[str]] = Counter()


class Swaps(RuleBasedStateMachine):
    """One rota, some people, and hours that pass."""

    @initialize(rest=st.sampled_from([0, 0, 720]))
    def begin(self, rest: int) -> None:
        """A new duty with its rota; those of other examples are out of sight."""
        self.now: datetime = NOW
        self.last: tuple[Callable[[], object], object] | None = None
        with Shared.database.transaction(SYSTEM) as session:
            session.execute(update(Rota).values(state="draft"))
        name = f"值班{next(_numbers)}"
        with clock.at(self.now):
            self.scene: Scene = a_published_rota(Shared.database, Shared.office, name=name, least_rest=rest)

    @rule(hours=st.sampled_from([1, 2, 12]))
    def time_passes(self, hours: int) -> None:
        """Time moves no swap by itself."""
        with nothing_changes(Shared.database):
            self.now += timedelta(hours=hours)

    @rule(
        data=st.data(), who=st.sampled_from((*PEOPLE, "director")), how=st.sampled_from(["open", "named", "exchange"])
    )
    def ask(self, data: st.DataObject, who: str, how: str) -> None:
        """Somebody asks for leave from a place."""
        place, other = self._two(data)
        values: dict[str, Any] = {} if how == "open" else {"taker_id": other.member_id}
        if how == "exchange":
            values["return_place_id"] = other.id
        self._try(who, partial(swaps.ask_swap, place_id=place.id, version=place.version, reason="请假", **values))

    @rule(data=st.data(), who=st.sampled_from(PEOPLE))
    def take_over(self, data: st.DataObject, who: str) -> None:
        """Somebody takes a place over, or says who does."""
        place, other = self._two(data)
        values: dict[str, Any] = {"place_id": place.id, "version": place.version, "taker_id": other.member_id}
        self._try(who, partial(swaps.take_over_now, **values, reason="急病"))

    @rule(data=st.data(), who=st.sampled_from(PEOPLE), step=st.sampled_from(sorted(Step)))
    def any_step(self, data: st.DataObject, who: str, step: Step) -> None:
        """Anybody tries any step of any swap: whoever was not offered it is refused."""
        known = self._swaps("director")
        if known and step in SERVICES:
            swap = data.draw(st.sampled_from(known))
            offered = {row["id"]: row["steps"] for row in self._swaps(who)}.get(swap["id"], ())
            outcome = self._step(data, swap, who, step)
            assert outcome != "ok" or step in offered, (who, step, swap["state"])

    @rule(data=st.data())
    def offered_step(self, data: st.DataObject) -> None:
        """Somebody takes a step the list offers: a rule may be against it, but never the door."""
        self._offered_step(data, tuple(SERVICES))

    @rule(data=st.data(), strides=st.integers(1, 3))
    def go_on(self, data: st.DataObject, strides: int) -> None:
        """A swap goes some way along the usual road: asked of somebody who fits, taken, approved."""
        for _ in range(strides):
            if self._offered_step(data, (Step.TAKE, Step.APPROVE)):
                continue
            place, _ = self._two(data)
            with clock.at(self.now):
                found = swap_lists.propose(Shared.office.director, place_id=place.id)
            fitting = [int(one) for one in found[found["fits"]]["member_id"]]
            if fitting:
                taker = data.draw(st.sampled_from(fitting))
                seen: dict[str, Any] = {"place_id": place.id, "version": place.version, "taker_id": taker}
                self._try("director", partial(swaps.ask_swap, **seen, reason="请假"))

    def _offered_step(self, data: st.DataObject, among: tuple[Step, ...]) -> bool:
        listed = [(who, swap) for who in PEOPLE for swap in self._swaps(who)]
        pairs = [(who, swap, step) for who, swap in listed for step in swap["steps"] if step in among]
        if pairs:
            who, swap, step = data.draw(st.sampled_from(pairs))
            assert self._step(data, swap, who, step) in ("ok", "problems"), (who, step, swap["state"])
        return bool(pairs)

    @rule()
    def again(self) -> None:
        """A double click: the last act with its key once more."""
        if self.last is not None:
            act, done = self.last
            with nothing_changes(Shared.database), clock.at(self.now):
                assert act() == done

    @invariant()
    def every_change_is_kept_in_its_order(self) -> None:
        if not hasattr(self, "scene"):
            return
        with Shared.database.reading() as session:
            places = session.scalars(select(RotaPlace).where(RotaPlace.rota_id == self.scene.rota)).all()
            stands = {place.id: place.published_id for place in places}
            changes = select(RotaChange).where(RotaChange.rota_id == self.scene.rota).order_by(RotaChange.id)
            for change in session.scalars(changes):
                assert stands[change.place_id] == change.was_id
                stands[change.place_id] = change.becomes_id
            assert stands == {place.id: place.member_id for place in places}

    @invariant()
    def no_rule_is_broken(self) -> None:
        if not hasattr(self, "scene"):
            return
        with Shared.database.reading() as session, clock.at(self.now):
            plan = ground.planned(session, session.get_one(Rota, self.scene.rota))
        assert breaks_of((*plan.places, *plan.outside), plan.ground) == ()

    @invariant()
    def a_place_has_one_swap_under_way(self) -> None:
        if not hasattr(self, "scene"):
            return
        with Shared.database.reading() as session:
            query = select(DutySwap).join(RotaPlace, RotaPlace.id == DutySwap.place_id)
            rows = session.scalars(query.where(RotaPlace.rota_id == self.scene.rota)).all()
        about = Counter(place for row in rows if row.state in OPEN for place in (row.place_id, row.return_place_id))
        del about[None]
        assert set(about.values()) <= {1}
        Shared.reached.update(row.state for row in rows)

    def _two(self, data: st.DataObject) -> tuple[RotaPlace, RotaPlace]:
        """A place and another one, more often than not still to come and of its role."""
        places = self._places()
        ahead = [place for place in places if place.ends_at > self.now]
        place = data.draw(st.sampled_from(ahead or places))
        same = [one for one in ahead if one.role == place.role and one.on_day != place.on_day]
        return place, data.draw(st.sampled_from([*same * 3, *places]))

    def _places(self) -> list[RotaPlace]:
        with Shared.database.reading() as session:
            query = select(RotaPlace).where(RotaPlace.rota_id == self.scene.rota).order_by(RotaPlace.id)
            return list(session.scalars(query))

    def _swaps(self, who: str) -> list[dict[Any, Any]]:
        with clock.at(self.now):
            frame = swap_lists.swaps(Shared.office.people[who], duty_id=self.scene.duty)
        return frame.to_dict("records")

    def _step(self, data: st.DataObject, swap: dict[Any, Any], who: str, step: Step) -> str:
        values: dict[str, Any] = {}
        if step in (Step.TAKE, Step.OFFER):
            takers = list({row["id"]: row["takers"] for row in self._swaps(who)}.get(swap["id"], {}))
            everybody = sorted({place.member_id or 0 for place in self._places()})
            chosen = takers if step is Step.TAKE and takers else everybody
            values["taker_id"] = data.draw(st.sampled_from(chosen))
        elif step is not Step.DECLINE:
            values["words" if step is Step.APPROVE else "reason"] = "已商定"
        return self._try(who, partial(SERVICES[step], swap_id=swap["id"], version=swap["version"], **values))

    def _try(self, who: str, act: Callable[..., int]) -> str:
        """Take an act; whatever was not allowed left everything as it was."""
        keyed = partial(act, Shared.office.people[who], key=f"k{next(_numbers)}")
        before = everything(Shared.database)
        outcome, done = "ok", None
        with clock.at(self.now):
            try:
                done = keyed()
            except (Refused, NotThere):
                outcome = "refused"
            except Problems:
                outcome = "problems"
        Shared.counted[outcome] += 1
        if outcome == "ok":
            self.last = keyed, done
        else:
            assert everything(Shared.database) == before
        return outcome


SERVICES: dict[Step, Callable[..., int]] = {
    Step.OFFER: swaps.name_taker,
    Step.TAKE: swaps.take_swap,
    Step.DECLINE: swaps.decline,
    Step.APPROVE: swaps.approve,
    Step.REFUSE: swaps.refuse,
    Step.WITHDRAW: swaps.withdraw,
    Step.UNDO: swaps.undo,
}


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_random_people_swap_at_random(database: Database, office: Office) -> None:
    Shared.database, Shared.office = database, office
    examples = max(STEPS // PER_EXAMPLE, 15)
    choices = settings(
        max_examples=examples,
        stateful_step_count=PER_EXAMPLE,
        derandomize=not STEPS,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Swaps, settings=choices)
    assert Shared.counted["ok"] > examples
    assert {"asked", "offered", "taken", "taken_over", "approved"} <= set(Shared.reached)
