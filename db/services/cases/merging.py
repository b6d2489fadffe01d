"""Two matters become one and, when that was wrong, two again: nothing is moved, and nothing is lost."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import Select, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import reading, transaction
from db.models import (
    Case,
    CaseAccess,
    CaseEntry,
    CaseLikely,
    CaseLink,
    CaseMerge,
    CaseRecusal,
    CaseWords,
    Supervision,
)
from db.rules import merging as rules
from db.rules.case_flow import LONGEST_TEXT, State, Step
from db.rules.cases import Grade
from db.rules.merging import CHOICES, Side
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems
from db.services import search
from db.services.acts import earlier, guarded, remember
from db.services.case_lines import standing_line
from db.services.cases import beside
from db.services.cases.beside import Rows
from db.services.cases.edit import change
from db.services.cases.merged import MERGED, family
from db.services.cases.scope import must_be_seen, visible
from db.services.cases.undo import Kind, undoable, way_back
from db.services.records import Values

_WITH_GONE = {"with_gone": True}
_DUE = ("received_at", "promise_due_on", "statute_due_on", "next_due_on")


@dataclass(frozen=True)
class Matter:
    """One of the two matters as the preview shows it, residents only as masks."""

    id: int
    version: int
    number: str
    state: str
    fields: Mapping[str, object]
    received_at: datetime
    promise_due_on: date | None
    statute_due_on: date | None
    next_due_on: date | None
    parties: Rows
    files: Rows


@dataclass(frozen=True)
class Preview:
    """Two matters side by side: the one that would be kept first, and why they can't become one, if so."""

    kept: Matter
    gone: Matter
    why_not: Problem | None


@dataclass(frozen=True)
class Done:
    """What a merge or its taking back led to; `stayed` names the fields that say what somebody wrote since."""

    kept_id: int
    kept_number: str
    gone_id: int
    gone_number: str
    stayed: tuple[str, ...] = ()


@guarded(Permission.CASES_MERGE)
def preview(actor: Actor, *, first_id: int, second_id: int) -> Preview:
    """Two matters side by side, kept first as they are given; raises NotThere for one the actor may not see."""
    with reading() as session:
        kept, gone = (_seen(session, actor, case_id) for case_id in (first_id, second_id))
        why = rules.why_not(_side(session, kept), _side(session, gone))
        return Preview(_matter(session, kept), _matter(session, gone), why)


@guarded(Permission.CASES_MERGE)
def pair_of(actor: Actor, *, case_id: int, number: str) -> tuple[int, int]:
    """The case and the one with this number, the earlier received first; raises Problems for a number that is none."""
    with reading() as session:
        one = _seen(session, actor, case_id)
        query = select(Case).where(Case.number == number.strip(), visible(actor, Permission.CASES_MERGE))
        other = session.scalars(query).one_or_none()
        if other is None or other.id == one.id:
            raise Problems(Problem("number", N_("There is no other case with this number.")))
        first, second = sorted((one, other), key=lambda case: (case.received_at, case.id))
        return first.id, second.id


@guarded(Permission.CASES_MERGE)
def merge(
    actor: Actor,
    *,
    kept_id: int,
    kept_version: int,
    gone_id: int,
    gone_version: int,
    takes: Mapping[str, object],
    reason: str = "",
    key: str,
) -> Done:
    """Let `gone` go into `kept`, which then says what `takes` chooses by field (rules.merging.CHOICES).

    The gone one keeps everything, is in no list any more, and comes back whole by `unmerge`. The kept one's received
    day and clocks stay; only a higher grade brings a shorter or longer promise. Raises Problems, NotThere, or Changed
    with both versions when somebody saved either first.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return _again(done)
        kept, gone = (_seen(session, actor, case_id, write=True) for case_id in sorted((kept_id, gone_id)))
        kept, gone = (kept, gone) if kept.id == kept_id else (gone, kept)
        for case, version, name in ((kept, kept_version, "kept"), (gone, gone_version, "gone")):
            must_be_seen(session, case, version, {name: case.number, **{field: takes.get(field) for field in CHOICES}})
        if why := rules.why_not(_side(session, kept), _side(session, gone)):
            raise Problems(why)
        values = rules.said(_fields(kept), _fields(gone), takes, gone.number)
        made = _merge(session, actor, kept, gone, values, reason.strip()[:LONGEST_TEXT])
        remember(session, actor, key, "case.merge", asdict(made))
        return made


def _merge(session: Session, actor: Actor, kept: Case, gone: Case, values: Mapping[str, object], reason: str) -> Done:
    was, now = _fields(kept), clock.now()
    session.add(standing_line(kept, actor, "merge", text=reason, detail={"number": gone.number}))
    session.add(standing_line(gone, actor, "merged", text=reason, detail={"number": kept.number}))
    change(session, actor, kept, values, detail={"merged": gone.number})
    asides = _carry_asides(session, kept, gone)
    before = {
        "open": gone.open,
        "said": {name: [was[name], value] for name, value in values.items() if was[name] != value},
        "aside": asides,
    }
    session.add(
        CaseMerge(
            kept_id=kept.id,
            gone_id=gone.id,
            before=json.dumps(before, ensure_ascii=False),
            reason=reason,
            merged_at=now,
            merged_by_id=actor.id,
        )
    )
    session.execute(delete(CaseWords).where(CaseWords.case_id == gone.id))
    _decide_pair(session, actor, kept.id, gone.id, "open", "merged")
    gone.gone, gone.gone_at, gone.gone_by_id, gone.merged_into_id, gone.open = MERGED, now, actor.id, kept.id, False
    session.flush()
    undoable(session, actor, Kind.MERGE, {gone.id: (gone.version, {})})
    return Done(kept.id, kept.number, gone.id, gone.number)


@guarded(Permission.CASES_MERGE)
def unmerge(actor: Actor, *, gone_id: int, key: str) -> Done:
    """Take a merge back: the gone matter is again what it was, the kept one says what it said before.

    A field somebody changed since stays as it is and is named in the answer. Raises Problems with the reason when the
    kept matter has itself gone elsewhere, NotThere.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return _again(done)
        answer = _unmerge(session, actor, _gone(session, actor, gone_id))
        remember(session, actor, key, "case.unmerge", asdict(answer))
        return answer


@way_back(Kind.MERGE)
def _undo(session: Session, actor: Actor, kind: str, case_id: int, version: int, before: Values) -> None:
    gone = _gone(session, actor, case_id)
    must_be_seen(session, gone, version, {})
    _unmerge(session, actor, gone)


def _unmerge(session: Session, actor: Actor, gone: Case) -> Done:
    made = session.scalars(
        select(CaseMerge)
        .where(CaseMerge.gone_id == gone.id, CaseMerge.undone_at.is_(None))
        .order_by(CaseMerge.id.desc())
        .limit(1)
        .with_for_update()
    ).one()
    kept = _seen(session, actor, made.kept_id, write=True)
    if kept.gone:
        sentence = N_("{number} is in the bin or went into another matter itself. Bring it back first.")
        raise Problems(Problem("", sentence, {"number": kept.number}))
    if kept.state == State.ARCHIVED:
        raise Problems(Problem("", N_("{number} is archived; reopen it first."), {"number": kept.number}))
    before = json.loads(made.before)
    gone.gone, gone.gone_at, gone.gone_by_id, gone.merged_into_id = "", None, None, None
    gone.open = before["open"]
    made.undone_at, made.undone_by_id = clock.now(), actor.id
    back, stayed = _back(kept, gone, before["said"])
    _hand_on(session, made, gone, before["said"])
    session.add(standing_line(kept, actor, "unmerge", detail={"number": gone.number}))
    session.add(standing_line(gone, actor, "unmerged", detail={"number": kept.number}))
    change(session, actor, kept, back, detail={"unmerged": gone.number})
    _part_asides(session, kept, gone, set(before["aside"]))
    _decide_pair(session, actor, kept.id, gone.id, "merged", "open")
    search.index(session, gone)
    session.flush()
    return Done(kept.id, kept.number, gone.id, gone.number, stayed)


def _seen(session: Session, actor: Actor, case_id: int, *, write: bool = False) -> Case:
    """The case within the actor's reach, one that is gone as well: why it can't be merged is told in a sentence."""
    reach = visible(actor, Permission.CASES_MERGE)
    query = select(Case).where(Case.id == case_id, reach).execution_options(**_WITH_GONE)
    found = session.scalars(query.with_for_update() if write else query).one_or_none()
    if found is None:
        raise NotThere(f"case {case_id}")
    return found


def _gone(session: Session, actor: Actor, case_id: int) -> Case:
    case = _seen(session, actor, case_id, write=True)
    if case.gone != MERGED:
        raise Problems(Problem("", N_("This has been taken back already.")))
    return case


def _side(session: Session, case: Case) -> Side:
    supervised = exists().where(Supervision.case_id == case.id, Supervision.state.in_(("issued", "answered")))
    parts = select(func.count()).where(CaseLink.other_id == case.id, CaseLink.kind == "part_of")
    access = select(CaseAccess.person_id).where(CaseAccess.case_id == case.id)
    aside = select(CaseRecusal.person_id).where(CaseRecusal.case_id == case.id)
    return Side(
        id=case.id,
        number=case.number,
        state=State(case.state),
        kind=case.kind,
        open=case.open,
        grade=Grade(case.grade),
        gone=case.gone,
        sealed=case.sealed,
        accused_unit_id=case.accused_unit_id,
        access=frozenset(session.scalars(access)) if case.sealed else frozenset(),
        aside=frozenset(session.scalars(aside)),
        handler_id=case.handler_id,
        supervised=bool(session.scalar(select(supervised))),
        parts=session.scalar(parts) or 0,
    )


def _fields(case: Case) -> dict[str, object]:
    return {name: getattr(case, name) for name in CHOICES}


def _matter(session: Session, case: Case) -> Matter:
    return Matter(
        id=case.id,
        version=case.version,
        number=case.number,
        state=case.state,
        fields=_fields(case),
        **{name: getattr(case, name) for name in _DUE},
        parties=beside.parties(session, case.id),
        files=beside.files(session, case.id),
    )


def _back(
    kept: Case, gone: Case, before: Mapping[str, tuple[object, object]]
) -> tuple[dict[str, object], tuple[str, ...]]:
    """What the kept matter says again, and the fields that somebody has changed since."""
    back: dict[str, object] = {}
    stayed = []
    for name, (was, became) in before.items():
        now = getattr(kept, name)
        apart = rules.without(str(now), str(getattr(gone, name)), gone.number)
        if now == became:
            back[name] = was
        elif apart != now:
            back[name] = apart
        else:
            stayed.append(name)
    return back, tuple(stayed)


def _hand_on(session: Session, made: CaseMerge, gone: Case, before: Mapping[str, tuple[object, object]]) -> None:
    """Later merges into the same matter remember it as if this one had never been."""
    later = select(CaseMerge).where(
        CaseMerge.kept_id == made.kept_id, CaseMerge.id > made.id, CaseMerge.undone_at.is_(None)
    )
    rows = [(row, json.loads(row.before)) for row in session.scalars(later.order_by(CaseMerge.id))]
    for name, (was, became) in before.items():
        sayings = [said["said"][name] for _, said in rows if name in said["said"]]
        if sayings and sayings[0][0] == became:
            sayings[0][0] = was
        for saying in sayings:
            saying[:] = [rules.without(str(words), str(getattr(gone, name)), gone.number) for words in saying]
    for row, said in rows:
        row.before = json.dumps(said, ensure_ascii=False)


def _carry_asides(session: Session, kept: Case, gone: Case) -> list[int]:
    """Who stepped aside from the gone matter is aside from the kept one, too: it now says the other's words."""
    rows = session.scalars(select(CaseRecusal).where(CaseRecusal.case_id.in_((kept.id, gone.id)))).all()
    there = {row.person_id for row in rows if row.case_id == kept.id}
    new = [row for row in rows if row.case_id == gone.id and row.person_id not in there]
    session.add_all(CaseRecusal(case_id=kept.id, person_id=row.person_id, reason=row.reason) for row in new)
    return sorted(row.person_id for row in new)


def _part_asides(session: Session, kept: Case, gone: Case, carried: set[int]) -> None:
    """Who stepped aside while the two were one is aside from both; who did from the gone one alone, from that alone."""
    session.flush()
    out, still_in = family(session, gone.id), family(session, kept.id)[1:]
    merged = select(func.max(CaseEntry.id)).where(CaseEntry.case_id == gone.id, CaseEntry.step == "merged")
    since = select(CaseEntry.person_id).where(CaseEntry.case_id == kept.id, CaseEntry.step == Step.RECUSE)
    since = since.where(CaseEntry.id > merged.scalar_subquery())
    both = select(CaseRecusal).where(CaseRecusal.case_id == kept.id, CaseRecusal.person_id.in_(since))
    there = {(one, person_id) for one, person_id in session.execute(_asides(*out))}
    new = [(one, row) for row in session.scalars(both) for one in out if (one, row.person_id) not in there]
    session.add_all(CaseRecusal(case_id=one, person_id=row.person_id, reason=row.reason) for one, row in new)
    needed = {person_id for _, person_id in session.execute(_asides(*still_in))} & carried
    leaving = CaseRecusal.person_id.in_(carried - needed)
    session.execute(delete(CaseRecusal).where(CaseRecusal.case_id == kept.id, leaving))
    for row in session.scalars(select(CaseMerge).where(CaseMerge.kept_id == kept.id, CaseMerge.undone_at.is_(None))):
        said = json.loads(row.before)
        row.before = json.dumps(said | {"aside": sorted({*said["aside"], *needed})}, ensure_ascii=False)


def _asides(*case_ids: int) -> Select[int, int]:
    return select(CaseRecusal.case_id, CaseRecusal.person_id).where(CaseRecusal.case_id.in_(case_ids))


def _decide_pair(session: Session, actor: Actor, one_id: int, other_id: int, was: str, becomes: str) -> None:
    pair = (one_id, other_id)
    found = select(CaseLikely).where(
        or_(*((CaseLikely.case_id == a) & (CaseLikely.other_id == b) for a, b in (pair, pair[::-1]))),
        CaseLikely.state == was,
    )
    for row in session.scalars(found):
        row.state = becomes
        row.decided_at, row.decided_by_id = (None, None) if becomes == "open" else (clock.now(), actor.id)


def _again(done: dict[str, object]) -> Done:
    return Done(**done | {"stayed": tuple(done["stayed"])})  # type: ignore[arg-type]
