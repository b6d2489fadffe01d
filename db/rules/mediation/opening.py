"""What may be written down of a dispute and its parties when it is opened or corrected (forms 3, 4 and 7)."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from db.rules.intake import MOST_PEOPLE
from db.rules.mediation.words import PartyKind, Sex, Side
from db.rules.mediation.writing import NEEDED, NO_CHOICE, check_line, check_past, check_text
from db.rules.money import fen_of
from db.rules.problems import N_, Check

OLDEST = 150
NO_AMOUNT = N_("Write an amount like 1200 or 1200.50.")
BOTH_SIDES = N_("There is at least one party on each side.")
GUARDIAN = N_("Name the child's guardian.")
# Identities are encrypted; of these three a list shows the mask.
IDENTITIES = ("name", "contact", "address", "guardian", "agent", "agent_contact")
MASKED = ("name", "contact", "agent")
LINES = (*IDENTITIES, "occupation")


@dataclass(frozen=True)
class PartyForm:
    """A party as told. `of_case` is a party of the case whose identity is copied where this shows only its mask."""

    side: str
    kind: str = PartyKind.PERSON
    name: str = ""
    contact: str = ""
    address: str = ""
    sex: str = ""
    age: int | None = None
    occupation: str = ""
    child: bool = False
    guardian: str = ""
    agent: str = ""
    agent_contact: str = ""
    agent_powers: str = ""
    agent_until: date | None = None
    of_case: int | None = None


@dataclass(frozen=True)
class Risk:
    """The risk that a dispute escalates, and what was done about it (Art. 25)."""

    escalation: bool
    escalation_measure: str
    police_reported_on: date | None
    police_reported_time: time | None
    escalation_prevented: bool


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What a file says of its dispute. `amount` is typed, in yuan."""

    source: str = "application"
    category: str = ""
    child: bool = False
    major: bool = False
    subject: str = ""
    facts: str = ""
    request: str = ""
    place: str = ""
    head_count: int = 2
    amount: str = ""


@dataclass(frozen=True, kw_only=True)
class Opening(Matter):
    """A dispute as it comes to a committee; `received_on` None means today."""

    committee_id: int | None = None
    case_id: int | None = None
    received_on: date | None = None
    parties: tuple[PartyForm, ...] = (PartyForm(side=Side.APPLICANT), PartyForm(side=Side.RESPONDENT))
    mediator_id: int | None = None
    notice_shown: bool = False


def columns_of(matter: Matter) -> dict[str, object]:
    """A checked matter as it is stored, its amount in fen."""
    texts = {name: getattr(matter, name).strip() for name in ("subject", "facts", "request", "place")}
    flat = {name: getattr(matter, name) for name in ("source", "category", "child", "major", "head_count")}
    return texts | flat | {"amount": fen_of(matter.amount) or 0}


def check_opening(
    opening: Opening,
    *,
    committees: Container[int],
    mediators: Container[int],
    sources: frozenset[str],
    categories: frozenset[str],
    today: date,
) -> None:
    """Raise Problems with everything that is wrong; `mediators` are the members in use of the committee chosen."""
    check = Check()
    known = opening.committee_id is not None and opening.committee_id in committees
    check.that(known, "committee_id", N_("Choose a committee."))
    fine = opening.mediator_id is None or opening.mediator_id in mediators
    check.that(fine, "mediator_id", N_("This mediator is not of the committee."))
    check_past(check, "received_on", opening.received_on, today)
    check_matter(check, opening, sources=sources, categories=categories)
    check.that(has_both_sides(party.side for party in opening.parties), "parties", BOTH_SIDES)
    for number, party in enumerate(opening.parties):
        check_party(check, party, f"_{number}")
    _check_guardian(check, opening)
    check.done()


def _check_guardian(check: Check, opening: Opening) -> None:
    """A child the dispute is about need not be a party; somebody answers for it all the same."""
    if opening.child and not any(party.child for party in opening.parties):
        check.that(any(party.guardian.strip() for party in opening.parties), "guardian_0", GUARDIAN)


def check_matter(check: Check, matter: Matter, *, sources: frozenset[str], categories: frozenset[str]) -> None:
    """What the file says of the dispute."""
    check.that(matter.source in sources, "source", NO_CHOICE)
    check.that(matter.category in categories, "category", N_("Choose a category."))
    check.that(matter.subject.strip(), "subject", N_("Say in a line what it is about."))
    check.that(matter.facts.strip(), "facts", N_("Write down what was said."))
    for name in ("subject", "place"):
        check_line(check, name, getattr(matter, name))
    for name in ("facts", "request"):
        check_text(check, name, getattr(matter, name))
    check.that(matter.head_count >= 1, "head_count", N_("At least one person."))
    check.that(matter.head_count <= MOST_PEOPLE, "head_count", N_("At most {most} people."), most=MOST_PEOPLE)
    check.that(fen_of(matter.amount) is not None, "amount", NO_AMOUNT)


def check_party(check: Check, party: PartyForm, place: str = "") -> None:
    """One party in clear; `place` ends the names of its fields where there are several."""
    check.that(party.side in tuple(Side), f"side{place}", NO_CHOICE)
    check.that(party.kind in tuple(PartyKind), f"kind{place}", NO_CHOICE)
    check.that(party.sex in ("", *Sex), f"sex{place}", NO_CHOICE)
    fine = party.age is None or 0 <= party.age <= OLDEST
    check.that(fine, f"age{place}", N_("Give an age from 0 to {most}."), most=OLDEST)
    check.that(party.name.strip(), f"name{place}", N_("Name the party."))
    for name in LINES:
        check_line(check, f"{name}{place}", getattr(party, name))
    check_text(check, f"agent_powers{place}", party.agent_powers)
    _check_people_beside(check, party, place)


def _check_people_beside(check: Check, party: PartyForm, place: str) -> None:
    """The guardian of a child, the agent of anybody."""
    fine = not party.child or party.kind == PartyKind.PERSON
    check.that(fine, f"child{place}", N_("Only a person can be a child."))
    check.that(not party.child or party.guardian.strip(), f"guardian{place}", GUARDIAN)
    spoken_for = party.agent_contact.strip() or party.agent_powers.strip() or party.agent_until
    check.that(party.agent.strip() or not spoken_for, f"agent{place}", N_("Name the agent."))


def check_risk(risk: Risk, now: datetime) -> None:
    """Raise Problems unless a marked risk says what was done, and an unmarked one nothing; `now` is the office's."""
    check = Check()
    fine = not risk.escalation or risk.escalation_measure.strip()
    check.that(fine, "escalation_measure", N_("Write what was done about the risk."))
    check_text(check, "escalation_measure", risk.escalation_measure)
    day, hour = risk.police_reported_on, risk.police_reported_time
    more = risk.escalation_measure.strip() or day or hour or risk.escalation_prevented
    check.that(risk.escalation or not more, "escalation", N_("Mark the risk, or leave the rest empty."))
    check.that(day or not hour, "police_reported_on", NEEDED)
    if check.that(hour or not day, "police_reported_time", NEEDED) and day and hour:
        past = datetime.combine(day, hour, now.tzinfo) <= now
        check.that(past, "police_reported_time", N_("This moment is still to come."))
    check.done()


def has_both_sides(sides: Iterable[str]) -> bool:
    """Whether there is somebody on each side."""
    return set(sides) >= set(Side)
