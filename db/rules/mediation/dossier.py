"""What a complete file holds (form set of 2010; R-09), on which pages, and whether its days follow each other."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from db.rules.mediation.words import ENDED, AgreementForm, SessionKind, State
from db.rules.mediation.writing import NO_CHOICE, check_line, check_past
from db.rules.problems import N_, Check, Problem

# These frame the file; nobody files them by hand and none has a page number.
FRAME = ("cover", "contents", "back_cover")
MOST_PAGES = 9999


@dataclass(frozen=True)
class Document:
    """One document of the official form set, as db/presets/mediation_file.toml tells it."""

    number: str
    code: str
    zh: str
    en: str
    need: str
    when: str = ""
    instead: str = ""
    made: bool = False
    each: int = 1


@dataclass(frozen=True)
class PartyOnFile:
    """A party by its mask, with what the file must show of it."""

    id: int
    name: str
    child: bool = False
    has_guardian: bool = False
    has_agent: bool = False
    told_on: date | None = None
    consent_on: date | None = None
    identity_seen_on: date | None = None
    signed_on: date | None = None


@dataclass(frozen=True)
class Held:
    """An enquiry or a session with the parties present (ids); a caucus is no part of the file."""

    kind: str
    on: date
    present: tuple[int, ...] = ()


@dataclass(frozen=True)
class Paper:
    """A paper filed by hand."""

    id: int
    document: str
    title: str = ""
    pages: int = 1
    dated_on: date | None = None
    remark: str = ""


@dataclass(frozen=True)
class PaperForm:
    """A paper as typed."""

    document: str
    title: str = ""
    dated_on: date | None = None
    pages: int = 1
    remark: str = ""


@dataclass(frozen=True)
class FileFacts:
    """A file as far as its completeness depends on it; removed rows are not in it.

    `counted` are the pages somebody counted of documents Linli keeps; `unproved` performances show no proof.
    """

    result: State
    received_on: date
    applied_for: bool = True
    accepted_on: date | None = None
    ended_on: date | None = None
    routes_told_on: date | None = None
    parties: tuple[PartyOnFile, ...] = ()
    held: tuple[Held, ...] = ()
    form: str = ""
    reached_on: date | None = None
    sealed_on: date | None = None
    effective_on: date | None = None
    owed: int = 0
    performed: tuple[date, ...] = ()
    unproved: int = 0
    visits: tuple[date, ...] = ()
    confirmation: bool = False
    requested_on: date | None = None
    decided_on: date | None = None
    file_note: bool = False
    papers: tuple[Paper, ...] = ()
    counted: Mapping[str, int] = field(default_factory=dict)
    archived_on: date | None = None

    @property
    def enquiries(self) -> int:
        """How many enquiries are on record."""
        return sum(one.kind == SessionKind.ENQUIRY for one in self.held)

    @property
    def sessions(self) -> tuple[Held, ...]:
        """The sessions with the parties, in their order."""
        return tuple(sorted((one for one in self.held if one.kind == SessionKind.SESSION), key=lambda one: one.on))

    def made(self, form: AgreementForm) -> bool:
        """Whether an agreement of that form took effect."""
        return self.form == form and self.effective_on is not None


@dataclass(frozen=True)
class Line:
    """One document, or one paper of it (`ref` is its id), with its pages when it is there.

    `needed` says whether this file must have it; `lacking` is the sentence about what is missing.
    """

    number: str
    code: str
    zh: str
    en: str
    need: str
    needed: bool
    have: bool
    title: str = ""
    remark: str = ""
    lacking: Problem | None = None
    pages: int = 0
    from_page: int | None = None
    to_page: int | None = None
    ref: int | None = None


_WHEN: Mapping[str, Callable[[FileFacts], bool]] = {
    "asked_for": lambda f: f.applied_for or f.accepted_on is not None,
    "mediated": lambda f: f.result in (State.MEDIATING, State.AGREED, State.FAILED) or bool(f.sessions),
    "has_agent": lambda f: any(party.has_agent for party in f.parties),
    "agreed": lambda f: f.result is State.AGREED,
    "written": lambda f: f.result is State.AGREED and f.form == AgreementForm.WRITTEN,
    "oral": lambda f: f.result is State.AGREED and f.form == AgreementForm.ORAL,
    "failed": lambda f: f.result is State.FAILED,
    "performed": lambda f: bool(f.performed),
    "confirmation_asked": lambda f: f.confirmation,
}
_HELD: Mapping[str, Callable[[FileFacts], int]] = {
    "acceptance": lambda f: f.accepted_on is not None,
    "notice": lambda f: 0 if _untold(f) else len(f.parties),
    "identity": lambda f: 0 if _unseen(f) else len(f.parties),
    "enquiry": lambda f: f.enquiries,
    "record": lambda f: len(f.sessions),
    "agreement": lambda f: f.made(AgreementForm.WRITTEN),
    "oral": lambda f: f.made(AgreementForm.ORAL),
    "performance": lambda f: 0 if f.unproved else len(f.performed),
    "follow_up": lambda f: len(f.visits),
    "file_note": lambda f: f.file_note,
}
_LACKING: Mapping[str, str] = {
    "application": N_("Neither an application nor an acceptance register is in the file."),
    "notice": N_("Not told their rights yet: {names}."),
    "identity": N_("Identity not seen yet: {names}."),
    "power_of_attorney": N_("The power of attorney is missing: {names}."),
    "record": N_("No session is recorded."),
    "agreement": N_("The agreement is not concluded."),
    "oral": N_("The agreement is not concluded."),
    "termination": N_("The notice of termination is missing."),
    "performance": N_("Performances without proof: {n}."),
    "follow_up": N_("No follow-up visit is recorded."),
    "confirmation": N_("The papers of the judicial confirmation are missing."),
}


def check_paper(form: PaperForm, documents: Sequence[Document], today: date) -> None:
    """Raise Problems with everything wrong with a paper; a scan of what Linli keeps itself needs a name of its own."""
    check = Check()
    document = next((one for one in documents if one.code == form.document and one.code not in FRAME), None)
    check.that(document, "document", NO_CHOICE)
    named = form.title.strip() or not (document and document.made)
    check.that(named, "title", N_("Linli keeps this document itself. Say what this paper is."))
    check_line(check, "title", form.title)
    check_line(check, "remark", form.remark)
    check_past(check, "dated_on", form.dated_on, today)
    _check_pages(check, form.pages)
    check.done()


def check_count(document: str, pages: int, documents: Sequence[Document]) -> None:
    """Raise Problems unless these are the pages of a document Linli keeps itself."""
    check = Check()
    kept = {one.code for one in documents if one.made and one.code not in FRAME}
    check.that(document in kept, "document", NO_CHOICE)
    _check_pages(check, pages)
    check.done()


def _check_pages(check: Check, pages: int) -> None:
    check.that(1 <= pages <= MOST_PAGES, "pages", N_("Between 1 and {most} pages."), most=MOST_PAGES)


def result_of(state: State, *, effective: bool, refused: bool, routes_told: bool) -> State:
    """How a file ended; of an archived one told from what it holds."""
    if state is not State.ARCHIVED:
        return state
    if effective:
        return State.AGREED
    if refused:
        return State.REFUSED
    return State.FAILED if routes_told else State.WITHDRAWN


def lines_of(documents: Sequence[Document], facts: FileFacts) -> tuple[Line, ...]:
    """Every document in the official order, each paper on a line of its own, with page numbers (R-09)."""
    have = {document.code: _have(document, facts) for document in documents}
    lines = [line for document in documents for line in _lines(document, facts, have)]
    pages = numbered([line.pages for line in lines])
    return tuple(replace(line, from_page=first, to_page=last) for line, (first, last) in zip(lines, pages, strict=True))


def problems_of(lines: Sequence[Line], facts: FileFacts) -> tuple[Problem, ...]:
    """Everything that keeps the file from being complete: what is missing, and days out of order."""
    found = [line.lacking for line in lines if line.lacking is not None]
    return (*_unfinished(facts), *found, *days_out_of_order(facts))


def numbered(pages: Sequence[int]) -> tuple[tuple[int | None, int | None], ...]:
    """First and last page of each, counted through from 1; None for what has no page."""
    found: list[tuple[int | None, int | None]] = []
    last = 0
    for count in pages:
        found.append((last + 1, last + count) if count > 0 else (None, None))
        last += max(count, 0)
    return tuple(found)


def last_day(facts: FileFacts) -> date:
    """The latest day anything in the file is of, its archiving left out."""
    of_parties = (day for p in facts.parties for day in (p.told_on, p.consent_on, p.identity_seen_on, p.signed_on))
    days = (
        *of_parties,
        *(one.on for one in facts.held),
        *facts.performed,
        *facts.visits,
        *(paper.dated_on for paper in facts.papers),
        facts.accepted_on,
        facts.ended_on,
        facts.routes_told_on,
        facts.reached_on,
        facts.sealed_on,
        facts.effective_on,
        facts.requested_on,
        facts.decided_on,
    )
    return max((day for day in days if day is not None), default=facts.received_on)


def days_out_of_order(facts: FileFacts) -> tuple[Problem, ...]:
    """Received, accepted, told, consented, sessions, agreement, effect, performance, visits, archive: each in turn."""
    return tuple(_early(*pair) for pair in _pairs(facts) if pair[1] and pair[2] and pair[1] < pair[2])


def _early(said: tuple[str, str], day: date | None, earliest: date | None, name: str = "") -> Problem:
    code, message = said
    return Problem(code, message, {"day": day, "earlier": earliest} | ({"name": name} if name else {}))


_ACCEPTED = ("acceptance", N_("Accepted on {day}, before it was received on {earlier}."))
_TOLD = ("notice", N_("{name} was told its rights on {day}, before the dispute was received on {earlier}."))
_CONSENT = ("notice", N_("{name} consented on {day}, before being told its rights on {earlier}."))
_SESSION = ("record", N_("A session was held on {day}, before the dispute was accepted on {earlier}."))
_PRESENT = ("record", N_("A session was held on {day}, before {name} consented on {earlier}."))
_REACHED = ("agreement", N_("The agreement is of {day}, before the last session on {earlier}."))
_EFFECT = ("agreement", N_("The agreement took effect on {day}, before it was made on {earlier}."))
_PERFORMED = ("performance", N_("Something was performed on {day}, before the agreement of {earlier}."))
_VISITED = ("follow_up", N_("The follow-up was on {day}, before the agreement took effect on {earlier}."))
_ASKED = ("confirmation", N_("Confirmation was asked for on {day}, before the agreement took effect on {earlier}."))
_DECIDED = ("confirmation", N_("The court decided on {day}, before it was asked on {earlier}."))
_ENDED = ("record", N_("The mediation ended on {day}, before the last session on {earlier}."))
_FILED = ("cover", N_("The file was archived on {day}, before its last entry of {earlier}."))

_Pair = tuple[tuple[str, str], date | None, date | None] | tuple[tuple[str, str], date | None, date | None, str]


def _pairs(f: FileFacts) -> Iterator[_Pair]:
    yield _ACCEPTED, f.accepted_on, f.received_on
    for party in f.parties:
        yield _TOLD, party.told_on, f.received_on, party.name
        yield _CONSENT, party.consent_on, party.told_on, party.name
        first = next((one.on for one in f.sessions if party.id in one.present), None)
        yield _PRESENT, first, party.consent_on, party.name
    first_held = min((one.on for one in f.held), default=None)
    last_session = f.sessions[-1].on if f.sessions else None
    agreed = f.reached_on or min((p.signed_on for p in f.parties if p.signed_on), default=None)
    yield _SESSION, first_held, f.accepted_on
    yield _REACHED, agreed, last_session
    yield _EFFECT, f.effective_on, max((day for day in (agreed, f.sealed_on) if day), default=None)
    yield _PERFORMED, min(f.performed, default=None), agreed or f.effective_on
    yield _VISITED, min(f.visits, default=None), f.effective_on
    yield _ASKED, f.requested_on, f.effective_on
    yield _DECIDED, f.decided_on, f.requested_on
    yield _ENDED, None if f.result is State.AGREED else f.ended_on, last_session
    yield _FILED, f.archived_on, last_day(f)


def _lines(document: Document, facts: FileFacts, have: Mapping[str, bool]) -> Iterator[Line]:
    covered = bool(document.instead) and have[document.instead]
    needed = bool(document.when) and _WHEN[document.when](facts) and not covered
    there = have[document.code]
    lacking = _lack(document.code, facts) if needed and not there else None
    line = Line(document.number, document.code, document.zh, document.en, document.need, needed, there, lacking=lacking)
    papers = [paper for paper in facts.papers if paper.document == document.code]
    if document.made or not papers:
        yield replace(line, pages=_pages(document, facts, papers) if there else 0)
    for paper in [] if document.made else papers:
        yield replace(line, title=paper.title, remark=paper.remark, pages=paper.pages, ref=paper.id)


def _have(document: Document, facts: FileFacts) -> bool:
    filed = not document.made and any(paper.document == document.code for paper in facts.papers)
    return filed or held_of(document.code, facts) > 0


def held_of(code: str, facts: FileFacts) -> int:
    """How many of a document Linli itself keeps: records, notices given, the frame."""
    if code in FRAME:
        return 1
    return int(_HELD[code](facts)) if code in _HELD else 0


def _pages(document: Document, facts: FileFacts, papers: Sequence[Paper]) -> int:
    """Counted by somebody, else of the scans filed, else as many as there are records."""
    scanned = sum(paper.pages for paper in papers)
    return facts.counted.get(document.code) or scanned or held_of(document.code, facts) * document.each


def _lack(code: str, facts: FileFacts) -> Problem:
    named = {"notice": _untold, "identity": _unseen, "power_of_attorney": _represented}
    values: dict[str, object] = {"names": "、".join(named[code](facts)) or "–"} if code in named else {}
    values |= {"n": facts.unproved} if code == "performance" else {}
    return Problem(code, _LACKING[code], values)


def _unfinished(facts: FileFacts) -> Iterator[Problem]:
    if facts.result not in ENDED:
        yield Problem("", "The mediation has not ended yet.")
    if children := [party.name for party in facts.parties if party.child and not party.has_guardian]:
        yield Problem("parties", "The guardian is missing: {names}.", {"names": "、".join(children)})
    if facts.owed:
        yield Problem("performance", "Obligations not fulfilled yet: {n}.", {"n": facts.owed})


def _untold(facts: FileFacts) -> list[str]:
    return [party.name for party in facts.parties if party.told_on is None]


def _unseen(facts: FileFacts) -> list[str]:
    return [party.name for party in facts.parties if party.identity_seen_on is None]


def _represented(facts: FileFacts) -> list[str]:
    return [party.name for party in facts.parties if party.has_agent]
