"""What the ledgers and the registers behind them hold: their columns by name, and how each is said."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from db.rules.problems import N_


class Code(StrEnum):
    """The eight ledgers (domain 3.3); names are the office's own, what is in each is not."""

    MATTERS = "matters"
    DISPUTES = "disputes"
    DUTY = "duty"
    MEETINGS = "meetings"
    HAZARDS = "hazards"
    ACTIVITIES = "activities"
    INSPECTION = "inspection"
    INFORMATION = "information"


class Register(StrEnum):
    """The registers a superior's layout may be filled from."""

    CASES = "cases"
    DISPUTES = "disputes"
    SUPERVISION = "supervision"
    WORKS = "works"


@dataclass(frozen=True)
class Field:
    """A column: its heading, and whose words its codes are ("" for text, days and numbers as they stand).

    `personal` marks what is masked unless it was asked for in clear.
    """

    name: str
    heading: str
    said: str = ""
    personal: bool = False


def _fields(*fields: Field) -> Mapping[str, Field]:
    return MappingProxyType({field.name: field for field in fields})


CASES = _fields(
    Field("number", N_("Number")),
    Field("received_on", N_("Received")),
    Field("channel", N_("Channel"), "case:channel"),
    Field("source", N_("Source"), "case:source"),
    Field("source_number", N_("Number at the source")),
    Field("kind", N_("Kind"), "case:kind"),
    Field("grade", N_("Grade"), "case:grade"),
    Field("category", N_("Category"), "codes:category"),
    Field("resident", N_("Resident"), personal=True),
    Field("contact", N_("Contact"), personal=True),
    Field("head_count", N_("People")),
    Field("subject", N_("Subject")),
    Field("text", N_("What was said")),
    Field("request", N_("What is asked for")),
    Field("place", N_("Place")),
    Field("lead_unit", N_("Lead unit")),
    Field("handler", N_("Handler")),
    Field("accepted_on", N_("Accepted on")),
    Field("next_due_on", N_("Due")),
    Field("answered_on", N_("Answered on")),
    Field("answer", N_("Answer")),
    Field("outcome", N_("Outcome"), "case:outcome"),
    Field("replied_on", N_("Replied on")),
    Field("satisfaction", N_("Satisfaction"), "case:satisfaction"),
    Field("state", N_("State"), "case:state"),
    Field("closed_on", N_("Closed on")),
)
DISPUTES = _fields(
    Field("number", N_("Number")),
    Field("received_on", N_("Received")),
    Field("source", N_("Where it came from"), "codes:dispute_source"),
    Field("category", N_("Category"), "codes:dispute_category"),
    Field("committee", N_("Committee")),
    Field("parties", N_("Parties"), personal=True),
    Field("contact", N_("Contact"), personal=True),
    Field("head_count", N_("People")),
    Field("subject", N_("Subject")),
    Field("place", N_("Place")),
    Field("mediators", N_("Mediators")),
    Field("accepted_on", N_("Accepted on")),
    Field("state", N_("State"), "dispute:state"),
    Field("form", N_("Agreement"), "dispute:form"),
    Field("agreement", N_("Number of the agreement")),
    Field("amount", N_("Amount (yuan)"), "fen"),
    Field("ended_on", N_("Ended on")),
    Field("archived_on", N_("Archived on")),
)
SUPERVISION = _fields(
    Field("number", N_("Number")),
    Field("unit", N_("Unit")),
    Field("case", N_("Matter")),
    Field("subject", N_("Subject")),
    Field("why", N_("Why supervised"), "notice:why"),
    Field("text", N_("What is asked")),
    Field("missed_on", N_("Missed on")),
    Field("issued_on", N_("Issued on")),
    Field("answer_by", N_("Answer by")),
    Field("answered_on", N_("Answered on")),
    Field("answer", N_("Answer")),
    Field("state", N_("State"), "notice:state"),
)
WORKS = _fields(
    Field("on_day", N_("Day")),
    Field("kind", N_("Kind"), "work:kind"),
    Field("about", N_("What kind"), "work:about"),
    Field("title", N_("Title")),
    Field("units", N_("Units")),
    Field("stood", N_("Standing"), "work:stand"),
    Field("absent", N_("People absent")),
    Field("level", N_("Adopted at"), "work:level"),
    Field("papers", N_("Papers"), "work:paper"),
    Field("note", N_("Note")),
)
REGISTERS: Mapping[Register, Mapping[str, Field]] = MappingProxyType(
    {
        Register.CASES: CASES,
        Register.DISPUTES: DISPUTES,
        Register.SUPERVISION: SUPERVISION,
        Register.WORKS: WORKS,
    }
)

_MATTERS = "number received_on channel resident contact category subject place lead_unit handler next_due_on"
_MATTERS += " answered_on outcome satisfaction state"
_HAZARDS = "number received_on place subject category lead_unit handler next_due_on answered_on answer outcome state"
_DISPUTES = "number received_on source category parties contact subject committee mediators state form amount ended_on"
_DAY, _KIND, _NOTE = Field("on_day", N_("Day")), Field("kind", N_("Kind"), "ledger:kind"), Field("note", N_("Note"))

LEDGERS: Mapping[Code, tuple[Field, ...]] = MappingProxyType(
    {
        Code.MATTERS: tuple(CASES[name] for name in _MATTERS.split()),
        Code.DISPUTES: tuple(DISPUTES[name] for name in _DISPUTES.split()),
        Code.DUTY: (
            _DAY,
            Field("shift", N_("Shift")),
            Field("post", N_("Post")),
            Field("role", N_("Role"), "codes:duty_role"),
            Field("member", N_("On duty")),
            Field("unit", N_("Unit")),
            Field("started_at", N_("Signed in")),
            Field("ended_at", N_("Signed out")),
            Field("uniform", N_("Uniform"), "flag"),
            _NOTE,
            Field("handover", N_("Hand-over note")),
        ),
        Code.MEETINGS: (
            _DAY,
            Field("kind", N_("Meeting"), "work:about"),
            Field("title", N_("Title")),
            Field("place", N_("Place")),
            Field("chair", N_("In the chair")),
            Field("recorder", N_("Written down by")),
            Field("present", N_("Attended")),
            Field("excused", N_("Excused")),
            Field("absent", N_("Absent")),
            Field("who_absent", N_("Who was excused or absent")),
            Field("decisions", N_("Decisions")),
        ),
        Code.HAZARDS: tuple(CASES[name] for name in _HAZARDS.split()),
        Code.ACTIVITIES: (
            _DAY,
            _KIND,
            Field("about", N_("What kind"), "work:about"),
            Field("title", N_("Title")),
            Field("who", N_("Who took part")),
            Field("hours", N_("Hours")),
            Field("papers", N_("Papers"), "work:paper"),
            _NOTE,
        ),
        Code.INSPECTION: (
            _DAY,
            _KIND,
            Field("number", N_("Number")),
            Field("unit", N_("Unit")),
            Field("item", N_("Item or matter")),
            Field("reason", N_("Reason")),
            Field("points", N_("Points")),
            Field("due_on", N_("Answer by")),
            Field("done_on", N_("Answered on")),
            Field("state", N_("State"), "notice:state"),
        ),
        Code.INFORMATION: (
            _DAY,
            _KIND,
            Field("about", N_("What kind"), "information:about"),
            Field("title", N_("Title")),
            Field("period", N_("Days it is about")),
            Field("units", N_("Units")),
            Field("level", N_("Adopted at"), "work:level"),
            Field("by", N_("Issued or written by")),
            Field("edition", N_("Edition")),
        ),
    }
)
# What the sheet says of itself where its name promises more than is kept.
NOTES: Mapping[Code, str] = MappingProxyType(
    {
        Code.HAZARDS: N_("Matters found on patrol with what was answered; hazards have no register of their own yet."),
        Code.MEETINGS: N_("Meetings that were held, and those in the registers of work."),
        Code.ACTIVITIES: N_("Activities in the registers of work, and trainings of mediators."),
        Code.INSPECTION: N_("Points of the score sheets, inspections, and supervision notices that were issued."),
        Code.INFORMATION: N_("Briefings issued, minutes of meetings, and reports in the registers of work."),
    }
)
# What a line of a ledger made from several registers is.
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "activity": N_("Activity"),
        "training": N_("Training of a mediator"),
        "score": N_("Points"),
        "inspection": N_("Inspection"),
        "notice": N_("Supervision notice"),
        "briefing": N_("Briefing"),
        "minutes": N_("Minutes"),
        "report": N_("Report"),
    }
)


def personal(fields: Iterable[Field]) -> bool:
    """Whether any column is masked unless asked for in clear."""
    return any(field.personal for field in fields)
