"""The flow of a case as one table: states, steps, who may take each and what it needs (W1 to W3, Art. 19 to 36)."""

from db.rules.case_flow.acting import Acting, who_acts
from db.rules.case_flow.check import LONGEST_TEXT, check_step, steps_for, target_of, why_not
from db.rules.case_flow.conditions import FlowFacts, Standing, ruling_due
from db.rules.case_flow.states import ENDED, ON_THE_WAY, OPEN, Field, FieldKind, Move, State, Step, Who
from db.rules.case_flow.table import BY_STEP, MOVES

__all__ = [
    "BY_STEP",
    "ENDED",
    "LONGEST_TEXT",
    "MOVES",
    "ON_THE_WAY",
    "OPEN",
    "Acting",
    "Field",
    "FieldKind",
    "FlowFacts",
    "Move",
    "Standing",
    "State",
    "Step",
    "Who",
    "check_step",
    "ruling_due",
    "steps_for",
    "target_of",
    "who_acts",
    "why_not",
]
