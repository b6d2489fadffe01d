"""The moves of a dispute: from which states a step leads where, and which permission it needs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from db.rules.mediation.words import ENDED, Route, State, Step
from db.rules.mediation.writing import NEEDED, NO_CHOICE, check_day, check_order, check_text
from db.rules.permissions import Permission
from db.rules.problems import N_, Check, Problem, Problems


@dataclass(frozen=True)
class Move:
    """One step; `target` None leaves the state as it is."""

    sources: frozenset[State]
    target: State | None
    permission: Permission


@dataclass(frozen=True)
class Ending:
    """An ending without an agreement; `field` is what the form calls its day."""

    step: Step
    field: str
    on: date | None
    reason: str = ""
    routes: Sequence[str] = ()
    routes_told_on: date | None = None

    @property
    def values(self) -> dict[str, object]:
        """What was typed, by the names of the form."""
        day: dict[str, object] = {self.field: self.on}
        return day | {"reason": self.reason, "routes": self.routes, "routes_told_on": self.routes_told_on}


LIVE = frozenset({State.REGISTERED, State.MEDIATING})

MOVES: Mapping[Step, Move] = MappingProxyType(
    {
        Step.ACCEPT: Move(frozenset({State.REGISTERED}), State.MEDIATING, Permission.MEDIATION_KEEP),
        Step.EXTEND: Move(frozenset({State.MEDIATING}), None, Permission.MEDIATION_KEEP),
        Step.CONCLUDE: Move(frozenset({State.MEDIATING}), State.AGREED, Permission.MEDIATION_KEEP),
        Step.REFUSE: Move(LIVE, State.REFUSED, Permission.MEDIATION_KEEP),
        Step.TERMINATE: Move(frozenset({State.MEDIATING}), State.FAILED, Permission.MEDIATION_KEEP),
        Step.WITHDRAW: Move(LIVE, State.WITHDRAWN, Permission.MEDIATION_KEEP),
        Step.ARCHIVE: Move(ENDED, State.ARCHIVED, Permission.MEDIATION_KEEP),
        Step.REOPEN: Move(ENDED | {State.ARCHIVED}, None, Permission.MEDIATION_SIGN),
    }
)


def may_change(state: State) -> bool:
    """Whether the file is open and takes changes: until it is archived, and again when it is reopened."""
    return state is not State.ARCHIVED


def must_be_live(state: State) -> None:
    """Raise Problems unless the mediation still goes on, or has not begun."""
    if state not in LIVE:
        raise Problems(Problem("", N_("This file has its result. It is reopened before this changes.")))


def steps_from(state: State) -> tuple[Step, ...]:
    """The steps a state allows, in the order of the table."""
    return tuple(step for step, move in MOVES.items() if state in move.sources)


def check_step(step: Step, state: State) -> None:
    """Raise Problems unless the state allows the step."""
    if state not in MOVES[step].sources:
        raise Problems(Problem("", N_("The dispute has moved on; this step is no longer open.")))


def target_of(step: Step, state: State) -> State:
    """The state a step leads to; where a reopened file goes its timeline knows."""
    return MOVES[step].target or state


def check_ending(ending: Ending, *, begun_on: date, last_session_on: date | None, today: date) -> None:
    """Raise Problems unless the ending comes after all that happened and the parties know where else to go."""
    check = Check()
    came = N_("The dispute came to the committee on {day}.")
    if check_day(check, ending.field, ending.on, today) and check_order(check, ending.field, ending.on, begun_on, came):
        check_order(check, ending.field, ending.on, last_session_on, N_("The last session was on {day}."))
    check.that(ending.step is Step.REFUSE or ending.reason.strip(), "reason", NEEDED)
    check_text(check, "reason", ending.reason)
    if ending.step is not Step.WITHDRAW:
        _check_routes(check, ending, today)
    check.done()


def _check_routes(check: Check, ending: Ending, today: date) -> None:
    check.that(set(ending.routes) <= set(Route), "routes", NO_CHOICE)
    if ending.step is Step.TERMINATE:
        fine = set(ending.routes) >= set(Route)
        check.that(fine, "routes", N_("Tell the parties of arbitration, administrative and court routes."))
    else:
        check.that(ending.routes, "routes", N_("Tell the parties of at least one other route."))
    if check_day(check, "routes_told_on", ending.routes_told_on, today):
        check_order(check, "routes_told_on", ending.routes_told_on, ending.on, N_("The mediation ended on {day}."))


def told(routes: Iterable[str]) -> str:
    """Routes as they are stored: in the order of the law, with a comma between."""
    chosen = set(routes)
    return ",".join(route for route in Route if route in chosen)


def routes_of(stored: str) -> tuple[Route, ...]:
    """The routes again."""
    return tuple(Route(route) for route in stored.split(",") if route)
