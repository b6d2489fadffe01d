"""The moves of a dispute: from which states a step leads where, and which permission it needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from db.rules.mediation.words import ENDED, State, Step
from db.rules.permissions import Permission


@dataclass(frozen=True)
class Move:
    """One step; `target` None leaves the state as it is."""

    sources: frozenset[State]
    target: State | None
    permission: Permission


_LIVE = frozenset({State.REGISTERED, State.MEDIATING})

MOVES: Mapping[Step, Move] = MappingProxyType(
    {
        Step.ACCEPT: Move(frozenset({State.REGISTERED}), State.MEDIATING, Permission.MEDIATION_KEEP),
        Step.EXTEND: Move(frozenset({State.MEDIATING}), None, Permission.MEDIATION_KEEP),
        Step.CONCLUDE: Move(frozenset({State.MEDIATING}), State.AGREED, Permission.MEDIATION_KEEP),
        Step.REFUSE: Move(_LIVE, State.REFUSED, Permission.MEDIATION_KEEP),
        Step.TERMINATE: Move(frozenset({State.MEDIATING}), State.FAILED, Permission.MEDIATION_KEEP),
        Step.WITHDRAW: Move(_LIVE, State.WITHDRAWN, Permission.MEDIATION_KEEP),
        Step.ARCHIVE: Move(ENDED, State.ARCHIVED, Permission.MEDIATION_KEEP),
        Step.REOPEN: Move(ENDED | {State.ARCHIVED}, None, Permission.MEDIATION_SIGN),
    }
)


def may_change(state: State) -> bool:
    """Whether the file still takes changes; an archived one is reopened first."""
    return state is not State.ARCHIVED


def steps_from(state: State) -> tuple[Step, ...]:
    """The steps a state allows, in the order of the table."""
    return tuple(step for step, move in MOVES.items() if state in move.sources)
