"""Swaps: asked, taken by a colleague of the same role, decided by the director (R-51); taken over at once."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from db import clock
from db.engine import Database
from db.models import Duty, DutyAbsence, DutyMember, DutySwap, Person, Rota, RotaPlace
from db.rules.permissions import Actor
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services.duty import attendance, swap_lists, swaps
from tests.db.services.on_duty import Scene, a_published_rota, at, the_account_of
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office, a_patrol_lead

WHY = "孩子发烧，需请假一天。"


@pytest.fixture
def scene(database: Database, office: Office) -> Scene:
    """The centre duty, where one may serve two days running; the handler is on tomorrow, the clerk today."""
    return a_published_rota(database, office, least_rest=0)


def ask(
    scene: Scene,
    actor: Actor | None = None,
    day: int = 20,
    name: str = "王经办",
    *,
    taker: str = "",
    back: int | None = None,
    reason: str = WHY,
    key: str = "ask",
    version: int = 1,
) -> int:
    """Tomorrow's place of the handler is asked for; `back` is the day taken in return."""
    return swaps.ask_swap(
        actor or scene.office.handler,
        place_id=scene.place(day, name),
        version=version,
        reason=reason,
        taker_id=scene.member(taker) if taker else None,
        return_place_id=scene.place(back, taker) if back else None,
        key=key,
    )


def take(scene: Scene, swap: int, actor: Actor | None = None, name: str = "陈接访", key: str = "take") -> int:
    version = scene.version(DutySwap, swap)
    who = scene.member(name)
    return swaps.take_swap(actor or scene.office.clerk, swap_id=swap, version=version, taker_id=who, key=key)


def approve(scene: Scene, swap: int, actor: Actor | None = None, words: str = "", key: str = "approve") -> int:
    version = scene.version(DutySwap, swap)
    return swaps.approve(actor or scene.office.director, swap_id=swap, version=version, words=words, key=key)


def refuse(scene: Scene, swap: int, actor: Actor | None = None, reason: str = "人手不够", key: str = "refuse") -> int:
    version = scene.version(DutySwap, swap)
    return swaps.refuse(actor or scene.office.director, swap_id=swap, version=version, reason=reason, key=key)


def withdraw(scene: Scene, swap: int, actor: Actor | None = None, reason: str = "不用了", key: str = "back") -> int:
    version = scene.version(DutySwap, swap)
    return swaps.withdraw(actor or scene.office.handler, swap_id=swap, version=version, reason=reason, key=key)


def decline(scene: Scene, swap: int, actor: Actor | None = None, key: str = "decline") -> int:
    version = scene.version(DutySwap, swap)
    return swaps.decline(actor or scene.office.clerk, swap_id=swap, version=version, key=key)


def offer(scene: Scene, swap: int, actor: Actor | None = None, name: str = "陈接访", key: str = "offer") -> int:
    version = scene.version(DutySwap, swap)
    who = scene.member(name)
    return swaps.name_taker(actor or scene.office.handler, swap_id=swap, version=version, taker_id=who, key=key)


def undo(scene: Scene, swap: int, actor: Actor | None = None, reason: str = "不同意", key: str = "undo") -> int:
    version = scene.version(DutySwap, swap)
    return swaps.undo(actor or scene.office.director, swap_id=swap, version=version, reason=reason, key=key)


def take_over(
    scene: Scene,
    actor: Actor | None = None,
    day: int = 19,
    name: str = "陈接访",
    *,
    taker: str = "王经办",
    reason: str = "突发疾病送医",
    key: str = "over",
    version: int = 1,
) -> int:
    """The handler takes over what the clerk serves today."""
    who = scene.member(taker)
    return swaps.take_over_now(
        actor or scene.office.handler,
        place_id=scene.place(day, name),
        version=version,
        taker_id=who,
        reason=reason,
        key=key,
    )


def state(scene: Scene, swap: int) -> str:
    return str(scene.row(DutySwap, swap)["state"])


def fields(caught: pytest.ExceptionInfo[Problems]) -> set[str]:
    return {problem.field for problem in caught.value.problems}


# --- the usual way ---


def test_a_swap_is_asked_taken_and_approved(scene: Scene) -> None:
    swap = ask(scene)
    assert state(scene, swap) == "asked"
    take(scene, swap)
    assert (state(scene, swap), scene.holder(20, "王经办")) == ("taken", "王经办")
    approve(scene, swap, words="同意")
    row = scene.row(DutySwap, swap)
    assert (row["state"], row["decision"], row["decided_by_id"]) == ("approved", "同意", scene.office.director.id)
    assert (row["asked_at"], row["taken_at"], row["decided_at"]) == (NOW, NOW, NOW)
    assert scene.holder(20, "王经办") == "陈接访"
    assert scene.chain() == [("swap", "王经办", "陈接访", "同意")]


def test_a_named_colleague_gives_a_day_in_return(scene: Scene) -> None:
    swap = ask(scene, taker="陈接访", back=22)
    assert state(scene, swap) == "offered"
    take(scene, swap)
    assert scene.row(DutySwap, swap)["return_place_id"] == scene.place(22, "陈接访")
    approve(scene, swap)
    assert (scene.holder(20, "王经办"), scene.holder(22, "陈接访")) == ("陈接访", "王经办")
    assert scene.chain() == [("swap", "王经办", "陈接访", WHY), ("swap", "陈接访", "王经办", WHY)]
    assert scene.row(RotaPlace, scene.place(20, "王经办"))["published_id"] == scene.member("王经办")


def test_the_director_refuses_with_a_reason_and_the_rota_stays(scene: Scene) -> None:
    swap = ask(scene)
    take(scene, swap)
    refuse(scene, swap)
    assert (state(scene, swap), scene.row(DutySwap, swap)["decision"]) == ("refused", "人手不够")
    assert scene.holder(20, "王经办") == "王经办"
    assert scene.chain() == []


def test_who_asked_takes_it_back_and_asks_again(scene: Scene) -> None:
    swap = ask(scene)
    withdraw(scene, swap)
    assert (state(scene, swap), scene.row(DutySwap, swap)["decision"]) == ("withdrawn", "不用了")
    assert ask(scene, key="again") != swap


def test_who_was_named_declines_and_everybody_is_asked(scene: Scene) -> None:
    swap = ask(scene, taker="陈接访", back=22)
    decline(scene, swap)
    row = scene.row(DutySwap, swap)
    assert (row["state"], row["taker_id"], row["return_place_id"]) == ("asked", None, None)
    take(scene, swap, key="b")
    decline(scene, swap, key="c")
    assert (state(scene, swap), scene.row(DutySwap, swap)["taken_at"]) == ("asked", None)


def test_another_colleague_is_named(scene: Scene) -> None:
    swap = ask(scene, taker="陈接访")
    offer(scene, swap, name="冉值班")
    assert scene.row(DutySwap, swap)["taker_id"] == scene.member("冉值班")
    with nothing_changes(scene.database), pytest.raises(NotThere):
        take(scene, swap)
    take(scene, swap, scene.office.leader, "冉值班")
    assert state(scene, swap) == "taken"


# --- taken over at once ---


def test_a_place_is_taken_over_now_and_approved_afterwards(scene: Scene) -> None:
    swap = take_over(scene)
    row = scene.row(DutySwap, swap)
    assert (row["state"], row["urgent"], row["taken_at"]) == ("taken_over", True, NOW)
    assert scene.holder(19, "陈接访") == "王经办"
    with clock.at(at(20, 12)):
        approve(scene, swap)
    assert state(scene, swap) == "approved"
    assert scene.chain() == [("take_over", "陈接访", "王经办", "突发疾病送医")]


def test_what_was_taken_over_is_undone_while_the_shift_lasts(scene: Scene) -> None:
    swap = take_over(scene)
    undo(scene, swap)
    assert (state(scene, swap), scene.holder(19, "陈接访")) == ("undone", "陈接访")
    assert scene.chain() == [
        ("take_over", "陈接访", "王经办", "突发疾病送医"),
        ("undo", "王经办", "陈接访", "不同意"),
    ]


def test_what_was_served_is_refused_afterwards_and_stays_written(scene: Scene) -> None:
    swap = take_over(scene)
    with nothing_changes(scene.database), pytest.raises(Problems, match="undo it instead"):
        refuse(scene, swap)
    with clock.at(at(20, 12)):
        with nothing_changes(scene.database), pytest.raises(Problems, match="who served stays"):
            undo(scene, swap)
        refuse(scene, swap)
    assert (state(scene, swap), scene.holder(19, "陈接访")) == ("refused", "王经办")


def test_what_was_asked_for_is_taken_over_when_time_is_short(scene: Scene) -> None:
    swap = ask(scene, taker="冉值班", back=22)
    with clock.at(at(20, 9)):
        assert take_over(scene, scene.office.clerk, 20, "王经办", taker="陈接访") == swap
    row = scene.row(DutySwap, swap)
    assert (row["state"], row["taker_id"], row["return_place_id"]) == ("taken_over", scene.member("陈接访"), None)
    assert scene.count(DutySwap) == 1


def test_who_took_over_is_relieved_in_turn(scene: Scene) -> None:
    first = take_over(scene)
    second = take_over(scene, scene.office.leader, taker="柯值班", key="b", version=2)
    assert first != second
    assert scene.holder(19, "陈接访") == "柯值班"
    with nothing_changes(scene.database), pytest.raises(Problems, match="王经办 no longer serves"):
        undo(scene, first)
    undo(scene, second, key="c")
    undo(scene, first, key="d")
    assert scene.holder(19, "陈接访") == "陈接访"


def test_a_shift_relieved_twice_stands_once_in_ones_list(scene: Scene) -> None:
    take_over(scene)
    second = take_over(scene, scene.office.leader, taker="柯值班", key="b", version=2)
    third = take_over(scene, scene.office.handler, taker="王经办", key="c", version=3)
    day = date(2026, 11, 19)
    rows = attendance.my_shifts(scene.office.handler, from_on=day, until_on=day).to_dict("records")
    assert second < third
    assert [(row["swap_id"], row["swap_state"]) for row in rows] == [(third, "taken_over")]


@pytest.mark.parametrize("person", ["handler", "leader", "deputy", "director"])
def test_who_may_order_it(person: str, scene: Scene) -> None:
    assert take_over(scene, scene.office.people[person])


def test_nobody_else_may(scene: Scene) -> None:
    with nothing_changes(scene.database):
        for person in {*scene.office.people} - {"handler", "leader", "deputy", "director"}:
            with pytest.raises((Refused, NotThere)):
                take_over(scene, scene.office.people[person])


def test_what_is_over_or_open_is_not_taken_over(scene: Scene) -> None:
    with nothing_changes(scene.database), pytest.raises(Problems, match="shift is over"):
        take_over(scene, day=18, name="柯值班", taker="王经办", actor=scene.office.leader)
    scene.change(RotaPlace, scene.place(19, "陈接访"), member_id=None)
    with nothing_changes(scene.database), pytest.raises(Problems, match="place is open"):
        take_over(scene, version=2)


# --- who may do what ---


ACTS: dict[str, tuple[str, Callable[..., int], str]] = {
    "offer": ("asked", offer, "handler"),
    "take": ("asked", take, "clerk"),
    "take named": ("offered", take, "clerk"),
    "decline": ("offered", decline, "clerk"),
    "decline taken": ("taken", decline, "clerk"),
    "withdraw": ("asked", withdraw, "handler"),
    "approve": ("taken", approve, "director"),
    "approve afterwards": ("taken_over", approve, "director"),
    "refuse": ("taken", refuse, "director"),
    "undo": ("taken_over", undo, "director"),
}
# Besides the one who acts: the director plans the duty and so asks for others too.
ALSO = {"offer": {"director"}, "withdraw": {"director"}}


def a_swap(scene: Scene, standing: str) -> int:
    if standing == "taken_over":
        return take_over(scene)
    swap = ask(scene, taker="陈接访" if standing == "offered" else "")
    if standing == "taken":
        take(scene, swap)
    return swap


@pytest.mark.parametrize("act", ACTS)
def test_each_step_is_for_those_it_belongs_to(act: str, scene: Scene) -> None:
    standing, step, who = ACTS[act]
    swap = a_swap(scene, standing)
    with nothing_changes(scene.database):
        for person in {*scene.office.people} - {who} - ALSO.get(act, set()):
            with pytest.raises((Refused, NotThere)):
                step(scene, swap, scene.office.people[person], key="k")
    assert step(scene, swap, scene.office.people[who], key="k")


@pytest.mark.parametrize("act", ALSO)
def test_who_plans_the_duty_speaks_for_who_asked(act: str, scene: Scene) -> None:
    standing, step, _ = ACTS[act]
    assert step(scene, a_swap(scene, standing), scene.office.director, key="k")


@pytest.mark.parametrize("act", ACTS)
def test_the_same_submission_moves_once(act: str, scene: Scene) -> None:
    standing, step, who = ACTS[act]
    swap = a_swap(scene, standing)
    first = step(scene, swap, scene.office.people[who], key="k")
    with nothing_changes(scene.database):
        assert step(scene, swap, scene.office.people[who], key="k") == first


@pytest.mark.parametrize("act", ACTS)
def test_a_swap_somebody_moved_meanwhile_is_looked_at_again(act: str, scene: Scene) -> None:
    standing, step, who = ACTS[act]
    swap = a_swap(scene, standing)
    seen = scene.version(DutySwap, swap)
    old = Stale(scene, seen)
    scene.change(DutySwap, swap, asked_at=at(19, 8))
    with nothing_changes(scene.database), pytest.raises(Changed) as caught:
        step(old, swap, scene.office.people[who], key="k")
    assert caught.value.version == seen + 1


@pytest.mark.parametrize("act", ACTS)
def test_a_step_is_refused_once_the_swap_has_ended(act: str, scene: Scene) -> None:
    standing, step, who = ACTS[act]
    swap = a_swap(scene, standing)
    scene.change(DutySwap, swap, state="refused")
    with nothing_changes(scene.database), pytest.raises(Problems, match="moved on"):
        step(scene, swap, scene.office.people[who], key="k")


class Stale:
    """The scene as somebody saw it who has not looked again."""

    def __init__(self, scene: Scene, seen: int) -> None:
        self._scene, self._seen = scene, seen

    def version(self, model: Any, row_id: int) -> int:  # noqa: ARG002 - as the scene's own
        return self._seen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._scene, name)


def test_nobody_asks_for_a_colleague(scene: Scene) -> None:
    with nothing_changes(scene.database):
        for person in {*scene.office.people} - {"handler", "director"}:
            with pytest.raises((Refused, NotThere)):
                ask(scene, scene.office.people[person])


def test_who_plans_or_is_in_charge_asks_for_somebody_who_calls(scene: Scene) -> None:
    assert ask(scene, scene.office.director)
    assert ask(scene, scene.office.leader, name="苗值班", key="b")
    with scene.database.transaction(SYSTEM) as session:
        lead = a_patrol_lead(session, scene.office)
    with nothing_changes(scene.database), pytest.raises(NotThere):
        ask(scene, lead, 21, "柯值班", key="c")


def test_a_patrol_lead_plans_the_duty_of_the_unit(scene: Scene) -> None:
    scene.change(Duty, scene.duty, unit_id=scene.office.unit_a)
    with scene.database.transaction(SYSTEM) as session:
        lead = a_patrol_lead(session, scene.office)
    swap = ask(scene, lead)
    take(scene, swap, lead, "冉值班")
    other = ask(scene, lead, 23, taker="陈接访", key="b")
    with nothing_changes(scene.database), pytest.raises(NotThere):
        decline(scene, other, lead)
    with nothing_changes(scene.database), pytest.raises(Refused):
        approve(scene, swap, lead)


def test_a_closed_account_no_longer_speaks_for_itself(scene: Scene) -> None:
    swap = ask(scene)
    scene.change(Person, scene.office.clerk.id or 0, active=False)
    assert take(scene, swap, scene.office.leader)


def test_asking_twice_with_one_key_asks_once(scene: Scene) -> None:
    swap, over = ask(scene), take_over(scene)
    with nothing_changes(scene.database):
        assert ask(scene) == swap
        assert take_over(scene) == over


def test_a_place_that_changed_meanwhile_is_looked_at_again(scene: Scene) -> None:
    with nothing_changes(scene.database), pytest.raises(Changed):
        ask(scene, version=2)
    with nothing_changes(scene.database), pytest.raises(Changed):
        take_over(scene, version=2)


def test_a_draft_is_not_swapped(scene: Scene) -> None:
    scene.change(Rota, scene.rota, state="draft")
    with nothing_changes(scene.database), pytest.raises(NotThere):
        ask(scene)


# --- wrong input, beside its field ---


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"reason": " "}, "reason", "needed"),
        ({"reason": "\x00"}, "reason", "can't be kept"),
        ({"taker": "王经办"}, "taker_id", "colleague who serves"),
        ({"taker": "林带班"}, "taker_id", "does not serve in this role"),
        ({"taker": "苗值班"}, "taker_id", "twice at one time"),
        ({"taker": "陈接访", "back": 19}, "return_place_id", "has begun"),
    ],
)
def test_what_can_not_be_asked(changes: dict[str, Any], field: str, sentence: str, scene: Scene) -> None:
    with nothing_changes(scene.database), pytest.raises(Problems, match=sentence) as caught:
        ask(scene, **changes)
    assert fields(caught) == {field}


@pytest.mark.parametrize(("act", "field"), [("refuse", "reason"), ("withdraw", "reason"), ("undo", "reason")])
def test_a_no_has_a_reason(act: str, field: str, scene: Scene) -> None:
    standing, step, who = ACTS[act]
    swap = a_swap(scene, standing)
    with nothing_changes(scene.database), pytest.raises(Problems, match="needed") as caught:
        step(scene, swap, scene.office.people[who], reason="")
    assert fields(caught) == {field}


def test_words_of_an_approval_can_be_kept(scene: Scene) -> None:
    swap = a_swap(scene, "taken")
    with nothing_changes(scene.database), pytest.raises(Problems) as caught:
        approve(scene, swap, words="\x00")
    assert fields(caught) == {"words"}


def test_a_place_has_one_swap_under_way(scene: Scene) -> None:
    ask(scene, taker="陈接访", back=22)
    with nothing_changes(scene.database), pytest.raises(Problems, match="already under way"):
        ask(scene, key="b")
    with nothing_changes(scene.database), pytest.raises(Problems, match="already under way"):
        ask(scene, scene.office.clerk, 22, "陈接访", key="c")
    with nothing_changes(scene.database), pytest.raises(Problems, match="already under way") as caught:
        ask(scene, scene.office.director, 24, "柯值班", taker="陈接访", back=22, key="d")
    assert fields(caught) == {"return_place_id"}


def test_a_place_in_return_needs_a_name_and_is_that_colleagues(scene: Scene) -> None:
    place_id, back = scene.place(20, "王经办"), scene.place(22, "冉值班")
    values: dict[str, Any] = {"place_id": place_id, "version": 1, "reason": WHY, "return_place_id": back, "key": "k"}
    with nothing_changes(scene.database), pytest.raises(Problems, match="Name the colleague") as caught:
        swaps.ask_swap(scene.office.handler, **values)
    assert fields(caught) == {"taker_id"}
    with nothing_changes(scene.database), pytest.raises(Problems, match="place of this colleague") as caught:
        swaps.ask_swap(scene.office.handler, **values, taker_id=scene.member("陈接访"))
    assert fields(caught) == {"return_place_id"}


def test_a_colleague_of_another_duty_is_no_colleague(scene: Scene) -> None:
    other = a_published_rota(scene.database, scene.office, name="巡逻", responsible=False, least_rest=0)
    swap = ask(scene)
    with nothing_changes(scene.database), pytest.raises(NotThere):
        swaps.take_swap(scene.office.clerk, swap_id=swap, version=1, taker_id=other.member("陈接访"), key="k")


# --- the rules are asked at each step ---


def on_leave(scene: Scene, name: str, day: int) -> None:
    leave = {"kind": "leave", "from_on": date(2026, 11, day), "until_on": date(2026, 11, day)}
    with scene.database.transaction(SYSTEM) as session:
        session.add(DutyAbsence(member_id=scene.member(name), **leave))


def test_leave_that_came_in_between_stops_the_next_step(scene: Scene) -> None:
    swap = ask(scene, taker="陈接访")
    on_leave(scene, "陈接访", 20)
    with nothing_changes(scene.database), pytest.raises(Problems, match="on leave") as caught:
        take(scene, swap)
    assert fields(caught) == {"taker_id"}


def test_the_director_is_told_what_an_approval_would_break(scene: Scene) -> None:
    swap = a_swap(scene, "taken")
    scene.change(Duty, scene.duty, least_rest=720)
    with nothing_changes(scene.database), pytest.raises(Problems, match="hours of rest"):
        approve(scene, swap)


def test_what_is_taken_in_return_is_judged_too(scene: Scene) -> None:
    on_leave(scene, "王经办", 22)
    with nothing_changes(scene.database), pytest.raises(Problems, match="王经办 is on leave") as caught:
        ask(scene, taker="陈接访", back=22)
    assert fields(caught) == {"return_place_id"}


def test_an_emergency_breaks_no_rule_either(scene: Scene) -> None:
    scene.change(Duty, scene.duty, least_rest=720)
    with nothing_changes(scene.database), pytest.raises(Problems, match="hours of rest") as caught:
        take_over(scene)
    assert fields(caught) == {"taker_id"}


def test_who_was_on_leave_is_not_put_back(scene: Scene) -> None:
    on_leave(scene, "陈接访", 19)
    swap = take_over(scene)
    with nothing_changes(scene.database), pytest.raises(Problems, match="on leave"):
        undo(scene, swap)


def test_a_rota_that_moved_on_is_not_swapped(scene: Scene) -> None:
    swap = a_swap(scene, "taken")
    scene.change(RotaPlace, scene.place(20, "王经办"), member_id=scene.member("柯值班"))
    with nothing_changes(scene.database), pytest.raises(Problems, match="王经办 no longer serves"):
        approve(scene, swap)


def test_the_place_in_return_must_still_be_to_come(scene: Scene) -> None:
    swap = ask(scene, day=23, taker="陈接访", back=22)
    take(scene, swap)
    with clock.at(at(22, 8)), nothing_changes(scene.database), pytest.raises(Problems, match="in return has begun"):
        approve(scene, swap)


@pytest.mark.parametrize("step", [take, offer])
def test_when_the_shift_has_begun_it_is_too_late_to_swap(step: Callable[..., int], scene: Scene) -> None:
    swap = ask(scene)
    with clock.at(at(20, 8)), nothing_changes(scene.database), pytest.raises(Problems, match="taken over now"):
        step(scene, swap)


# --- lists ---


def listed(actor: Actor, scene: Scene, **choice: Any) -> list[dict[Any, Any]]:
    frame = swap_lists.swaps(actor, **choice)
    assert list(frame.columns) == swap_lists.SWAPS
    return frame.to_dict("records")


STEPS = {
    "asked": {
        "handler": {"offer", "withdraw"},
        "clerk": {"take", "take_over"},
        "leader": {"take", "take_over"},
        "director": {"offer", "withdraw", "refuse", "take", "take_over"},
        "outsider": None,
        "viewer": None,
    },
    "offered": {
        "handler": {"offer", "withdraw"},
        "clerk": {"take", "decline", "take_over"},
        "leader": {"take_over"},
        "director": {"offer", "withdraw", "refuse", "take_over"},
        "outsider": None,
        "viewer": None,
    },
    "taken": {
        "handler": {"withdraw"},
        "clerk": {"decline"},
        "leader": {"take_over"},
        "director": {"approve", "withdraw", "refuse", "take_over"},
        "outsider": None,
        "viewer": None,
    },
    "taken_over": {
        "handler": set(),
        "clerk": set(),
        "leader": set(),
        "director": {"approve", "undo"},
        "outsider": None,
        "viewer": None,
    },
}


@pytest.mark.parametrize("standing", STEPS)
def test_the_list_offers_what_each_person_may_do_next(standing: str, scene: Scene) -> None:
    a_swap(scene, standing)
    offered = {
        person: next((set(row["steps"]) for row in listed(scene.office.people[person], scene)), None)
        for person in STEPS[standing]
    }
    assert offered == STEPS[standing]


def test_who_serves_no_more_is_offered_no_step(scene: Scene) -> None:
    ask(scene)
    the_account_of(scene, "王经办", scene.office.viewer)
    assert [row["steps"] for row in listed(scene.office.viewer, scene)] == [()]


def test_the_list_tells_what_is_asked(scene: Scene) -> None:
    ask(scene, taker="陈接访", back=22)
    (row,) = listed(scene.office.clerk, scene)
    told = {name: row[name] for name in ("state", "asked_by", "taker", "role", "post", "shift", "reason", "urgent")}
    assert told == {
        "state": "offered",
        "asked_by": "王经办",
        "taker": "陈接访",
        "role": "staff",
        "post": "综治中心",
        "shift": "全天",
        "reason": WHY,
        "urgent": False,
    }
    assert (row["on_day"].day, row["return_day"].day, row["return_shift"]) == (20, 22, "全天")
    assert row["takers"] == {scene.member("陈接访"): "陈接访"}


def test_a_reason_is_for_those_it_concerns(scene: Scene) -> None:
    ask(scene)
    assert {person: listed(scene.office.people[person], scene)[0]["reason"] for person in ("clerk", "director")} == {
        "clerk": "",
        "director": WHY,
    }


def test_what_has_ended_is_kept(scene: Scene) -> None:
    swap = ask(scene)
    refuse(scene, swap)
    assert listed(scene.office.handler, scene) == []
    (row,) = listed(scene.office.handler, scene, live=False)
    assert (row["state"], row["decision"], row["decided_by"], row["steps"]) == ("refused", "人手不够", "周主任", ())
    assert listed(scene.office.handler, scene, live=False, duty_id=scene.duty + 1) == []
    assert listed(scene.office.clerk, scene, live=False) == []


def test_who_could_take_it_is_proposed_the_least_burdened_first(scene: Scene) -> None:
    scene.change(DutyMember, scene.member("柯值班"), begin_total=5)
    frame = swap_lists.propose(scene.office.handler, place_id=scene.place(20, "王经办"))
    assert list(frame.columns) == swap_lists.TAKERS
    rows = [(row["member"], row["total"], row["fits"]) for row in frame.to_dict("records")]
    assert rows == [
        ("陈接访", 3, True),
        ("冉值班", 3, True),
        ("邢值班", 3, True),
        ("柯值班", 8, True),
        ("苗值班", 3, False),
    ]
    (why,) = frame["why"].iloc[-1]
    assert why.message.format(**why.values) == "苗值班 serves twice at one time."


def test_who_is_proposed_can_take_it_and_nobody_else(scene: Scene) -> None:
    scene.change(Duty, scene.duty, least_rest=720)
    on_leave(scene, "柯值班", 23)
    place_id = scene.place(23, "王经办")
    for row in swap_lists.propose(scene.office.director, place_id=place_id).to_dict("records"):
        values = {"place_id": place_id, "version": 1, "reason": WHY, "taker_id": row["member_id"]}
        if row["fits"]:
            swap = swaps.ask_swap(scene.office.director, **values, key=f"a{row['member_id']}")
            withdraw(scene, swap, key=f"w{row['member_id']}")
        else:
            with nothing_changes(scene.database), pytest.raises(Problems):
                swaps.ask_swap(scene.office.director, **values, key="k")


@pytest.mark.parametrize(
    ("person", "refusal"), [("clerk", NotThere), ("outsider", NotThere), ("viewer", Refused), ("admin", Refused)]
)
def test_proposals_are_for_whose_place_it_is(person: str, refusal: type[Exception], scene: Scene) -> None:
    with pytest.raises(refusal):
        swap_lists.propose(scene.office.people[person], place_id=scene.place(20, "王经办"))
    assert len(swap_lists.propose(scene.office.leader, place_id=scene.place(20, "王经办"))) == 5
