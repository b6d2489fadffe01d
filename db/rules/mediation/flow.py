"""The moves of a dispute: from which states a step leads where, and which permission it needs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from db.rules.mediation.words import ENDED, Route, State, Step
from db.rules.permissions import Permission
from db.rules.problems import N_, Problem, Problems


@dataclass(frozen=True)
class Move:
    """One step; `target` None leaves the state as it is."""

    sources: frozenset[State]
    target: State | None
    permission: Permission


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


def is_live(state: State) -> bool:
    """Whether the mediation has not ended yet."""
    return state in LIVE


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


def told(routes: Iterable[str]) -> str:
    """Routes as they are stored: in the order of the law, with a comma between."""
    chosen = set(routes)
    return ",".join(route for route in Route if route in chosen)


def routes_of(stored: str) -> tuple[Route, ...]:
    """The routes again."""
    return tuple(Route(route) for route in stored.split(",") if route)
