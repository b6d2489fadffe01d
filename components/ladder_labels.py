"""What the steps of a ladder are called and why a unit stands on one."""

from collections.abc import Mapping

from components.words import N_, translate
from db.rules.scoring.ladder import Rules

STEPS: Mapping[str, str] = {
    "notice": N_("Notice"),
    "rectify": N_("To be put right"),
    "yellow": N_("Yellow card"),
    "not_excellent": N_("Not “excellent”"),
}
WHY: Mapping[str, str] = {
    "notice": N_("Among the {told} highest increases of the month (R-29)"),
    "rectify": N_("Told of {rectify_after} months running (R-30)"),
    "yellow": N_("Told of {yellow_after} months running, or put right without effect (R-31)"),
    "not_excellent": N_("Rose again after a yellow card (R-32)"),
}
SPANS: Mapping[str, str] = {
    "q1": N_("First quarter"),
    "q2": N_("Second quarter"),
    "q3": N_("Third quarter"),
    "q4": N_("Fourth quarter"),
    "year": N_("The year"),
}


def step_in(step: str, into: str) -> str:
    """A step in a language, a dash for none."""
    return translate(STEPS[step], into) if step in STEPS else "–"


def why_in(step: str, rules: Rules, into: str) -> str:
    """Why a unit stands on a step, by the numbers of its rubric."""
    numbers = {"told": rules.told, "rectify_after": rules.rectify_after, "yellow_after": rules.yellow_after}
    return translate(WHY[step], into, **numbers) if step in WHY else ""
