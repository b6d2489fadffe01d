"""What a clerk may register: the fields of one matter and what each must be (Art. 19, 20, 23; PIPL Art. 6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from db.rules.case_flow import LONGEST_TEXT
from db.rules.cases import Channel, Grade, Kind, Outcome, Procedure, Source
from db.rules.limits import Limits
from db.rules.problems import N_, Check
from db.rules.text import is_fit, is_fit_line
from db.rules.words import folded

LONGEST_LINE = 200
MOST_PEOPLE = 9999
LINES = ("subject", "place", "since", "other_procedure", "source_number")
TEXTS = ("text", "request", "words")
UNFIT = N_("There are characters in this that can't be kept.")


@dataclass(frozen=True)
class Party:
    """The resident or one representative; a name and one contact are enough."""

    name: str = ""
    contact: str = ""
    address: str = ""
    guardian: str = ""


@dataclass(frozen=True)
class Intake:
    """One matter as told, in the order of the conversation."""

    channel: str = Channel.VISIT
    source: str = Source.RESIDENT
    source_number: str = ""
    received_at: datetime | None = None
    anonymous: bool = False
    parties: tuple[Party, ...] = (Party(),)
    child: bool = False
    head_count: int = 1
    subject: str = ""
    text: str = ""
    place: str = ""
    since: str = ""
    request: str = ""
    kind: str = Kind.REQUEST
    procedure: str = Procedure.ORDINARY
    other_procedure: str = ""
    grade: str = Grade.GENERAL
    category: str = ""
    accused_unit_id: int | None = None
    taken_by_id: int | None = None
    repeat_of_id: int | None = None
    new_facts: bool = False
    notice_shown: bool = False
    outcome: str = ""
    words: str = ""


def check_intake(intake: Intake, limits: Limits, categories: frozenset[str], now: datetime) -> None:
    """Raise Problems with everything that is wrong, each beside its field."""
    check = Check()
    for name, choices in (("channel", Channel), ("source", Source), ("kind", Kind), ("grade", Grade)):
        check.that(getattr(intake, name) in tuple(choices), name, N_("This is not one of the choices."))
    check.that(intake.procedure in tuple(Procedure), "procedure", N_("This is not one of the choices."))
    if intake.procedure == Procedure.OTHER:
        check.that(intake.other_procedure.strip(), "other_procedure", N_("Say which procedure it is."))
    check.that(intake.category in categories, "category", N_("Choose a category."))
    _check_words(check, intake)
    _check_parties(check, intake, limits)
    if intake.received_at is not None:
        check.that(intake.received_at <= now, "received_at", N_("This moment is still to come."))
    if intake.kind == Kind.ACCUSATION:
        check.that(intake.taken_by_id, "taken_by_id", N_("Choose who takes the accusation; only they will see it."))
        check.that(not intake.outcome, "outcome", N_("An accusation is never answered on the spot."))
    if intake.outcome:
        check.that(intake.outcome in tuple(Outcome), "outcome", N_("This is not one of the choices."))
        check.that(intake.words.strip(), "words", N_("Write what was explained or done."))
    check.done()


def _check_words(check: Check, intake: Intake) -> None:
    check.that(intake.subject.strip(), "subject", N_("Say in a line what it is about."))
    check.that(intake.text.strip(), "text", N_("Write down what was said."))
    for name in LINES:
        _check_line(check, name, getattr(intake, name))
    for name in TEXTS:
        text = getattr(intake, name)
        fine = len(text) <= LONGEST_TEXT
        check.that(fine, name, N_("At most {most} characters."), most=LONGEST_TEXT)
        check.that(is_fit(text), name, UNFIT)


def _check_line(check: Check, field: str, line: str) -> None:
    check.that(len(line) <= LONGEST_LINE, field, N_("At most {most} characters."), most=LONGEST_LINE)
    check.that(is_fit_line(line), field, UNFIT)


def _check_parties(check: Check, intake: Intake, limits: Limits) -> None:
    most = limits["representatives_most"].amount
    check.that(intake.head_count >= 1, "head_count", N_("At least one person."))
    check.that(intake.head_count <= MOST_PEOPLE, "head_count", N_("At most {most} people."), most=MOST_PEOPLE)
    check.that(
        len(intake.parties) <= most,
        "parties",
        N_("A joint visit chooses at most {most} representatives."),
        most=most,
    )
    check.that(
        len(intake.parties) <= max(intake.head_count, 1),
        "head_count",
        N_("There are more representatives than people."),
    )
    for number, party in enumerate(intake.parties):
        for name in ("name", "contact", "address", "guardian"):
            _check_line(check, f"{name}_{number}", getattr(party, name))
        if not intake.anonymous:
            check.that(party.name.strip(), f"name_{number}", N_("A name is needed, or mark the matter as anonymous."))
            check.that(party.contact.strip(), f"contact_{number}", N_("One way to reach the resident is needed."))
    if intake.child and not intake.anonymous:
        check.that(
            intake.parties and intake.parties[0].guardian.strip(),
            "guardian_0",
            N_("Name the child's guardian."),
        )


def emergency_in(text: str, words: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The emergency numbers whose words stand in the text, in the order of the preset (110, 119, 120)."""
    spoken = folded(text)
    return [number for number, signs in words.items() if any(folded(sign) in spoken for sign in signs)]
