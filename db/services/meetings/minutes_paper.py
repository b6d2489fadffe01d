"""The minutes of a meeting as Word (会议纪要), made from the frozen document alone; before closing they are a draft."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from db import clock
from db.documents import minutes_word
from db.documents.forms import Document, forms
from db.documents.minutes_word import Part
from db.engine import current
from db.languages import date_in, moment_in, translate
from db.rules.meetings.words import TopicCode
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_
from db.services.acts import guarded
from db.services.meetings import paper_words, presenting
from db.services.meetings.paper_words import DASH, Section
from db.services.meetings.presenting import Shown
from db.services.templates import standing

FORM = "minutes"


@guarded(Permission.MEETINGS_READ)
def document(actor: Actor, *, meeting_id: int, edition: int | None = None, language: str) -> Document:
    """The minutes in a language, of an edition or the latest; of a meeting that is not closed a draft.

    The same edition says the same at any later time. Raises NotThere and Problems.
    """
    seen, form = presenting.shown(actor, meeting_id=meeting_id, edition=edition, what=FORM), forms()[FORM]
    values, parts = _values(seen, language), _parts(seen.document, language)
    content = minutes_word.minutes(standing(form), form, values, parts, at=clock.now())
    return Document(f"{values['heading']} {values['title']} {values['day']} {_mark(seen, language)}.docx", content)


def _values(seen: Shown, into: str) -> dict[str, Any]:
    """What the template may fill in (presets/forms.toml)."""
    told, zone = seen.document, current().settings.timezone
    meeting, roll = told["meeting"], paper_words.attendance(told, into)
    counted = [translate(N_("{name} ({what})"), into, name=name, what=n) for name, n in paper_words.came(told, into)]
    came = zip(counted, [said for said in roll.values() if said], strict=True)
    facts = [*paper_words.facts(told, into, zone), *came]
    planned, decisions = datetime.fromisoformat(meeting["planned_for"]), paper_words.decisions(told, into)
    return {
        "office": told["office"],
        "heading": translate(N_("Minutes of a meeting"), into),
        "title": paper_words.title_of(told, into),
        "kind": paper_words.kind_of(told, into),
        "day": date_in(into, clock.day_of(planned, zone)),
        "time": moment_in(zone, planned),
        **{name: meeting[name] for name in ("place", "chair", "clerk")},
        "edition": _edition(seen, into, zone),
        "draft": "" if seen.edition else translate(N_("Draft: the meeting is not closed yet"), into),
        "facts": [{"name": name, "value": value, "line": _line(name, value, into)} for name, value in facts],
        **roll,
        "topics": [_topic(one, into) for one in paper_words.topics(told, into)],
        "decisions_title": translate(N_("Decided in this meeting"), into) if decisions else "",
        "decisions": decisions,
        "edits": [{"line": _joined(row, into)} for row in paper_words.edited(told, into).rows],
        "today": date_in(into, clock.today(zone)),
    }


def _parts(told: paper_words.Document, into: str) -> list[Part]:
    """The topics one after another, then what was decided, what earlier meetings had decided, what was changed."""
    topics = [*paper_words.topics(told, into), paper_words.decided(told, into)]
    if all(one["code"] != TopicCode.DECISIONS for one in told["topics"]):
        topics.append(paper_words.carried(told, into))
    topics.append(paper_words.edited(told, into))
    kept = [one for one in topics if one.rows or one.note or one.figure]
    return [_part(place, one) for place, one in enumerate(kept, start=1)]


def _part(place: int, one: Section) -> Part:
    heading = f"{place}. {one.title}" + (f" · {one.figure}" if one.figure else "")
    below = [*([one.more] if one.more else []), *one.note.splitlines()]
    return Part(heading, (), one.heads, one.widths, one.rows, below)


def _topic(one: Section, into: str) -> dict[str, str]:
    lines = "\n".join(_joined(row, into) for row in one.rows)
    return {"title": one.title, "figure": one.figure, "lines": lines, "note": one.note}


def _joined(row: Sequence[str], into: str) -> str:
    return translate(N_(", "), into).join(cell for cell in row if cell != DASH)


def _edition(seen: Shown, into: str, zone: str) -> str:
    if not seen.edition:
        return ""
    told = seen.document
    closed = moment_in(zone, datetime.fromisoformat(told["closed_at"]))
    said = translate(
        N_("Edition {n} · closed {time} by {who}"), into, n=seen.edition, time=closed, who=told["closed_by"]
    )
    if told["reason"]:
        said += " · " + translate(N_("reopened: {reason}"), into, reason=told["reason"])
    return said


def _mark(seen: Shown, into: str) -> str:
    return (
        translate(N_("edition {n}"), into, n=seen.edition) if seen.edition else translate(N_("Draft, not closed"), into)
    )


def _line(name: str, value: str, into: str) -> str:
    return f"{name}{translate(N_(': '), into)}{value}"
