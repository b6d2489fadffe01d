"""The blocks of a draft: added, changed, moved, taken out and put back. Two people may change two of them at once."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from db import clock
from db.engine import reading, transaction
from db.models import BriefingBlock
from db.rules.briefings.chart import ChartSpec
from db.rules.briefings.issuing import BlockKind
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Changed, Check, NotThere, Problem, Problems
from db.rules.text import cleaned
from db.services.acts import earlier, guarded, remember
from db.services.briefings import templates
from db.services.briefings.scope import blocks_standing, draft
from db.services.records import fill, last_writer

LONGEST_HEADING, LONGEST_TEXT = 120, 10_000
MOST_BLOCKS, MOST_FIGURES = 80, 12
UNKNOWN = N_("There is no figure called {name}. Do you mean {close}?")
UNKNOWN_ALONE = N_("There is no figure called {name}. Choose one from the list.")


@guarded(Permission.BRIEFINGS_KEEP)
def add(
    actor: Actor, *, briefing_id: int, kind: str, text: str = "", codes: Sequence[str] = (), after: int = 0, key: str
) -> int:
    """A heading, a text or a row of figures more, behind the block `after` (0: at the end). Answers its id."""
    if kind not in (BlockKind.HEADING, BlockKind.TEXT, BlockKind.FIGURES):
        raise Problems(Problem("kind", N_("This is not one of the choices.")))
    values = _checked(BlockKind(kind), text, codes)
    return _added(actor, briefing_id, BlockKind(kind), values, after, key)


@guarded(Permission.BRIEFINGS_KEEP)
def add_chart(actor: Actor, *, briefing_id: int, spec: ChartSpec, after: int = 0, key: str) -> int:
    """A chart more; a period that moves with the day becomes the briefing's own. Answers the block's id."""
    return _added(actor, briefing_id, BlockKind.CHART, {"document": spec.to_json()}, after, key)


@guarded(Permission.BRIEFINGS_KEEP)
def save(actor: Actor, *, block_id: int, version: int, text: str = "", codes: Sequence[str] = (), key: str) -> int:
    """Change a heading, a text or the figures of a row; answers its version. Raises Changed with both versions."""

    def write(session: Session, row: BriefingBlock) -> int:
        values = _checked(BlockKind(row.kind), text, codes)
        _must_be_seen(session, row, version, values)
        fill(row, values)
        return version_of(row)

    return _on_block(actor, block_id, key, "briefings.save", write)


@guarded(Permission.BRIEFINGS_KEEP)
def save_chart(actor: Actor, *, block_id: int, version: int, spec: ChartSpec, key: str) -> int:
    """Ask another question, or call the chart something else; answers the block's version."""

    def write(session: Session, row: BriefingBlock) -> int:
        if row.kind != BlockKind.CHART:
            raise NotThere(f"chart {block_id}")
        values = {"document": spec.to_json()}
        _must_be_seen(session, row, version, values)
        fill(row, values)
        return version_of(row)

    return _on_block(actor, block_id, key, "briefings.save_chart", write)


@guarded(Permission.BRIEFINGS_KEEP)
def move(actor: Actor, *, block_id: int, by: int, key: str) -> int:
    """Move a block up (-1) or down (1); answers its place from 0. At an end it stays where it is."""

    def write(session: Session, row: BriefingBlock) -> int:
        rows = blocks_standing(session, row.briefing_id)
        place = rows.index(row)
        goal = min(max(place + (1 if by > 0 else -1), 0), len(rows) - 1)
        rows.insert(goal, rows.pop(place))
        _number(rows)
        return goal

    return _on_block(actor, block_id, key, "briefings.move", write)


@guarded(Permission.BRIEFINGS_KEEP)
def remove(actor: Actor, *, block_id: int, version: int, key: str) -> int:
    """Take a block out; answers its id, under which it is put back."""

    def write(session: Session, row: BriefingBlock) -> int:
        _must_be_seen(session, row, version, {})
        row.removed_at = clock.now()
        return row.id

    return _on_block(actor, block_id, key, "briefings.remove", write)


@guarded(Permission.BRIEFINGS_KEEP)
def restore(actor: Actor, *, block_id: int, key: str) -> int:
    """Put a block back in its place; answers its id."""

    def write(_session: Session, row: BriefingBlock) -> int:
        row.removed_at = None
        return row.id

    return _on_block(actor, block_id, key, "briefings.restore", write, removed=True)


@guarded(Permission.BRIEFINGS_KEEP)
def spec_of(actor: Actor, *, block_id: int) -> ChartSpec:
    """The question of a chart as it stands in a draft; raises NotThere."""
    with reading() as session:
        row = session.get(BriefingBlock, block_id)
        if row is None or row.kind != BlockKind.CHART:
            raise NotThere(f"chart {block_id}")
        draft(session, actor, row.briefing_id)
        return ChartSpec.from_json(row.document)


def version_of(row: BriefingBlock) -> int:
    """A number that changes with what stands in a block, not with its place."""
    return int(hashlib.sha256(f"{len(row.text)} {row.text}{row.document}".encode()).hexdigest()[:7], 16)


def problems_of(text: str, field: str = "text") -> list[Problem]:
    """A sentence for each name in a text nobody knows, with the closest known ones."""
    names = templates.names()
    found = []
    for name in names.unknown(text):
        close = names.close_to(name)
        told = {"name": f"{{{name}}}"} | ({"close": " ".join(f"{{{one}}}" for one in close)} if close else {})
        found.append(Problem(field, UNKNOWN if close else UNKNOWN_ALONE, told))
    return found


def _checked(kind: BlockKind, text: str, codes: Sequence[str]) -> dict[str, Any]:
    """What is written, after what people typed was looked at."""
    if kind is BlockKind.FIGURES:
        return {"document": " ".join(_figures(codes))}
    if kind is BlockKind.CHART:
        raise NotThere("text")
    text = cleaned(text).strip()
    longest = LONGEST_HEADING if kind is BlockKind.HEADING else LONGEST_TEXT
    check = Check()
    check.that(text, "text", N_("Write something."))
    check.that(len(text) <= longest, "text", N_("At most {most} characters."), most=longest)
    check.done()
    if wrong := problems_of(text):
        raise Problems(*wrong)
    return {"text": text}


def _figures(codes: Sequence[str]) -> Sequence[str]:
    check = Check()
    check.that(codes, "codes", N_("Choose at least one figure."))
    check.that(len(codes) <= MOST_FIGURES, "codes", N_("At most {most} figures in a row."), most=MOST_FIGURES)
    known = templates.names().figures
    check.that(all(code in known for code in codes), "codes", N_("This is not one of the choices."))
    check.done()
    return list(dict.fromkeys(codes))


def _added(actor: Actor, briefing_id: int, kind: BlockKind, values: dict[str, Any], after: int, key: str) -> int:
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = draft(session, actor, briefing_id)
        rows = blocks_standing(session, row.id)
        if len(rows) >= MOST_BLOCKS:
            raise Problems(Problem("", N_("A briefing holds at most {most} parts."), {"most": MOST_BLOCKS}))
        made = BriefingBlock(briefing_id=row.id, position=len(rows), kind=kind, **values)
        session.add(made)
        place = next((place for place, one in enumerate(rows, start=1) if one.id == after), len(rows))
        rows.insert(place, made)
        _number(rows)
        session.flush()
        remember(session, actor, key, "briefings.add", made.id)
        return made.id


def _on_block(
    actor: Actor,
    block_id: int,
    key: str,
    act: str,
    write: Callable[[Session, BriefingBlock], int],
    *,
    removed: bool = False,
) -> int:
    """Load the block of a draft, write, remember; raises NotThere, and Problems once the briefing was issued."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = session.get(BriefingBlock, block_id)
        if row is None or (row.removed_at is not None) != removed:
            raise NotThere(f"block {block_id}")
        draft(session, actor, row.briefing_id)
        answered = write(session, row)
        session.flush()
        remember(session, actor, key, act, answered)
        return answered


def _must_be_seen(session: Session, row: BriefingBlock, version: int, mine: Mapping[str, Any]) -> None:
    """Raise Changed with both versions unless the block still says what was seen."""
    if version_of(row) != version:
        theirs = {name: getattr(row, name) for name in mine}
        by = last_writer(session, BriefingBlock.__tablename__, row.id)
        raise Changed(theirs=theirs, mine=dict(mine), by=by, version=version_of(row))


def _number(rows: Sequence[BriefingBlock]) -> None:
    """Positions as the order says."""
    for place, row in enumerate(rows):
        row.position = place
