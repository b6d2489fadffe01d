"""What people may ask about their own data (PIPL Art. 44 to 50): kinds, checks of identity, which act leads where."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from db.rules.intake import UNFIT
from db.rules.problems import N_, Check
from db.rules.text import is_fit, is_fit_line

LONGEST, LONGEST_LINE = 2000, 100


class Kind(StrEnum):
    """What is asked."""

    ACCESS = "access"
    COPY = "copy"
    CORRECT = "correct"
    DELETE = "delete"
    RESTRICT = "restrict"
    EXPLAIN = "explain"


KINDS: Mapping[Kind, str] = {
    Kind.ACCESS: N_("See their data"),
    Kind.COPY: N_("A copy of their data"),
    Kind.CORRECT: N_("Correct their data"),
    Kind.DELETE: N_("Delete their data"),
    Kind.RESTRICT: N_("Object to the use of their data"),
    Kind.EXPLAIN: N_("Explain what is done with their data"),
}


class ForWhom(StrEnum):
    """Whose data: one's own, a child's, that of a near relative who died (Art. 49), of who gave a power."""

    SELF = "self"
    GUARDIAN = "guardian"
    RELATIVE = "relative"
    AGENT = "agent"


class Identity(StrEnum):
    """How it was made sure that the person asking is the one, or may ask."""

    CARD = "card"
    CALLED_BACK = "called_back"
    HOUSEHOLD = "household"
    POWER = "power"


class State(StrEnum):
    """How a request stands."""

    RECEIVED = "received"
    CHECKED = "checked"
    GRANTED = "granted"
    PARTLY = "partly"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """What is done with a request."""

    REGISTER = "register"
    CHECK = "check"
    SEARCH = "search"
    TAKE = "take"
    CORRECT = "correct"
    COPY = "copy"
    GRANT = "grant"
    PARTLY = "partly"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    LIFT = "lift"


OPEN = (State.RECEIVED, State.CHECKED)
MOVES: Mapping[tuple[State, Act], State] = MappingProxyType(
    {
        (State.RECEIVED, Act.CHECK): State.CHECKED,
        (State.CHECKED, Act.GRANT): State.GRANTED,
        (State.CHECKED, Act.PARTLY): State.PARTLY,
        **{(one, Act.REFUSE): State.REFUSED for one in OPEN},
        **{(one, Act.WITHDRAW): State.WITHDRAWN for one in OPEN},
    }
)
LIFTABLE = (State.GRANTED, State.PARTLY)
ANSWERS = (Act.GRANT, Act.PARTLY, Act.REFUSE)
# Where the right stands, and what a refusal may rest on.
ARTICLES: Mapping[Kind, str] = {
    Kind.ACCESS: "45",
    Kind.COPY: "45",
    Kind.CORRECT: "46",
    Kind.DELETE: "47",
    Kind.RESTRICT: "44",
    Kind.EXPLAIN: "48",
}


@dataclass(frozen=True)
class Asked:
    """A request as it is taken in."""

    kind: str
    for_whom: str
    name: str
    contact: str
    applicant: str
    wants: str
    received_on: date | None


def check_asked(asked: Asked, today: date) -> None:
    """Raise Problems unless a request may be taken in."""
    check = Check()
    check.that(asked.kind in set(Kind), "kind", N_("This is not one of the choices."))
    check.that(asked.for_whom in set(ForWhom), "for_whom", N_("This is not one of the choices."))
    check.that(asked.name.strip(), "name", N_("This is needed."))
    for_other = asked.for_whom != ForWhom.SELF
    check.that(not for_other or asked.applicant.strip(), "applicant", N_("Say who asks for this person."))
    check.that(asked.wants.strip(), "wants", N_("This is needed."))
    for field in ("name", "contact", "applicant"):
        said = getattr(asked, field)
        check.that(len(said) <= LONGEST_LINE, field, N_("At most {most} characters."), most=LONGEST_LINE)
        check.that(is_fit_line(said), field, UNFIT)
    check_words(check, "wants", asked.wants)
    if check.that(asked.received_on is not None, "received_on", N_("This is needed.")):
        check.that(
            asked.received_on is None or asked.received_on <= today, "received_on", N_("This day is yet to come.")
        )
    check.done()


def check_answer(act: str, words: str, article: str) -> None:
    """Raise Problems unless the answer says what it must: a refusal, whole or in part, its reason and the article."""
    check = Check()
    check.that(act in ANSWERS, "act", N_("This is not one of the choices."))
    check.that(words.strip(), "words", N_("This is needed."))
    check_words(check, "words", words)
    needs = act in (Act.PARTLY, Act.REFUSE)
    check.that(not needs or article.strip(), "article", N_("Name the law and article the refusal rests on."))
    check.that(len(article) <= LONGEST_LINE, "article", N_("At most {most} characters."), most=LONGEST_LINE)
    check.that(is_fit_line(article), "article", UNFIT)
    check.done()


def check_words(check: Check, field: str, words: str) -> None:
    """Note what is wrong with a text of several lines."""
    check.that(len(words) <= LONGEST, field, N_("At most {most} characters."), most=LONGEST)
    check.that(is_fit(words), field, UNFIT)
