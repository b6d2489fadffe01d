"""The registers charts are drawn of, each declared once: its dimensions, its measures, who sees what of it."""

from db.rules.permissions import Actor
from db.rules.problems import N_, Problem, Problems
from db.services.briefings.registers import cases, decisions, disputes, duty, scoring, supervisions, works
from db.services.briefings.registers.declaring import Dimension, Measure, Register, by_code

REGISTERS: dict[str, Register] = by_code(
    *(one.REGISTER for one in (cases, disputes, supervisions, decisions, duty, scoring, works))
)

__all__ = ["REGISTERS", "Dimension", "Measure", "Register", "measures_of", "register_of", "registers_of"]


def registers_of(actor: Actor) -> tuple[Register, ...]:
    """The registers this person may ask figures of."""
    return tuple(register for register in REGISTERS.values() if actor.may(register.permission))


def register_of(actor: Actor, code: str) -> Register:
    """One of them; raises Problems when there is none of that code, Refused when it is not theirs."""
    if code not in REGISTERS:
        raise Problems(Problem("register", N_("There is no such register.")))
    actor.must(REGISTERS[code].permission)
    return REGISTERS[code]


def measures_of(actor: Actor, register: Register) -> dict[str, Measure]:
    """What this person may count of a register."""
    return {
        code: measure
        for code, measure in register.measures.items()
        if measure.permission is None or actor.may(measure.permission)
    }
