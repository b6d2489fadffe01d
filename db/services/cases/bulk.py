"""Changing many cases in one act: what each would become, what is refused and why, then each row saved or told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading, transaction
from db.models import Case, Person
from db.rules.case_flow import Step, check_step
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, NotThere, Problem, Problems, Refused
from db.services.acts import earlier, guarded, remember
from db.services.cases.edit import QUICK, change, check_change
from db.services.cases.lists import REGISTER, Choice, choice_in_sql
from db.services.cases.rows import framed, stored
from db.services.cases.scope import load, must_be_seen, visible
from db.services.cases.standing import flow_facts, shares_of, standing_of
from db.services.cases.steps import take_in
from db.services.cases.undo import Kind, undoable, way_back
from db.services.office import limits_in_force
from db.services.records import Saved, Values, save_each

PREVIEW = ["id", "version", "number", "subject", "before", "after", "why"]
NOT_YOURS = N_("You may not change this case.")
_WORDS, _MOST_ID = ("note", "next_step"), 2**31


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What many cases shall become; what is empty stays. `note` is added below the internal note of each."""

    handler_id: int | None = None
    category: str = ""
    next_step: str = ""
    note: str = ""

    def of(self, case: Case) -> dict[str, object]:
        """The values one case would get."""
        told: dict[str, object] = {"handler_id": self.handler_id} if self.handler_id is not None else {}
        told |= {name: value.strip() for name in ("category", "next_step") if (value := getattr(self, name)).strip()}
        if self.note.strip():
            told["note"] = "\n".join(part for part in (case.note, self.note.strip()) if part)
        return told


def most_at_once(session: Session) -> int:
    """How many cases one act may change (limit bulk_most)."""
    return limits_in_force(session, clock.today(current().settings.timezone))["bulk_most"].amount


@guarded(Permission.CASES_READ)
def chosen(actor: Actor, *, choice: Choice) -> pd.DataFrame:
    """Every case of a choice, up to the limit of one act, in the order of the choice: COLUMNS and ADDED."""
    with reading() as session:
        wanted = choice_in_sql(session, actor, choice)
        return framed(session, stored(session, REGISTER.ids(session, wanted, choice, most_at_once(session))))


@guarded(Permission.CASES_READ)
def preview(actor: Actor, *, case_ids: Sequence[int], wanted: Wanted) -> pd.DataFrame:
    """What each case would become, without doing it: columns of PREVIEW; `why` is a Problem where it is refused."""
    with reading() as session:
        reach = set(
            session.scalars(select(Case.id).where(Case.id.in_(case_ids), visible(actor, Permission.CASES_EDIT)))
        )
        found = session.scalars(select(Case).where(Case.id.in_(case_ids), visible(actor)))
        cases = {case.id: case for case in found}
        rows = [_previewed(session, actor, cases[one], wanted, one in reach) for one in case_ids if one in cases]
    return pd.DataFrame(rows, columns=PREVIEW)


@guarded(Permission.CASES_READ)
def change_many(actor: Actor, *, rows: Mapping[int, int], wanted: Wanted, key: str, kind: Kind = Kind.BULK) -> Saved:
    """Change cases as previewed: id → version seen. Each row is saved or told why not; raises Problems for too many."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Saved(tuple(done), {}, {})
        check, most = Check(), most_at_once(session)
        check.that(len(rows) <= most, "", N_("At most {most} cases in one act."), most=most)
        check.that(wanted != Wanted(), "", N_("Say what shall change."))
        check.done()
        left: dict[int, tuple[int, Values]] = {}

        def one(case_id: int, version: int, _values: Values) -> None:
            case, edits = _mine(session, actor, case_id)
            values = wanted.of(case)
            must_be_seen(session, case, version, values)
            _check(session, actor, case, values, edits)
            before = {name: getattr(case, name) for name in values}
            if edits:
                change(session, actor, case, values)
            else:
                assigned = {"person": wanted.handler_id}
                take_in(session, actor, case_id=case_id, version=version, step=Step.ASSIGN, values=assigned)
            left[case_id] = case.version, before

        saved = save_each(session, {one_id: (version, {}) for one_id, version in rows.items()}, one)
        undoable(session, actor, kind, {one_id: left[one_id] for one_id in saved.saved})
        if saved.saved:
            remember(session, actor, key, f"case.{kind}", saved.saved)
        return saved


@guarded(Permission.CASES_EDIT)
def edit_many(actor: Actor, *, rows: Mapping[int, tuple[int, Values]], key: str) -> Saved:
    """Quick edit of several cases: id → (version seen, new values of QUICK). Each row is saved or told why not."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Saved(tuple(done), {}, {})
        left: dict[int, tuple[int, Values]] = {}

        def one(case_id: int, version: int, values: Values) -> None:
            wanted = _typed({k: v for k, v in values.items() if k in QUICK})
            try:
                case = load(session, actor, case_id, Permission.CASES_EDIT, write=True)
            except NotThere:
                raise Problems(Problem("", NOT_YOURS)) from None
            must_be_seen(session, case, version, wanted)
            before = {name: getattr(case, name) for name in wanted}
            if change(session, actor, case, wanted):
                left[case_id] = case.version, before

        saved = save_each(session, rows, one)
        undoable(session, actor, Kind.QUICK, {one_id: left[one_id] for one_id in saved.saved if one_id in left})
        remember(session, actor, key, "case.edit_many", saved.saved)
        return saved


@way_back(Kind.QUICK, Kind.BULK, Kind.HANDOVER)
def _put_back(session: Session, actor: Actor, kind: str, case_id: int, version: int, before: Values) -> None:
    """The words and the handler as they stood before the act; the timeline keeps both changes."""
    case, edits = _mine(session, actor, case_id)
    must_be_seen(session, case, version, dict(before))
    if not edits:
        _check_assigning(session, actor, case, None, before)
    change(session, actor, case, before, detail={"undone": kind})


def _typed(values: Values) -> dict[str, object]:
    """What a grid sends: an emptied cell says nothing; raises Problems for what is neither words nor a person."""
    told = {name: "" if value is None and name in _WORDS else value for name, value in values.items()}
    check = Check()
    for name, value in told.items():
        a_person = value is None or (type(value) is int and 0 < value < _MOST_ID)
        fine = a_person if name == "handler_id" else isinstance(value, str)
        check.that(fine, name, N_("This is not one of the choices."))
    check.done()
    return told


def _mine(session: Session, actor: Actor, case_id: int) -> tuple[Case, bool]:
    """The case, locked, and whether the actor's right to edit reaches it; raises Problems when it is not theirs."""
    try:
        return load(session, actor, case_id, Permission.CASES_EDIT, write=True), True
    except NotThere:
        pass
    try:
        return load(session, actor, case_id, write=True), False
    except NotThere:
        raise Problems(Problem("", NOT_YOURS)) from None


def _previewed(session: Session, actor: Actor, case: Case, wanted: Wanted, edits: bool) -> list[object]:
    values, why = wanted.of(case), None
    try:
        _check(session, actor, case, values, edits)
    except Problems as problems:
        why = problems.problems[0]
    told = {
        name: (_said(session, name, getattr(case, name)), _said(session, name, new)) for name, new in values.items()
    }
    before, after = ({name: pair[place] for name, pair in told.items()} for place in (0, 1))
    return [case.id, case.version, case.number, case.subject, before, after, why]


def _said(session: Session, name: str, value: object) -> object:
    person = session.get(Person, value) if name == "handler_id" and value is not None else None
    return person.name if person else value


def _check(session: Session, actor: Actor, case: Case, values: Values, edits: bool) -> None:
    """Raise Problems when this case may not become that."""
    check = Check()
    check.that(
        case.open or not {"handler_id", "next_step"} & set(values),
        "",
        N_("A closed case has no next step and no handler."),
    )
    check.that(any(getattr(case, name) != value for name, value in values.items()), "", N_("It is so already."))
    check.done()
    if not edits:
        _check_assigning(session, actor, case, values.get("handler_id"), values)
    check_change(session, case, values)


def _check_assigning(session: Session, actor: Actor, case: Case, person_id: object, values: Values) -> None:
    """Whether the lead unit may name another handler now; who handles cases without editing them may only do that."""
    if not set(values) <= {"handler_id"}:
        raise Problems(Problem("", NOT_YOURS))
    shares = shares_of(session, case.id)
    facts = flow_facts(session, case, actor, shares)
    try:
        check_step(Step.ASSIGN, facts, actor, standing_of(actor, shares, facts), {"person": person_id or actor.id})
    except Refused:
        raise Problems(Problem("", NOT_YOURS)) from None
