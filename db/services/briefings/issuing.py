"""A briefing issued: everything drawn once more, kept in both languages, and never changed again."""

import hashlib
import json
from typing import Any

from sqlalchemy.orm import Session

from db import clock
from db.engine import reading, transaction
from db.models import Briefing
from db.rules.briefings.issuing import BlockKind, State
from db.rules.briefings.parts import Part, packed
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.briefings.blocks import problems_of, version_of
from db.services.briefings.contents import drawn, limit
from db.services.briefings.scope import blocks_standing, draft, load, replaced
from db.services.office import facts_of
from db.version import version

CHANGED = N_("Something changed since you looked; look at it again.")
EMPTY = N_("There is nothing in it yet.")


@guarded(Permission.BRIEFINGS_READ)
def standing(actor: Actor, *, briefing_id: int) -> str:
    """What is written in a briefing, as a token: only what was looked at is issued."""
    with reading() as session:
        return _standing(session, load(session, actor, briefing_id, removed=True))


@guarded(Permission.BRIEFINGS_ISSUE)
def issue(actor: Actor, *, briefing_id: int, seen: str = "", key: str) -> int:
    """Freeze title, days, texts with their figures and every chart; answers the briefing's id.

    Raises Problems for an empty one, for a name nobody knows, for a chart that can't be drawn, and when what was
    looked at (`seen`) has changed.
    """
    with reading() as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = draft(session, actor, briefing_id)
        drawn_from = _standing(session, row)
        # Read before the write begins, so that nobody waits for the charts of a large register.
        parts, below = drawn(session, actor, row), limit(session)
        _check(parts, drawn_from, seen)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        row = draft(session, actor, briefing_id)
        if _standing(session, row) != drawn_from:
            raise Problems(Problem("", CHANGED))
        if row.replaces_id is not None and replaced(session, row.replaces_id):
            raise Problems(Problem("", N_("Another corrected edition was issued meanwhile.")))
        row.document = json.dumps(_document(session, actor, row, parts, below), ensure_ascii=False)
        row.state, row.issued_at, row.issued_by_id = State.ISSUED, clock.now(), actor.id
        remember(session, actor, key, "briefings.issue", row.id)
        return row.id


def _standing(session: Session, row: Briefing) -> str:
    """A digest of everything that is typed."""
    told: list[object] = [row.title, row.begins, row.ends, row.removed_at]
    told += [(one.id, one.kind, version_of(one)) for one in blocks_standing(session, row.id)]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _check(parts: tuple[Part, ...], stands: str, seen: str) -> None:
    check = Check()
    check.that(not seen or seen == stands, "", CHANGED)
    check.that(parts, "", EMPTY)
    check.done()
    wrong = [
        problem
        for part in parts
        if part.kind in (BlockKind.TEXT, BlockKind.HEADING)
        for problem in problems_of(part.text, "")
    ]
    wrong += [Problem("", why) for why in dict.fromkeys(part.why for part in parts if part.why)]
    if wrong:
        raise Problems(*wrong)


def _document(session: Session, actor: Actor, row: Briefing, parts: tuple[Part, ...], below: int) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "title": row.title,
        "begins": row.begins.isoformat(),
        "ends": row.ends.isoformat(),
        "edition": row.edition,
        "replaces_id": row.replaces_id,
        "office": facts_of(session).name,
        "issued_by": actor.name,
        "issued_at": clock.now().isoformat(),
        "below": below,
        "parts": packed(parts),
        "version": version(),
    }
