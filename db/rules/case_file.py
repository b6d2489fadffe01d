"""What the file of a matter holds in its official order, on which pages, and what it lacks before it is archived."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from db.rules.problems import N_, Problem

FILES = "files"


@dataclass(frozen=True)
class Document:
    """One document of the file, as db/presets/case_file.toml tells it; `each` is how many pages one of it has.

    `days` are the days of the matter it may bear where its own row has none, the first that is known.
    """

    code: str
    zh: str
    en: str
    each: int
    when: str = ""
    days: tuple[str, ...] = ()


@dataclass(frozen=True)
class Paper:
    """One paper there is: which document, of which row, of which day, and whose or what it is called."""

    document: str
    of: int | None = None
    on: date | None = None
    title: str = ""
    title_en: str = ""
    pages: int = 0


@dataclass(frozen=True)
class Facts:
    """A matter as far as the completeness of its file depends on it."""

    anonymous: bool
    grade: str
    state: str
    not_accepted: bool
    withdrawn: bool
    accepted_on: date | None
    notice_on: date | None
    transferred_on: date | None
    answered_on: date | None
    signed: bool
    confirmed_on: date | None
    replied_on: date | None
    visited_on: date | None
    unanswered: tuple[str, ...] = ()
    open_notices: tuple[str, ...] = ()

    @property
    def handled(self) -> bool:
        """Whether it went to a unit and was to be answered."""
        return self.transferred_on is not None and not (self.not_accepted or self.withdrawn)


@dataclass(frozen=True)
class Line:
    """One paper, or a document that is missing (`lacking` says what); pages count through the file from 1."""

    code: str
    zh: str
    en: str
    paper: Paper | None
    from_page: int
    to_page: int
    lacking: Problem | None = None


@dataclass(frozen=True)
class Owed:
    """When a document must be there, whether it is, and the sentence when it is not."""

    needed: Callable[[Facts], bool]
    have: Callable[[Facts], bool]
    message: str


OWED: Mapping[str, Owed] = MappingProxyType(
    {
        "always": Owed(lambda _: True, lambda _: True, ""),
        "not_accepted": Owed(lambda f: f.not_accepted, lambda _: True, ""),
        "notice_owed": Owed(
            lambda f: f.accepted_on is not None and not f.anonymous and f.handled,
            lambda f: f.notice_on is not None,
            N_("The resident was not told that the matter is accepted."),
        ),
        "transferred": Owed(
            lambda f: f.handled,
            lambda f: not f.unanswered,
            N_("Not every unit has answered and signed."),
        ),
        "reply_owed": Owed(
            lambda f: f.handled and not f.anonymous,
            lambda f: f.replied_on is not None,
            N_("The resident has no reply."),
        ),
        "signatures_owed": Owed(
            lambda f: f.handled,
            lambda f: f.signed and f.confirmed_on is not None,
            N_("The answer is not signed by the head of the unit and confirmed by the responsible leader."),
        ),
        "visit_owed": Owed(
            lambda f: f.handled and not f.anonymous and f.grade != "simple",
            lambda f: f.visited_on is not None,
            N_("Nobody has followed up."),
        ),
    }
)


def lines_of(documents: Sequence[Document], facts: Facts, papers: Sequence[Paper]) -> tuple[Line, ...]:
    """The file in its order: every paper with its pages, and what is missing in its place without any."""
    lines: list[Line] = []
    page = 1
    for document in documents:
        found = [paper for paper in papers if paper.document == document.code]
        owed = OWED.get(document.when)
        if owed is not None and owed.message and owed.needed(facts) and not owed.have(facts):
            problem = Problem(document.code, owed.message)
            lines.append(Line(document.code, document.zh, document.en, None, 0, 0, problem))
        for paper in found:
            count = paper.pages or document.each
            lines.append(Line(document.code, document.zh, document.en, paper, page, page + count - 1))
            page += count
    return tuple(lines)


def problems_of(lines: Sequence[Line], facts: Facts) -> tuple[Problem, ...]:
    """What the file lacks, in its order; none means that it is complete."""
    return tuple(_problems(lines, facts))


def _problems(lines: Sequence[Line], facts: Facts) -> Iterator[Problem]:
    for line in lines:
        if line.lacking is not None:
            units = {"units": "、".join(facts.unanswered)} if line.code == "transfer_slip" else {}
            yield Problem(line.lacking.field, line.lacking.message, units)
    for number in facts.open_notices:
        yield Problem("supervision_notice", N_("The supervision notice {number} is not closed."), {"number": number})
