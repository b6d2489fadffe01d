"""Changing what a case says: amendments with the earlier words kept, quick edits, links to other matters."""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from db.engine import transaction
from db.models import Case, CaseLink, Code, Person
from db.rules.case_flow import LONGEST_TEXT, State
from db.rules.cases import Grade
from db.rules.intake import UNFIT
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check
from db.rules.text import is_fit
from db.services import search
from db.services.acts import earlier, guarded, remember
from db.services.case_clocks import keep_due
from db.services.case_lines import standing_line
from db.services.cases.parts import PART_OF, check_part
from db.services.cases.people import why_not_handler
from db.services.cases.scope import load, must_be_seen, visible

AMENDABLE = ("subject", "text", "request", "place", "since", "category", "grade", "note", "next_step")
QUICK = ("handler_id", "grade", "category", "note", "next_step")
LINK_KINDS = ("repeat", "related", PART_OF)


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


def change(
    session: Session,
    actor: Actor,
    case: Case,
    values: Mapping[str, object],
    *,
    besides: Mapping[str, tuple[object, object]] = MappingProxyType({}),
    detail: Mapping[str, object] = MappingProxyType({}),
) -> Mapping[str, tuple[object, object]]:
    """Change words inside the caller's transaction (edit, import, meeting); the earlier ones go into the timeline.

    `besides` are changes of rows beside the case which the caller makes, `detail` goes into the timeline with them.
    Answers what changed, before and after; people by name. Raises Problems.
    """
    check_change(session, case, values)
    changed = {name: value for name, value in values.items() if getattr(case, name) != value}
    told: dict[str, tuple[object, object]] = {}
    for name, value in changed.items():
        told[name] = _said(session, name, getattr(case, name)), _said(session, name, value)
        setattr(case, name, value)
    told |= besides
    if not told:
        return told
    if not changed:
        # Who looked before a row beside the case moved must be told, too.
        flag_modified(case, "subject")
    was, becomes = ({name: pair[place] for name, pair in told.items()} for place in (0, 1))
    session.add(standing_line(case, actor, "amend", detail={"before": was, "after": becomes} | dict(detail)))
    search.index(session, case)
    keep_due(session, case)
    session.flush()
    return told


def _said(session: Session, name: str, value: object) -> object:
    """A handler by name, everything else as it is."""
    person = session.get(Person, value) if name == "handler_id" and value is not None else None
    return person.name if person else value


def check_change(session: Session, case: Case, values: Mapping[str, object]) -> None:
    """Raise Problems unless the case may say this; who may change it at all is the caller's question."""
    check = Check()
    for name in ("subject", "text"):
        if name in values:
            check.that(str(values[name] or "").strip(), name, N_("This is needed."))
    for name in ("subject", "text", "request", "place", "since", "note", "next_step"):
        said = str(values.get(name) or "")
        check.that(len(said) <= LONGEST_TEXT, name, N_("At most {most} characters."), most=LONGEST_TEXT)
        check.that(is_fit(said), name, UNFIT)
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
    """Link a case to an earlier one, or make it part of another, matter to matter; both sides show it."""
    with transaction(actor) as session:
        if earlier(session, key) is not None:
            return
        case = load(session, actor, case_id, Permission.CASES_EDIT, write=True)
        other = session.scalars(select(Case).where(Case.number == number.strip(), visible(actor))).one_or_none()
        other_id = other.id if other is not None else None
        check = Check()
        check.that(kind in LINK_KINDS, "kind", N_("This is not one of the choices."))
        check.that(other_id not in (None, case.id), "number", N_("There is no other case with this number."))
        check.done()
        if kind == PART_OF and other is not None:
            check_part(session, case, other)
        join_cases(session, case.id, int(other_id or 0), kind)
        remember(session, actor, key, "case.link", other_id)


def join_cases(session: Session, case_id: int, other_id: int, kind: str) -> None:
    """Write the link; two that are linked already stay so, unless one now becomes part of the other."""
    known = select(CaseLink).where(
        or_(
            (CaseLink.case_id == case_id) & (CaseLink.other_id == other_id),
            (CaseLink.case_id == other_id) & (CaseLink.other_id == case_id),
        )
    )
    rows = session.scalars(known).all()
    if rows and kind != PART_OF:
        return
    for row in rows:
        session.delete(row)
    session.flush()
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
