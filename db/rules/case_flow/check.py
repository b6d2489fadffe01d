"""Taking a step: may this actor, now, and are the fields right."""

from collections.abc import Mapping
from datetime import date

from db.rules.case_flow.conditions import CONDITIONS, FlowFacts, Standing
from db.rules.case_flow.states import Field, FieldKind, Move, State, Step, Who
from db.rules.case_flow.table import BY_STEP, MOVES
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, Problem, Problems, Refused

LONGEST_TEXT = 20_000


def stands(move: Move, standing: Standing) -> bool:
    """Whether the actor stands on the side the step asks for; a stand-in does what a handler may, and signs nothing."""
    handles = standing.stand_in and Permission.CASES_HANDLE in move.permissions
    return {
        Who.OFFICE: True,
        Who.LEAD: standing.lead or handles,
        Who.CO: standing.co,
        Who.EITHER: True,
        Who.NOT_CO: standing.lead or handles or not standing.co,
    }[move.who]


def why_not(step: Step, facts: FlowFacts, actor: Actor, standing: Standing) -> str:
    """ "" when the step may be taken now, else the reason in a sentence."""
    move = BY_STEP[step]
    if not any(actor.may(p) for p in move.permissions) or not stands(move, standing):
        return N_("This step is not yours to take.")
    if facts.state not in move.sources:
        return N_("The case has moved on; this step is no longer open.")
    return next((why for condition in CONDITIONS.get(step, ()) if (why := condition(facts, actor))), "")


def steps_for(facts: FlowFacts, actor: Actor, standing: Standing) -> tuple[Step, ...]:
    """Every step this actor may take now, the next one first."""
    open_now = [move for move in MOVES if not why_not(move.step, facts, actor, standing)]
    return tuple(move.step for move in sorted(open_now, key=lambda move: not move.main))


def check_step(
    step: Step, facts: FlowFacts, actor: Actor, standing: Standing, values: Mapping[str, object]
) -> dict[str, object]:
    """The cleaned values; raises Refused (not theirs) or Problems (not now, or a field is wrong)."""
    move = BY_STEP[step]
    if not any(actor.may(p) for p in move.permissions) or not stands(move, standing):
        raise Refused(f"case:{step}")
    if why := why_not(step, facts, actor, standing):
        raise Problems(Problem("", why))
    return _clean(move, facts, values)


def target_of(step: Step, facts: FlowFacts, values: Mapping[str, object]) -> State:
    """The state the step leads to."""
    move = BY_STEP[step]
    if step is Step.REOPEN and not facts.has_lead:
        return State.REGISTERED
    if step is Step.VISIT and not values.get("reached"):
        return facts.state
    return move.target or facts.state


def _clean(move: Move, facts: FlowFacts, values: Mapping[str, object]) -> dict[str, object]:
    check, clean = Check(), dict[str, object]()
    for field in move.fields:
        value = values.get(field.name)
        value = value.strip() if isinstance(value, str) else value
        if value in (None, "", (), []) and field.kind is not FieldKind.FLAG:
            check.that(not field.required, field.name, N_("This is needed."))
            clean[field.name] = () if field.kind is FieldKind.UNITS else None
            continue
        clean[field.name] = value
        _check_field(check, field, value, facts)
    if move.step is Step.VISIT and clean.get("reached"):
        for name in ("satisfaction", "solved"):
            check.that(clean[name], name, N_("This is needed when the resident was reached."))
    if move.step is Step.CLOSE and facts.open_parts:
        check.that(clean["reason"], "reason", N_("A part is still open: say why the matter is closed all the same."))
    if move.step is Step.REOPEN and facts.exhausted:
        check.that(
            clean["new_facts"],
            "new_facts",
            N_("After the re-review the same matter is not taken up again unless facts are new."),
        )
    check.done()
    return clean


def _check_field(check: Check, field: Field, value: object, facts: FlowFacts) -> None:
    match field.kind:
        case FieldKind.TEXT | FieldKind.WORDS:
            fine = isinstance(value, str)
            check.that(fine, field.name, N_("This is not a text."))
            check.that(
                not fine or len(str(value)) <= LONGEST_TEXT,
                field.name,
                N_("At most {most} characters."),
                most=LONGEST_TEXT,
            )
        case FieldKind.CHOICE:
            check.that(value in field.choices, field.name, N_("This is not one of the choices."))
        case FieldKind.DAY:
            if not check.that(type(value) is date, field.name, N_("This is not a day.")) or not isinstance(value, date):
                return
            if field.name == "on":
                check.that(value <= facts.today, field.name, N_("This day is still to come."))
                check.that(
                    facts.received_on is None or value >= facts.received_on,
                    field.name,
                    N_("This day is before the matter was received."),
                )
            else:
                check.that(value >= facts.today, field.name, N_("This day is already past."))
        case FieldKind.DAYS:
            most = facts.limits["extension_most"].amount
            check.that(
                isinstance(value, int) and 1 <= value <= most,
                field.name,
                N_("Between 1 and {most} days."),
                most=most,
            )
        case FieldKind.UNIT | FieldKind.PERSON:
            check.that(type(value) is int, field.name, N_("This is not one of the choices."))
        case FieldKind.UNITS:
            fine = isinstance(value, (tuple, list)) and all(type(v) is int for v in value)
            check.that(fine, field.name, N_("This is not one of the choices."))
        case FieldKind.FLAG | FieldKind.CODE:
            pass
