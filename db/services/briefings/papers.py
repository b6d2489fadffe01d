"""What leaves a briefing: Word from the office's template, slides, and what its page to print shows; all journalled."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from db import clock, journal
from db.documents import briefing_slides, briefing_word
from db.documents.forms import Document, forms
from db.engine import current, transaction
from db.languages import date_in, translate
from db.rules.briefings.issuing import State
from db.rules.briefings.parts import Part
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_
from db.services.acts import guarded
from db.services.briefings import templates
from db.services.briefings.contents import parts
from db.services.briefings.scope import Head, head, load
from db.services.office import facts_of
from db.services.templates import standing

FORM = "briefing"


@dataclass(frozen=True)
class Paper:
    """A briefing to be printed: its head, its parts as this reader sees them, and the office that issued it."""

    head: Head
    parts: tuple[Part, ...]
    office: str

    def period(self, language: str) -> str:
        """The days it is about."""
        first, last = (date_in(language, day) for day in (self.head.begins, self.head.ends))
        return first if first == last else translate(N_("{first} to {last}"), language, first=first, last=last)

    def edition(self, language: str) -> str:
        """Which edition, by whom and when, and what it corrects; a draft says that it is one."""
        if self.head.state is State.DRAFT:
            return translate(N_("Draft of edition {n}, not issued"), language, n=self.head.edition)
        told = {"n": self.head.edition, "who": self.head.issued_by, "day": self.issued_day(language)}
        said = translate(N_("Edition {n} · {who} · issued {day}"), language, **told)
        if self.head.edition == 1:
            return said
        return said + " · " + translate(N_("corrects edition {n}"), language, n=self.head.edition - 1)

    def issued_day(self, language: str) -> str:
        """The day it was issued, "" for a draft."""
        at = self.head.issued_at
        return date_in(language, clock.day_of(at, current().settings.timezone)) if at is not None else ""

    def name(self, language: str, ending: str) -> str:
        """What its file is called."""
        mark = translate(N_("draft"), language) if self.head.state is State.DRAFT else ""
        mark = mark or (translate(N_("edition {n}"), language, n=self.head.edition) if self.head.edition > 1 else "")
        return f"{self.head.title}{f' {mark}' if mark else ''}.{ending}"


@guarded(Permission.BRIEFINGS_READ)
def word(actor: Actor, *, briefing_id: int, language: str) -> Document:
    """As Word, from the office's template; raises NotThere and Problems."""
    paper = _paper(actor, briefing_id, "docx", "export")
    form = forms()[FORM]
    content = briefing_word.briefing(
        standing(form), form, _values(paper, language), paper.parts, language, at=clock.now()
    )
    return Document(paper.name(language, "docx"), content)


@guarded(Permission.BRIEFINGS_READ)
def slides(actor: Actor, *, briefing_id: int, language: str) -> Document:
    """As a PowerPoint deck; raises NotThere."""
    paper = _paper(actor, briefing_id, "pptx", "export")
    lines = [line for line in (paper.office, paper.period(language), paper.edition(language)) if line]
    content = briefing_slides.briefing(paper.parts, language, title=paper.head.title, lines=lines)
    return Document(paper.name(language, "pptx"), content)


@guarded(Permission.BRIEFINGS_READ)
def page(actor: Actor, *, briefing_id: int) -> Paper:
    """What the page to print shows; raises NotThere."""
    return _paper(actor, briefing_id, "page", "print")


def _paper(actor: Actor, briefing_id: int, what: str, event: str) -> Paper:
    """What is taken away; each time is journalled."""
    with transaction(actor) as session:
        row = load(session, actor, briefing_id)
        told = head(session, row)
        office = told.office or facts_of(session).name
        journal.note(session, event, tbl="briefing", pk=row.id, detail={"what": what, "state": row.state})
    return Paper(told, parts(actor, briefing_id=briefing_id), office)


def _values(paper: Paper, language: str) -> Mapping[str, object]:
    """What the template may fill in (presets/forms.toml)."""
    today: date = clock.today(current().settings.timezone)
    return {
        "office": paper.office,
        "title": paper.head.title,
        "kind": templates.name_of(paper.head.kind).within(language),
        "period": paper.period(language),
        "edition": paper.edition(language),
        "issuer": paper.head.issued_by,
        "issued_day": paper.issued_day(language),
        "today": date_in(language, today),
    }
