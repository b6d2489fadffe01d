"""Changing what a case says: amendments with the earlier words kept, quick edits, links to other matters."""

import json
from collections.abc import Mapping

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import transaction
from db.models import Case, CaseEntry, CaseLink, Code
from db.rules.case_flow import LONGEST_TEXT, State
from db.rules.cases import Grade
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check, NotThere, Problem, Problems
from db.services import search
from db.services.acts import earlier, guarded, remember
from db.services.case_clocks import keep_due
from db.services.cases.people import why_not_handler
from db.services.cases.scope import load, must_be_seen, visible
from db.services.records import Saved, Values, save_each

AMENDABLE = ("subject", "text", "request", "place", "since", "category", "grade", "note")
QUICK = ("handler_id", "grade", "category", "note")
LINK_KINDS = ("repeat", "related")


@guarded(Permission.CASES_EDIT)
def amend(actor: Actor, *, case_id: int, version: int, values: Mapping[str, object], key: str) -> int:
    """Correct what a case says; the earlier words go into the timeline. Answers the new version."""
    with transaction(actor) as session:
        done = earlier(session, key)
        if done is not None:
            return int(done)
        case = load(session, actor, case_id, Permission.CASES_EDIT, write=True)
        must_be_seen(session, case, version, dict(values))
        change(session, actor, case, {k: v for k, v in values.items() if k in AMENDABLE})
        remember(session, actor, key, "case.amend", case.version)
        return case.version


@guarded(Permission.CASES_EDIT)
def edit_many(actor: Actor, *, rows: Mapping[int, tuple[int, Values]], key: str) -> Saved:
    """Quick edit of several cases: id → (version seen, new values of QUICK). Each row is saved or told why not."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Saved(tuple(done), {}, {})

        def one(case_id: int, version: int, values: Values) -> None:
            wanted = {k: v for k, v in values.items() if k in QUICK}
            try:
                case = load(session, actor, case_id, Permission.CASES_EDIT, write=True)
            except NotThere:
                raise Problems(Problem("", N_("You may not change this case."))) from None
            must_be_seen(session, case, version, wanted)
            change(session, actor, case, wanted)

        saved = save_each(session, rows, one)
        remember(session, actor, key, "case.edit_many", saved.saved)
        return saved


def change(session: Session, actor: Actor, case: Case, values: Mapping[str, object]) -> None:
    """Change words inside the caller's transaction (edit, import); the earlier ones go into the timeline."""
    _check(session, case, values)
    before = {name: getattr(case, name) for name, value in values.items() if getattr(case, name) != value}
    if not before:
        return
    for name in before:
        setattr(case, name, values[name])
    session.add(
        CaseEntry(
            case_id=case.id,
            at=clock.now(),
            person_id=actor.id,
            unit_id=actor.unit_id,
            step="amend",
            from_state=case.state,
            to_state=case.state,
            detail=json.dumps(
                {"before": before, "after": {name: values[name] for name in before}},
                ensure_ascii=False,
                default=str,
            ),
        )
    )
    search.index(session, case)
    keep_due(session, case)
    session.flush()


def _check(session: Session, case: Case, values: Mapping[str, object]) -> None:
    check = Check()
    for name in ("subject", "text"):
        if name in values:
            check.that(str(values[name] or "").strip(), name, N_("This is needed."))
    for name in ("subject", "text", "request", "place", "since", "note"):
        fine = len(str(values.get(name) or "")) <= LONGEST_TEXT
        check.that(fine, name, N_("At most {most} characters."), most=LONGEST_TEXT)
    if "grade" in values:
        check.that(values["grade"] in tuple(Grade), "grade", N_("This is not one of the choices."))
    if "category" in values:
        known = select(Code.id).where(Code.list_name == "category", Code.code == values["category"], Code.active)
        fine = values["category"] == case.category or session.scalar(known) is not None
        check.that(fine, "category", N_("This is not one of the choices."))
    if values.get("handler_id") not in (None, case.handler_id):
        why = why_not_handler(session, case, values["handler_id"], case.lead_unit_id)
        why = why or (N_("Assign a sealed matter on its own page.") if case.sealed else "")
        check.that(not why, "handler_id", why)
    check.that(case.state != State.ARCHIVED, "", N_("An archived case is changed only after it is reopened."))
    check.done()


@guarded(Permission.CASES_EDIT)
def link(actor: Actor, *, case_id: int, number: str, kind: str, key: str) -> None:
    """Link a case to an earlier one, matter to matter; both sides show it."""
    with transaction(actor) as session:
        if earlier(session, key) is not None:
            return
        case = load(session, actor, case_id, Permission.CASES_EDIT, write=True)
        other_id = session.scalar(select(Case.id).where(Case.number == number.strip(), visible(actor)))
        check = Check()
        check.that(kind in LINK_KINDS, "kind", N_("This is not one of the choices."))
        check.that(other_id not in (None, case.id), "number", N_("There is no other case with this number."))
        check.done()
        join_cases(session, case.id, int(other_id or 0), kind)
        remember(session, actor, key, "case.link", other_id)


def join_cases(session: Session, case_id: int, other_id: int, kind: str) -> None:
    """Write the link unless the two are linked already."""
    known = select(CaseLink.id).where(
        or_(
            (CaseLink.case_id == case_id) & (CaseLink.other_id == other_id),
            (CaseLink.case_id == other_id) & (CaseLink.other_id == case_id),
        )
    )
    if session.scalar(known) is None:
        session.add(CaseLink(case_id=case_id, other_id=other_id, kind=kind))


@guarded(Permission.CASES_EDIT)
def unlink(actor: Actor, *, case_id: int, other_id: int) -> None:
    """Take a link away again; both cases stay as they are."""
    with transaction(actor) as session:
        load(session, actor, case_id, Permission.CASES_EDIT, write=True)
        for row in session.scalars(
            select(CaseLink).where(
                CaseLink.case_id.in_((case_id, other_id)), CaseLink.other_id.in_((case_id, other_id))
            )
        ):
            session.delete(row)
