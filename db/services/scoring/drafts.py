"""A draft of a rubric written to, line by line or whole; two people may change two lines of it at once."""

from collections.abc import Callable, Mapping
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import transaction
from db.models import Rubric
from db.rules.permissions import Actor, Permission
from db.rules.problems import Changed, NotThere
from db.rules.scoring.drafting import (
    check_draft,
    coded,
    digest,
    lines_of,
    typed_of,
    with_frame,
    with_item_moved,
    with_ladder,
    with_line,
    without_line,
)
from db.rules.scoring.typed import Document, Line
from db.services.acts import earlier, guarded, remember
from db.services.records import Saved, Values, last_writer, save_each
from db.services.scoring.rubrics import drafted, parsed, written

FRAME, LADDER = ("base", "bonus_cap"), ("told", "rectify_after", "yellow_after")
Change = Callable[[Session, Rubric, Document, int], Document]


@guarded(Permission.RUBRICS_MANAGE)
def save_document(actor: Actor, *, rubric_id: int, version: int, document: Document, key: str) -> int:
    """Write a whole draft, as undoing does; answers its new version. Sums may be wrong until it is put in force."""
    return _write(actor, rubric_id, key, "drafts.save_document", lambda *_: document, version=version)


@guarded(Permission.RUBRICS_MANAGE)
def add_line(actor: Actor, /, *, rubric_id: int, what: str, key: str, **typed: object) -> int:
    """An item, part, period, section, grade or reward more; its code is made. Answers the draft's new version."""

    def add(_session: Session, _rubric: Rubric, document: Document, year: int) -> Document:
        return with_line(document, what, None, typed, year)

    return _write(actor, rubric_id, key, "drafts.add_line", add)


@guarded(Permission.RUBRICS_MANAGE)
def save_line(actor: Actor, /, *, rubric_id: int, what: str, line: str, version: int, key: str, **typed: object) -> int:
    """Correct one line, known by its code (a reward by its percent); `version` is the digest it was seen with.

    Answers the draft's new version; raises Changed when somebody saved this very line first.
    """

    def save(session: Session, rubric: Rubric, document: Document, year: int) -> Document:
        place = place_of(document, what, line)
        _must_be_seen(session, rubric, document, what, place, version, typed, year)
        return with_line(document, what, place, typed, year)

    return _write(actor, rubric_id, key, "drafts.save_line", save)


@guarded(Permission.RUBRICS_MANAGE)
def remove_line(actor: Actor, *, rubric_id: int, what: str, line: str, version: int, key: str) -> int:
    """Take a line out of the draft; answers its new version. Undone by writing the draft as it was."""

    def remove(session: Session, rubric: Rubric, document: Document, year: int) -> Document:
        place = place_of(document, what, line)
        _must_be_seen(session, rubric, document, what, place, version, {}, year)
        return without_line(document, what, place)

    return _write(actor, rubric_id, key, "drafts.remove_line", remove)


@guarded(Permission.RUBRICS_MANAGE)
def move_item(actor: Actor, *, rubric_id: int, line: str, by: int, key: str) -> int:
    """Move an item up (-1) or down (1) within its section; answers the draft's new version."""

    def move(_session: Session, _rubric: Rubric, document: Document, _year: int) -> Document:
        return with_item_moved(document, place_of(document, "items", line), by)

    return _write(actor, rubric_id, key, "drafts.move_item", move)


@guarded(Permission.RUBRICS_MANAGE)
def save_lines(actor: Actor, *, rubric_id: int, what: str, rows: Mapping[int, tuple[int, Values]], key: str) -> Saved:
    """Quick edit: place of a line to (the digest it was seen with, what was typed); what is wrong stays unsaved."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Saved(tuple(done), {}, {})
        rubric, assessment = drafted(session, rubric_id, None, {})
        document: Document = parsed(rubric.document)

        def change(place: int, version: int, typed: Values) -> None:
            nonlocal document
            if not 0 <= place < len(lines_of(document, what)):
                raise NotThere(f"line {place}")
            _must_be_seen(session, rubric, document, what, place, version, typed, assessment.year)
            changed = with_line(document, what, place, typed, assessment.year)
            check_draft(changed, assessment.year)
            document = changed

        saved = save_each(session, rows, change)
        rubric.document = written(document)
        session.flush()
        remember(session, actor, key, "drafts.save_lines", saved.saved)
        return saved


@guarded(Permission.RUBRICS_MANAGE)
def save_frame(actor: Actor, *, rubric_id: int, version: int, base: object, bonus_cap: object, key: str) -> int:
    """The base and the cap of all bonuses; `version` is the digest of both as seen. Answers the draft's version."""
    mine = {"base": base, "bonus_cap": bonus_cap}
    save = partial(_save_some, FRAME, version, mine, lambda document: with_frame(document, base, bonus_cap))
    return _write(actor, rubric_id, key, "drafts.save_frame", save)


@guarded(Permission.RUBRICS_MANAGE)
def save_ladder(
    actor: Actor,
    *,
    rubric_id: int,
    version: int,
    told: int | None,
    rectify_after: int | None,
    yellow_after: int | None,
    key: str,
) -> int:
    """The numbers of a ladder; `version` is the digest of them as seen. Answers the draft's version."""
    mine = {"told": told, "rectify_after": rectify_after, "yellow_after": yellow_after}
    with_numbers = partial(with_ladder, told=told, rectify_after=rectify_after, yellow_after=yellow_after)
    save = partial(_save_some, LADDER, version, mine, with_numbers)
    return _write(actor, rubric_id, key, "drafts.save_ladder", save)


def place_of(document: Document, what: str, line: str) -> int:
    """Where the line of this code (a reward: this percent) stands; raises NotThere."""
    names = [str(one.get("code") or one.get("percent")) for one in lines_of(document, what)]
    if line not in names:
        raise NotThere(f"{what} {line}")
    return names.index(line)


def some_of(document: Document, names: tuple[str, ...]) -> Line:
    """What a document says under these names."""
    return {name: document[name] for name in names if name in document}


def _write(actor: Actor, rubric_id: int, key: str, act: str, change: Change, version: int | None = None) -> int:
    """The four beats every act on a draft shares."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        rubric, assessment = drafted(session, rubric_id, version, {})
        changed = change(session, rubric, parsed(rubric.document), assessment.year)
        document = coded(changed, _codes(session, assessment.id))
        check_draft(document, assessment.year)
        rubric.document = written(document)
        session.flush()
        remember(session, actor, key, act, rubric.version)
        return rubric.version


def _must_be_seen(
    session: Session,
    rubric: Rubric,
    document: Document,
    what: str,
    place: int,
    version: int,
    mine: Mapping[str, object],
    year: int,
) -> None:
    now = digest(lines_of(document, what)[place])
    if now != version:
        told = typed_of(document, what, place, year)
        _raise_changed(session, rubric, {name: told.get(name) for name in mine}, mine, now)


def _save_some(
    names: tuple[str, ...],
    version: int,
    mine: Mapping[str, object],
    change: Callable[[Document], Document],
    session: Session,
    rubric: Rubric,
    document: Document,
    _year: int,
) -> Document:
    standing = some_of(document, names)
    if digest(standing) != version:
        _raise_changed(session, rubric, standing, mine, digest(standing))
    return change(document)


def _raise_changed(
    session: Session, rubric: Rubric, theirs: Mapping[str, object], mine: Mapping[str, object], version: int
) -> None:
    by = last_writer(session, Rubric.__tablename__, rubric.id)
    raise Changed(theirs=theirs, mine=dict(mine), by=by, version=version)


def _codes(session: Session, assessment_id: int) -> set[str]:
    """Every code any edition of an assessment ever had; sheets may hold them."""
    kinds = ("items", "parts", "periods", "sections", "grades")
    query = select(Rubric.document).where(Rubric.assessment_id == assessment_id)
    documents = [parsed(document) for document in session.scalars(query)]
    return {line["code"] for document in documents for what in kinds for line in lines_of(document, what)}
