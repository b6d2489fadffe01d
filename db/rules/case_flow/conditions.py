"""When a step is open: the conditions beyond state and permission (Art. 19 to 36, R-77)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from db.rules.case_flow.states import State, Step
from db.rules.cases import Grade, Kind
from db.rules.limits import Limits
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_


@dataclass(frozen=True)
class FlowFacts:
    """What the table's conditions look at; read from the database in the same transaction.

    `stands_in_for` names the absent handler the actor acts for today; `stood_in` says that the actor once did so here.
    """

    state: State
    kind: Kind
    grade: Grade
    today: date
    limits: Limits
    anonymous: bool = False
    sealed: bool = False
    has_lead: bool = False
    bounces: int = 0
    ruled: bool = False
    object_by: date | None = None
    received_on: date | None = None
    proposed_by_id: int | None = None
    registered_by_id: int | None = None
    handler_id: int | None = None
    answered_by_id: int | None = None
    notice_on: date | None = None
    replied_on: date | None = None
    review_decided_on: date | None = None
    hearing_from: date | None = None
    hearing_to: date | None = None
    extension: str = ""
    extension_told: bool = False
    co_open: tuple[str, ...] = ()
    co_mine: str = ""
    failed_visits: int = 0
    exhausted: bool = False
    rereviewed: bool = False
    other_keepers: int = 0
    open_parts: tuple[str, ...] = ()
    stands_in_for: str = ""
    stood_in: bool = False


@dataclass(frozen=True)
class Standing:
    """How the actor stands to the case: in the lead unit, in a co-handling unit, acting for the absent handler."""

    lead: bool = False
    co: bool = False
    stand_in: bool = False


Condition = Callable[[FlowFacts, Actor], str]


def _condition(test: Callable[[FlowFacts, Actor], bool], why: str) -> Condition:
    return lambda facts, actor: "" if test(facts, actor) else why


def ruling_due(facts: FlowFacts) -> bool:
    """Whether so many objections were made that the director decides."""
    return facts.bounces >= facts.limits["bounces_before_ruling"].amount


def _window(start: date | None, limits: Limits, code: str) -> date | None:
    return start + timedelta(days=limits[code].amount) if start else None


PARTS_FIRST = _condition(
    lambda f, a: not f.open_parts or a.may(Permission.CASES_RULE),
    N_("A part of this matter is still open. It is closed after its parts, unless the director rules otherwise."),
)

CONDITIONS: Mapping[Step, tuple[Condition, ...]] = MappingProxyType(
    {
        Step.ANSWER_ON_SPOT: (
            PARTS_FIRST,
            _condition(lambda f, a: f.kind is not Kind.ACCUSATION, N_("An accusation is never answered on the spot.")),
        ),
        Step.APPROVE: (
            _condition(
                lambda f, a: a.id != f.proposed_by_id,
                N_("Somebody other than the proposer approves a proposal."),
            ),
        ),
        Step.GIVE_NOTICE: (
            _condition(lambda f, a: f.notice_on is None, N_("The notice has already been given.")),
            _condition(lambda f, a: not f.anonymous, N_("An anonymous matter has nobody to notify.")),
        ),
        Step.OBJECT: (
            _condition(lambda f, a: not f.ruled, N_("After a ruling a matter can't be objected to.")),
            _condition(
                lambda f, a: f.object_by is None or f.today <= f.object_by,
                N_("The time for an objection is over."),
            ),
        ),
        Step.AGREE_RETURN: (
            _condition(lambda f, a: not ruling_due(f), N_("After the second objection the director rules.")),
        ),
        Step.REFUSE_RETURN: (
            _condition(lambda f, a: not ruling_due(f), N_("After the second objection the director rules.")),
        ),
        Step.RULE: (_condition(lambda f, a: ruling_due(f), N_("A ruling follows the second objection.")),),
        Step.CO_ANSWER: (_condition(lambda f, a: f.co_mine == "sent", N_("Your unit has already answered.")),),
        Step.CO_SIGN: (
            _condition(lambda f, a: f.co_mine == "answered", N_("There is no answer of your unit to sign.")),
        ),
        Step.ANSWER: (
            _condition(lambda f, a: not f.co_open, N_("A co-handling unit has not answered and signed yet.")),
            _condition(lambda f, a: f.extension != "asked", N_("The extension asked for is not decided yet.")),
        ),
        Step.ASK_EXTENSION: (
            _condition(lambda f, a: f.extension == "", N_("A matter is extended once at most.")),
            _condition(lambda f, a: f.kind is Kind.REQUEST, N_("Only a request has the 60-day limit.")),
        ),
        Step.DECIDE_EXTENSION: (_condition(lambda f, a: f.extension == "asked", N_("No extension was asked for.")),),
        Step.TELL_EXTENSION: (
            _condition(
                lambda f, a: f.extension == "approved" and not f.extension_told and not f.anonymous,
                N_("There is no approved extension to tell."),
            ),
        ),
        Step.REPLY: (_condition(lambda f, a: not f.anonymous, N_("An anonymous matter has nobody to reply to.")),),
        Step.VISIT: (
            _condition(
                lambda f, a: a.id not in (f.handler_id, f.answered_by_id),
                N_("Somebody other than the handler asks the resident."),
            ),
            _condition(
                lambda f, a: not f.stands_in_for and not f.stood_in,
                N_("Whoever stood in for the handler does not ask the resident."),
            ),
        ),
        Step.CLOSE: (
            PARTS_FIRST,
            _condition(
                lambda f, a: f.state is not State.CONFIRMED or f.anonymous,
                N_("The resident has not been told yet."),
            ),
            _condition(
                lambda f, a: f.state is not State.REPLIED or f.failed_visits >= f.limits["visit_tries"].amount,
                N_("The resident has not been asked yet."),
            ),
        ),
        Step.ASK_REVIEW: (
            _condition(
                lambda f, a: f.kind is Kind.REQUEST and f.replied_on is not None,
                N_("A review needs a reply to a request."),
            ),
            _condition(lambda f, a: f.review_decided_on is None, N_("The matter has already been reviewed.")),
            _condition(
                lambda f, a: f.today <= (_window(f.replied_on, f.limits, "review_ask") or f.today),
                N_("The 30 days for asking a review are over."),
            ),
        ),
        Step.ASK_REREVIEW: (
            _condition(
                lambda f, a: f.today <= (_window(f.review_decided_on, f.limits, "rereview_ask") or f.today),
                N_("The 30 days for asking a re-review are over."),
            ),
        ),
        Step.START_HEARING: (_condition(lambda f, a: f.hearing_from is None, N_("A hearing has already been held.")),),
        Step.END_HEARING: (
            _condition(
                lambda f, a: f.hearing_from is not None and f.hearing_to is None,
                N_("No hearing is going on."),
            ),
        ),
        Step.DECIDE_REREVIEW: (
            _condition(lambda f, a: f.hearing_from is None or f.hearing_to is not None, N_("A hearing is going on.")),
        ),
        Step.RECUSE: (
            _condition(
                lambda f, a: not f.sealed or f.other_keepers > 0,
                N_("You are the only one who may see this matter. Let somebody else see it first."),
            ),
        ),
        Step.GRANT_ACCESS: (_condition(lambda f, a: f.sealed, N_("Only an accusation is sealed.")),),
    }
)
