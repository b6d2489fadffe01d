"""One letter with two matters in it becomes two cases, in one act, and one again while the new one is untouched."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading, transaction
from db.identity import encrypt, normal
from db.models import Attachment, Case, CaseEntry, CaseParty, CaseRecusal, CaseWords
from db.rules.case_flow import State, Step
from db.rules.files import FOLDER
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, NotThere, Problem, Problems
from db.services import files as file_store
from db.services import search
from db.services.acts import earlier, guarded, remember
from db.services.case_clocks import keep_due
from db.services.case_lines import standing_line
from db.services.cases.bin import why_not_in_bin
from db.services.cases.edit import change, check_change, join_cases
from db.services.cases.scope import load, must_be_seen, visible
from db.services.cases.steps import take_in
from db.services.intake.registering import CODE_LENGTH, CODE_LETTERS, next_number

_SAME = (
    "channel",
    "source",
    "kind",
    "procedure",
    "other_procedure",
    "grade",
    "since",
    "anonymous",
    "child",
    "head_count",
    "new_facts",
    "privacy_notice_id",
    "received_at",
    "first_responsible_id",
    "limit_set_id",
)
_PARTY = tuple(c.key for c in CaseParty.__table__.columns if c.key not in ("id", "version", "case_id"))
_OWN_STEPS = ("split_off", Step.PROPOSE)


@dataclass(frozen=True)
class Split:
    """What a split or its taking back led to; `stayed` names fields of the first that somebody changed since."""

    case_id: int
    number: str
    first_id: int
    first_number: str
    stayed: tuple[str, ...] = ()


@guarded(Permission.CASES_MERGE)
def split(
    actor: Actor,
    *,
    case_id: int,
    version: int,
    first: Mapping[str, object],
    second: Mapping[str, object],
    file_ids: Sequence[int] = (),
    unit_id: int | None = None,
    key: str,
) -> Split:
    """Make a second case of a part of this one: same parties, received day and source, its own words and number.

    `first` and `second` are what each says afterwards (subject, text, request, place, category); the files named are
    copied along, and `unit_id` is proposed for the new one. Who stepped aside from the first is aside from the second,
    too. Raises Problems, Changed, NotThere.
    """
    with reading() as session:
        if (done := earlier(session, key)) is not None:
            return _again(done)
        copies = _copies(session, load(session, actor, case_id, Permission.CASES_MERGE), file_ids)
    with file_store.stored([copy for copy, _ in copies]) as stored, transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return _again(done)
        case = load(session, actor, case_id, Permission.CASES_MERGE, write=True)
        must_be_seen(session, case, version, dict(first))
        check = Check()
        check.that(not case.sealed, "", N_("A sealed matter is not split. Take the other matter in anew."))
        check.that(case.open, "", N_("{number} is settled; reopen it first."), number=case.number)
        check.done()
        new = _new(session, actor, case, second)
        for file, (_, internal) in zip(stored, copies, strict=True):
            file_store.add_rows(session, actor, new.id, [file], internal=internal)
        begun = standing_line(new, actor, "split_off", detail={"number": case.number, "files": len(stored)})
        begun.from_state = ""
        session.add_all([begun, standing_line(case, actor, "split", detail={"number": new.number})])
        change(session, actor, case, {k: v for k, v in first.items() if k in second}, detail={"split": new.number})
        join_cases(session, new.id, case.id, "split_from")
        search.index(session, new)
        keep_due(session, new)
        session.flush()
        if unit_id is not None:
            take_in(session, actor, case_id=new.id, version=None, step=Step.PROPOSE, values={"unit": unit_id})
        made = Split(new.id, new.number, case.id, case.number)
        remember(session, actor, key, "case.split", asdict(made))
        return made


@guarded(Permission.CASES_MERGE)
def unsplit(actor: Actor, *, case_id: int, key: str) -> Split:
    """Take a split back while nobody has worked on the new case: it goes into the bin, the first says its words again.

    Raises Problems with the reason, NotThere.
    """
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return _again(done)
        new = load(session, actor, case_id, Permission.CASES_MERGE, write=True)
        first, why = _first_of(session, actor, new, write=True)
        if first is None or why:
            raise Problems(Problem("", why))
        back, stayed = _back(session, first, new.number)
        for one, other in ((first, new), (new, first)):
            session.add(standing_line(one, actor, "unsplit", detail={"number": other.number}))
        new.gone, new.gone_at, new.gone_by_id, new.open = "binned", clock.now(), actor.id, False
        session.execute(delete(CaseWords).where(CaseWords.case_id == new.id))
        change(session, actor, first, back)
        session.flush()
        made = Split(new.id, new.number, first.id, first.number, stayed)
        remember(session, actor, key, "case.unsplit", asdict(made))
        return made


@guarded(Permission.CASES_MERGE)
def may_unsplit(actor: Actor, *, case_id: int) -> bool:
    """Whether this case came by a split that can still be taken back."""
    with reading() as session:
        first, why = _first_of(session, actor, load(session, actor, case_id, Permission.CASES_MERGE))
        return first is not None and not why


def _first_of(session: Session, actor: Actor, new: Case, *, write: bool = False) -> tuple[Case | None, str]:
    """The case this one was split from, and why the split can't be taken back any more."""
    lines = session.execute(select(CaseEntry.step, CaseEntry.detail).where(CaseEntry.case_id == new.id)).all()
    own = [json.loads(row.detail) for row in lines if row.step == "split_off"]
    if not own:
        return None, N_("This case did not come by a split.")
    held = select(func.count()).where(Attachment.case_id == new.id, Attachment.removed_at.is_(None))
    untouched = {row.step for row in lines} <= set(_OWN_STEPS) and session.scalar(held) == own[0]["files"]
    query = select(Case).where(Case.number == own[0]["number"], visible(actor, Permission.CASES_MERGE))
    first = session.scalars(query.with_for_update() if write else query).one_or_none()
    if first is None or first.state == State.ARCHIVED:
        return None, N_("The case it was split from can't be changed any more.")
    return first, why_not_in_bin(session, new) if untouched else N_("Somebody has worked on this case since.")


def _back(session: Session, first: Case, number: str) -> tuple[dict[str, object], tuple[str, ...]]:
    """What the first case says again, and the fields somebody changed since."""
    query = select(CaseEntry.detail).where(CaseEntry.case_id == first.id, CaseEntry.step == "amend")
    lines = (json.loads(detail) for detail in session.scalars(query.order_by(CaseEntry.id)))
    none: dict[str, dict[str, object]] = {"before": {}, "after": {}}
    said = next((line for line in lines if line.get("split") == number), none)
    still = {name for name, value in said["after"].items() if getattr(first, name) == value}
    return {name: said["before"][name] for name in still}, tuple(sorted(set(said["after"]) - still))


def _new(session: Session, actor: Actor, case: Case, second: Mapping[str, object]) -> Case:
    today = clock.today(current().settings.timezone)
    running = next_number(session, "case", today.year)
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    new = Case(
        number=f"{today.year}-{running:06d}",
        year=today.year,
        running=running,
        state=State.REGISTERED,
        registered_at=clock.now(),
        registered_by_id=actor.id,
        query_code=encrypt(current(), "case_file.query_code", code),
        place_key=normal(str(second.get("place") or ""))[:100],
        **{name: getattr(case, name) for name in _SAME},
        **{name: str(second.get(name) or "").strip() for name in ("subject", "text", "request", "place", "category")},
    )
    check_change(session, new, {name: getattr(new, name) for name in ("subject", "text", "request", "place")})
    known = Check()
    known.that(new.category, "category", N_("This is needed."))
    known.done()
    session.add(new)
    session.flush()
    check_change(session, case, {"category": new.category})
    for party in session.scalars(select(CaseParty).where(CaseParty.case_id == case.id).order_by(CaseParty.id)):
        session.add(CaseParty(case_id=new.id, **{name: getattr(party, name) for name in _PARTY}))
    for aside in session.scalars(select(CaseRecusal).where(CaseRecusal.case_id == case.id)):
        session.add(CaseRecusal(case_id=new.id, person_id=aside.person_id, reason=aside.reason))
    return new


def _copies(session: Session, case: Case, file_ids: Sequence[int]) -> list[tuple[file_store.Checked, bool]]:
    """The named files of the case with their contents, and whether each is internal."""
    wanted = select(Attachment).where(Attachment.case_id == case.id, Attachment.removed_at.is_(None))
    rows = {row.id: row for row in session.scalars(wanted)}
    if not set(file_ids) <= set(rows):
        raise NotThere("files")
    folder: Path = current().settings.folder / FOLDER
    return [
        (file_store.Checked(row.name, row.media_type, (folder / row.stored_name).read_bytes()), row.internal)
        for row in (rows[one] for one in file_ids)
    ]


def _again(done: dict[str, object]) -> Split:
    return Split(**done | {"stayed": tuple(done["stayed"])})  # type: ignore[arg-type]
