"""The complete file: what it holds and lacks, its papers and pages, and its way into the archive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from db.rules.permissions import Actor, Permission
from db.rules.problems import Problem
from db.services.acts import guarded
from db.services.files import Upload


@dataclass(frozen=True)
class Line:
    """One document of the file: whether it is needed and there, and on which pages. `ref` is the id of a paper."""

    number: str
    code: str
    zh: str
    en: str
    need: str
    have: bool
    lacking: Problem | None
    pages: int
    from_page: int | None
    to_page: int | None
    ref: int | None


@dataclass(frozen=True)
class Dossier:
    """The file in its official order. `problems` are what is missing and what is out of order; none = complete."""

    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]
    complete: bool
    pages: int


@guarded(Permission.MEDIATION_READ)
def dossier(actor: Actor, *, dispute_id: int) -> Dossier:
    """What the file holds and what it lacks."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def add_paper(
    actor: Actor,
    *,
    dispute_id: int,
    document: str,
    title: str = "",
    dated_on: date | None = None,
    pages: int = 1,
    remark: str = "",
    uploads: Sequence[Upload] = (),
    key: str,
) -> int:
    """Put a paper into the file, with at most one upload; answers its id."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def edit_paper(
    actor: Actor,
    *,
    dispute_id: int,
    paper_id: int,
    version: int,
    title: str = "",
    dated_on: date | None = None,
    pages: int = 1,
    remark: str = "",
    key: str,
) -> int:
    """Correct a paper; answers its new version."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def remove_paper(actor: Actor, *, dispute_id: int, paper_id: int, version: int, key: str) -> int:
    """Take a paper out of the file; it can be put back. Answers its new version."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def restore_paper(actor: Actor, *, dispute_id: int, paper_id: int, version: int, key: str) -> int:
    """Put a removed paper back; answers its new version."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def set_pages(actor: Actor, *, dispute_id: int, document: str, pages: int, key: str) -> int:
    """How many pages a document has that Linli itself prints (a record, an agreement); answers the paper's id."""
    raise NotImplementedError


@guarded(Permission.MEDIATION_KEEP)
def archive(
    actor: Actor,
    *,
    dispute_id: int,
    version: int,
    retention: str,
    file_note: str = "",
    archived_on: date | None,
    reason: str = "",
    key: str,
) -> int:
    """Close the file into the archive; while something is missing only with MEDIATION_SIGN and a reason.

    Answers the new version.
    """
    raise NotImplementedError
