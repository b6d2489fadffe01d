"""The list of disputes and the yearly table as workbooks."""

from collections.abc import Mapping

import pandas as pd

from components.dispute_labels import label_in
from components.front_door.workbooks import made
from components.words import translate
from db.rules.money import yuan
from db.rules.permissions import Actor
from db.rules.problems import N_
from db.services import office
from db.services.figures import SMALLEST_SHOWN
from db.services.mediation import exports

HEADINGS: Mapping[str, str] = {
    "number": N_("Number"),
    "state": N_("State"),
    "received_on": N_("Received"),
    "next_due_on": N_("Due"),
    "days_left": N_("Days left"),
    "working_left": N_("Working days left"),
    "committee": N_("Committee"),
    "category": N_("Category"),
    "source": N_("Where it came from"),
    "subject": N_("Subject"),
    "parties": N_("Parties"),
    "mediators": N_("Mediators"),
    "major": N_("Major or difficult"),
    "child": N_("A child is concerned"),
    "escalation": N_("The dispute may escalate"),
}
LISTS = {"category": "dispute_category", "source": "dispute_source", "committees": "committee_kind"}
SECTIONS: Mapping[str, str] = {
    "committees": N_("Committees"),
    "mediators": N_("Mediators"),
    "searches": N_("Searches for disputes"),
    "files": N_("Disputes mediated"),
    "source": N_("Where it came from"),
    "category": N_("Category"),
    "agreements": N_("Agreements"),
    "amount": N_("Amount agreed on (yuan)"),
    "persons": N_("People concerned"),
    "difficult": N_("Major or difficult"),
    "prevented": N_("Escalations prevented"),
}
ITEMS: Mapping[tuple[str, str], str] = {
    ("mediators", "full_time"): N_("Full-time"),
    ("mediators", "part_time"): N_("Part-time"),
    ("searches", "made"): N_("Searches made"),
    ("searches", "found"): N_("Disputes found"),
    ("searches", "prevented"): N_("Disputes prevented"),
    ("files", "accepted"): N_("Accepted"),
    ("files", "succeeded"): N_("Succeeded"),
    ("files", "success_rate"): N_("Success rate"),
    ("agreements", "oral"): N_("Oral"),
    ("agreements", "written"): N_("Written"),
    ("agreements", "confirmed"): N_("Confirmed by a court"),
}


def of_list(actor: Actor, token: str) -> tuple[str, bytes]:
    """The files of a list one may open, as shown."""
    taken = exports.fetch_list(actor, token=token)
    into, frame, columns = taken.language, taken.rows, list(taken.columns)
    frame["state"] = [label_in("state", code, into) for code in frame["state"]]
    for column in ("category", "source"):
        names = office.labels_of(actor, list_name=LISTS[column], language=into)
        frame[column] = [names.get(code, code) for code in frame[column]]
    for column in ("major", "child", "escalation"):
        frame[column] = [translate(N_("Yes"), into) if flag else "" for flag in frame[column]]
    about = [
        (N_("List"), label_in("tab", taken.choice.tab, into)),
        (N_("Searched for"), taken.choice.text or "–"),
        (N_("Rows"), str(len(frame))),
        (N_("Files you may not open, left out"), str(taken.left_out)),
        (N_("Names"), translate(N_("Masked"), into)),
    ]
    headings = [HEADINGS[column] for column in columns]
    rows = frame[columns].astype(object).where(frame[columns].notna(), None)
    return made(actor, N_("Disputes"), headings, rows.values.tolist(), about, into)


def of_year(actor: Actor, token: str) -> tuple[str, bytes]:
    """The yearly statistics in the order of the printed table."""
    taken = exports.fetch_year(actor, token=token)
    into = taken.language
    names = {section: office.labels_of(actor, list_name=LISTS[section], language=into) for section in LISTS}
    rows = [_line(section, code, value, names, into) for section, code, value in taken.rows.values.tolist()]
    about = [
        (N_("Year"), str(taken.year)),
        (N_("Committee"), taken.committee or translate(N_("All within reach"), into)),
        (N_("Success rate"), translate(N_("Succeeded ÷ accepted"), into)),
    ]
    return made(actor, N_("Mediation statistics"), [N_("Part"), N_("Item"), N_("Count")], rows, about, into)


def _line(
    section: str, code: str, value: object, names: Mapping[str, Mapping[str, str]], into: str
) -> tuple[str, str, object]:
    known = ITEMS.get((section, code))
    item = translate(known, into) if known else names.get(section, {}).get(code, code)
    return translate(SECTIONS[section], into), item, _shown(section, code, value)


def _shown(section: str, code: str, value: object) -> object:
    if code == "success_rate":
        return f"{value:.1%}" if isinstance(value, float) else "–"
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return f"< {SMALLEST_SHOWN}"
    return yuan(int(str(value))) if section == "amount" else value
