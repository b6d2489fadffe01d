"""A meeting in words, in either language, from the document its minutes freeze and from nothing else.

The same document says the same at any later time: nothing here reads the records or the clock.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from db.languages import date_in, moment_in, month_day_in, translate
from db.rules.case_words import TABLES as CASE_WORDS
from db.rules.meetings.words import DecisionState, Standing, TopicCode
from db.rules.problems import N_

Document = Mapping[str, Any]
Row = Mapping[str, Any]
DASH = "–"
TOPICS: Mapping[str, str] = {
    TopicCode.NEW: N_("New matters"),
    TopicCode.CLOSED: N_("Closed matters"),
    TopicCode.OVERDUE: N_("Overdue matters"),
    TopicCode.DUE_SOON: N_("Due next week"),
    TopicCode.SUPERVISED: N_("Supervised matters"),
    TopicCode.RETURNED_TWICE: N_("Returned twice or more"),
    TopicCode.DISPUTES_DUE: N_("Disputes due"),
    TopicCode.OBLIGATIONS_DUE: N_("Obligations due"),
    TopicCode.DUTY_GAPS: N_("Gaps in the rota"),
    TopicCode.PATROL_FOUND: N_("Found on patrol"),
    TopicCode.DECISIONS: N_("Decisions still open"),
}
STANDINGS: Mapping[str, str] = {
    Standing.PRESENT: N_("Attended"),
    Standing.EXCUSED: N_("Excused"),
    Standing.ABSENT: N_("Absent"),
}
DECISION_STATES: Mapping[str, str] = {
    DecisionState.OPEN: N_("Open"),
    DecisionState.DONE: N_("Done"),
    DecisionState.DROPPED: N_("Dropped"),
}
NOTICE_STATES: Mapping[str, str] = {"issued": N_("Waiting for an answer"), "answered": N_("Answer received")}
GAPS: Mapping[str, str] = {
    "to_fill": N_("Place to be filled"),
    "open": N_("Nobody served"),
    "no_start": N_("Start not marked"),
    "no_end": N_("End not marked"),
    "no_uniform": N_("No uniform"),
    "no_note": N_("No hand-over note"),
    "unread": N_("Hand-over note not taken over"),
}
FIELDS: Mapping[str, str] = {
    "handler_id": N_("Handler"),
    "owner_id": N_("Owner"),
    "unit_id": N_("Unit"),
    "unit_due_on": N_("Answer wanted by"),
    "answer_by": N_("Answer by"),
    "due_on": N_("Due day"),
    "grade": N_("Grade"),
    "next_step": N_("Next step"),
    "note": N_("Note"),
    "state": N_("State"),
}


@dataclass(frozen=True)
class Section:
    """One topic in words: its heading, its figure in a sentence, a table whose columns are so wide, what was noted."""

    title: str
    figure: str = ""
    heads: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    more: str = ""
    note: str = ""


Tell = Callable[[Row, str], str]
# What a list shows of a row: the head, how wide it is, and its words.
Column = tuple[str, int, Tell]


def topics(document: Document, into: str) -> tuple[Section, ...]:
    """Every topic of the agenda in its order."""
    return tuple(_topic(one, into) for one in document["topics"])


def decided(document: Document, into: str) -> Section:
    """What this meeting decided; without rows where it decided nothing."""
    made = [row for row in document["decisions"] if row["made"]]
    figure = translate(N_("{n} decisions"), into, n=len(made)) if len(made) != 1 else translate(N_("1 decision"), into)
    return _table(translate(N_("Decided in this meeting"), into), figure, made, _DECIDED, into)


def decisions(document: Document, into: str) -> list[dict[str, str]]:
    """The same one by one: text, owner, due, note, and all of it in a line."""
    told = []
    for row in document["decisions"]:
        if row["made"]:
            owner, due = _who(row, into), _date(row["due_on"], into)
            more = _list((word for word in (owner, due) if word), into)
            line = translate(N_("{name} ({what})"), into, name=row["text"], what=more) if more else str(row["text"])
            told.append({"text": row["text"], "owner": owner, "due": due, "note": str(row["note"] or ""), "line": line})
    return told


def carried(document: Document, into: str) -> Section:
    """What earlier meetings of its kind had decided: settled in this one or still open."""
    rows = [row for row in document["decisions"] if not row["made"]]
    return _table(translate(N_("Earlier decisions"), into), "", rows, _EARLIER, into)


def edited(document: Document, into: str) -> Section:
    """What was changed in the records during the meeting."""
    rows = document["edits"]
    return _table(translate(N_("Changed during the meeting"), into), "", rows, _EDITS, into)


def title_of(document: Document, into: str) -> str:
    """What the meeting is called: its own title, else its kind."""
    meeting = document["meeting"]
    return str(meeting["title"] or _named(meeting, "kind_name", into))


def kind_of(document: Document, into: str) -> str:
    """The kind of the meeting."""
    return _named(document["meeting"], "kind_name", into)


def facts(document: Document, into: str, zone: str) -> list[tuple[str, str]]:
    """When, where, by whom and over which days, each with its name; what nobody said is left out."""
    meeting = document["meeting"]
    days = {"first": _date(meeting["since"], into), "last": _date(meeting["until"], into)}
    told = [
        (N_("Kind"), kind_of(document, into) if meeting["title"] else ""),
        (N_("Time"), moment_in(zone, datetime.fromisoformat(meeting["planned_for"]))),
        (N_("Place"), meeting["place"]),
        (N_("Chaired by"), meeting["chair"]),
        (N_("Minutes by"), meeting["clerk"]),
        (N_("Matter"), meeting["case_number"]),
        (N_("Days looked at"), translate(N_("{first} to {last}"), into, **days)),
    ]
    return [(translate(name, into), str(value)) for name, value in told if value]


def attendance(document: Document, into: str) -> dict[str, str]:
    """Who was present, excused (by whom) and absent, by standing; "" where there is nobody."""
    told = {}
    for standing in STANDINGS:
        rows = [row for row in document["attendance"] if row["standing"] == standing]
        told[str(standing)] = _list((_came(row, into) for row in rows), into)
    return told


def came(document: Document, into: str) -> list[tuple[str, str]]:
    """How many were present, excused and absent."""
    standings = [row["standing"] for row in document["attendance"]]
    told = [(translate(name, into), standings.count(standing)) for standing, name in STANDINGS.items()]
    return [(name, str(count)) for name, count in told if count]


def _came(row: Row, into: str) -> str:
    more = []
    if row["persons"]:
        more.append(translate(N_("{n} persons"), into, n=row["persons"]))
    if row["approved_by"]:
        more.append(translate(N_("by {who}"), into, who=row["approved_by"]))
    name = _named(row, "name", into)
    return translate(N_("{name} ({what})"), into, name=name, what=_list(more, into)) if more else name


def _topic(one: Row, into: str) -> Section:
    if one["code"] == TopicCode.OWN or one["code"] not in _LISTS:
        return Section(str(one["title"]), note=str(one["note"]))
    name = str(one["title"]) or translate(TOPICS[one["code"]], into)
    figure = translate(N_("{n} in all"), into, n=one["total"]) if one["total"] else translate(N_("None"), into)
    found = _table(name, figure, one["rows"], _LISTS[one["code"]], into)
    left = one["total"] - len(one["rows"])
    more = translate(N_("{n} more are not listed."), into, n=left) if left > 0 and one["rows"] else ""
    return Section(name, figure, found.heads, found.widths, found.rows, more, str(one["note"]))


def _table(name: str, figure: str, rows: Sequence[Row], columns: Sequence[Column], into: str) -> Section:
    """The rows in words; a column nobody has anything in is left out, the first never."""
    told = [[tell(row, into) for _, _, tell in columns] for row in rows]
    kept = [place for place in range(len(columns)) if not place or any(line[place] not in ("", DASH) for line in told)]
    return Section(
        name,
        figure,
        tuple(translate(columns[place][0], into) for place in kept) if told else (),
        tuple(columns[place][1] for place in kept) if told else (),
        tuple(tuple(line[place] or DASH for place in kept) for line in told),
    )


def _named(row: Row, name: str, into: str) -> str:
    english = row.get(f"{name}_en") or ""
    return str(english if into == "en" and english else row.get(name) or "")


def _list(words: Iterable[str], into: str) -> str:
    return translate(N_(", "), into).join(words)


def _date(value: str | None, into: str) -> str:
    return date_in(into, date.fromisoformat(value[:10])) if value else ""


def _says(name: str) -> Tell:
    return lambda row, _into: str(row.get(name) or "")


def _name(name: str) -> Tell:
    return lambda row, into: _named(row, name, into)


def _day(name: str) -> Tell:
    return lambda row, into: month_day_in(into, date.fromisoformat(row[name][:10]), month=True) if row[name] else ""


def _left(row: Row, into: str) -> str:
    """How many days are left, or since how many it is over."""
    days = row["days_left"]
    if days is None:
        return ""
    if days == 0:
        return translate(N_("due today"), into)
    said = N_("{n} days left") if days > 0 else N_("overdue by {n} days")
    if abs(days) == 1:
        said = N_("1 day left") if days > 0 else N_("overdue by 1 day")
    return translate(said, into, n=abs(days))


def _due(name: str) -> Tell:
    """The due day with what is left of it."""
    return lambda row, into: " · ".join(word for word in (_day(name)(row, into), _left(row, into)) if word)


def _word(name: str, words: Mapping[str, str]) -> Tell:
    return lambda row, into: translate(words.get(row[name], str(row[name] or "")), into) if row[name] else ""


def _who(row: Row, into: str) -> str:
    """Who owes a decision: the person, the unit, or both."""
    return _list((word for word in (str(row["owner"] or ""), _named(row, "unit", into)) if word), into)


def _times(row: Row, into: str) -> str:
    if row["carried"] == 1:
        return translate(N_("once"), into)
    return translate(N_("{n} times"), into, n=row["carried"]) if row["carried"] else ""


def _value(name: str) -> Tell:
    """What a field was or became; codes and days in words."""

    def tell(row: Row, into: str) -> str:
        value = str(row[name] or "")
        known: Mapping[str, str] = {}
        if row["field"] == "grade":
            known = CASE_WORDS["grade"]
        elif row["field"] == "state":
            known = DECISION_STATES
        elif row["field"] in ("unit_due_on", "answer_by", "due_on") and value:
            return _date(value, into)
        return translate(known.get(value, value), into) if value else DASH

    return tell


def _record(row: Row, into: str) -> str:
    return str(row["number"] or translate(N_("Decision"), into))


_NUMBER: Column = (N_("Number"), 16, _says("number"))
_SUBJECT: Column = (N_("Subject"), 27, _says("subject"))
_UNIT: Column = (N_("Unit"), 15, _name("lead_unit"))
_HANDLER: Column = (N_("Handler"), 11, _says("handler"))
_DUE: Column = (N_("Due"), 27, _due("next_due_on"))
_NEXT: Column = (N_("Next step"), 20, _says("next_step"))
_STATE: Column = (N_("State"), 17, _word("state", CASE_WORDS["state"]))
_OPEN_CASES = (_NUMBER, _SUBJECT, _UNIT, _HANDLER, _DUE, _NEXT)
_SAYS: Column = (N_("Decision"), 36, _says("text"))
_OWES: Column = (N_("Owner"), 17, _who)
_NOTE: Column = (N_("Note"), 18, _says("note"))
_CARRIED: Column = (N_("Carried over"), 10, _times)
_DECISION_STATE: Column = (N_("State"), 10, _word("state", DECISION_STATES))
_DECIDED = (_SAYS, _OWES, (N_("Due"), 14, _day("due_on")), _NOTE)
_EARLIER = (_SAYS, _OWES, (N_("Due"), 12, _day("due_on")), _CARRIED, _DECISION_STATE)
_EDITS: Sequence[Column] = (
    (N_("Record"), 18, _record),
    (N_("Field"), 16, _word("field", FIELDS)),
    (N_("Before"), 24, _value("before")),
    (N_("After"), 24, _value("after")),
    (N_("By"), 12, _says("person")),
)
_LISTS: Mapping[str, Sequence[Column]] = {
    TopicCode.NEW: (_NUMBER, _SUBJECT, _UNIT, _HANDLER, _STATE, _DUE),
    TopicCode.CLOSED: (
        _NUMBER,
        _SUBJECT,
        _UNIT,
        (N_("Closed"), 13, _day("closed_on")),
        (N_("Outcome"), 18, _word("outcome", CASE_WORDS["outcome"])),
    ),
    TopicCode.OVERDUE: _OPEN_CASES,
    TopicCode.DUE_SOON: _OPEN_CASES,
    TopicCode.RETURNED_TWICE: _OPEN_CASES,
    TopicCode.PATROL_FOUND: _OPEN_CASES,
    TopicCode.SUPERVISED: (
        (N_("Supervision notice"), 19, _says("number")),
        _SUBJECT,
        (N_("Unit"), 16, _name("unit")),
        (N_("State"), 15, _word("state", NOTICE_STATES)),
        (N_("Answer by"), 24, _due("answer_by")),
    ),
    TopicCode.DISPUTES_DUE: (
        (N_("Number"), 20, _says("number")),
        (N_("Committee"), 34, _says("committee")),
        (N_("Due"), 24, _due("next_due_on")),
    ),
    TopicCode.OBLIGATIONS_DUE: (
        (N_("Number"), 20, _says("number")),
        (N_("Committee"), 34, _says("committee")),
        (N_("Due"), 24, _due("due_on")),
    ),
    TopicCode.DUTY_GAPS: (
        (N_("Day"), 14, _day("on_day")),
        (N_("Duty"), 20, _name("duty")),
        (N_("Post"), 18, _name("post")),
        (N_("Shift"), 12, _name("shift")),
        (N_("What is missing"), 24, _word("what", GAPS)),
        (N_("How often"), 8, lambda row, _into: str(row["count"])),
    ),
    TopicCode.DECISIONS: _EARLIER,
}
