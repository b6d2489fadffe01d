"""One page for a month: what is published of several duties side by side, as it stands today."""

from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import journal
from db.documents.forms import Document
from db.documents.rota_table import Day, Layout, Plan
from db.engine import transaction
from db.languages import translate
from db.models import Duty, Person, Rota
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems
from db.services.acts import guarded
from db.services.duty import ground, scope
from db.services.duty.notices import (
    FORM,
    PAPER,
    Notice,
    Part,
    as_word,
    as_workbook,
    changed_at,
    named,
    plan_of,
    when_of,
)
from db.services.office import facts_of
from db.services.working_days import working_calendar

# So many duties stand side by side on one page.
MOST = 8


@guarded(Permission.DUTY_READ)
def document(actor: Actor, *, month: date, duty_ids: Collection[int]) -> Document:
    """The month of these duties as Word, in Chinese; raises NotThere and Problems."""
    return as_word(_gathered(actor, month, duty_ids, PAPER), Layout.DAYS)


@guarded(Permission.DUTY_READ)
def workbook(actor: Actor, *, month: date, duty_ids: Collection[int], language: str) -> Document:
    """The same as a workbook that prints on one page, in the reader's language."""
    return as_workbook(_gathered(actor, month, duty_ids, language), Layout.DAYS, language)


def _gathered(actor: Actor, month: date, duty_ids: Collection[int], language: str) -> Notice:
    """The notice of a month; each printing is journalled."""
    part = Part(month.replace(day=1), month.replace(day=monthrange(month.year, month.month)[1]))
    with transaction(actor) as session:
        found = _published(session, actor, part, duty_ids)
        plans = [(duty, plan_of(session, rota, duty, part, language)) for duty, rota in found]
        plan = _side_by_side(plans, language)
        if not plan.seats:
            raise Problems(Problem("", N_("There is nothing yet to put on this sheet.")))
        rotas = [rota for _, rota in found]
        for rota in rotas:
            detail = {"what": FORM, "from": part.from_on, "until": part.until_on, "numbers": False}
            journal.note(session, "print", tbl="rota", pk=rota.id, detail=detail)
        return Notice(
            part=part,
            office=facts_of(session),
            title=translate(N_("Duty rota {when}"), language, when=when_of(part, language)),
            subtitle=translate(N_(", "), language).join(dict.fromkeys(named(duty, language) for duty, _ in found)),
            edition=_editions(found, language),
            version="",
            number=None,
            publisher=_publishers(session, rotas, language),
            published_at=max(rota.published_at for rota in rotas if rota.published_at),
            changed_at=changed_at(session, rotas, part),
            provisional=not working_calendar(session).is_known(part.from_on, part.until_on),
            plan=plan,
        )


def _published(session: Session, actor: Actor, part: Part, duty_ids: Collection[int]) -> list[tuple[Duty, Rota]]:
    """What is published for some day of the month, duty by duty; a duty out of reach is not there."""
    reached = select(Duty).where(Duty.id.in_(duty_ids), scope.within(actor, Permission.DUTY_READ))
    duties = {duty.id: duty for duty in session.scalars(reached)}
    if not duty_ids or set(duty_ids) != set(duties):
        raise NotThere(Duty.__tablename__)
    if len(duties) > MOST:
        raise Problems(Problem("", N_("At most {most} duties on one page."), {"most": MOST}))
    query = select(Rota).where(Rota.duty_id.in_(duties), Rota.state == ground.PUBLISHED)
    query = query.where(Rota.from_on <= part.until_on, Rota.until_on >= part.from_on)
    rotas = session.scalars(query.order_by(Rota.duty_id, Rota.from_on)).all()
    if not rotas:
        raise Problems(Problem("", N_("There is nothing yet to put on this sheet.")))
    order = sorted(rotas, key=lambda rota: (not duties[rota.duty_id].responsible, rota.duty_id, rota.from_on))
    return [(duties[rota.duty_id], rota) for rota in order]


def _side_by_side(plans: Sequence[tuple[Duty, Plan]], language: str) -> Plan:
    """One table of all of them; a post is called by its duty, and by its own name where the duty has several."""
    posts: dict[int, str] = {}
    for duty, plan in plans:
        used = {seat.post_id for seat in plan.seats}
        name = named(duty, language)
        posts |= {
            post: f"{name} · {plan.posts[post]}" if len(used) > 1 else name for post in plan.posts if post in used
        }
    notes: dict[date, dict[str, None]] = {}
    for _, plan in plans:
        for day in plan.days:
            notes.setdefault(day.on, {}).update(dict.fromkeys([day.note] if day.note else []))
    comma = translate(N_(", "), language)
    days: tuple[Day, ...] = tuple(replace(day, note=comma.join(notes[day.on])) for day in plans[0][1].days)
    shifts: Mapping[int, str] = {shift: name for _, plan in plans for shift, name in plan.shifts.items()}
    seats = sorted((seat for _, plan in plans for seat in plan.seats), key=lambda seat: seat.on_day)
    return Plan(days, tuple(seats), posts, shifts, plans[0][1].roles)


def _editions(found: Sequence[tuple[Duty, Rota]], language: str) -> str:
    """Centre duty: version 2; Patrol posts: version 1."""
    told = N_("{duty}: version {number}")
    return "；".join(translate(told, language, duty=named(duty, language), number=rota.number) for duty, rota in found)


def _publishers(session: Session, rotas: Sequence[Rota], language: str) -> str:
    people = select(Person.name).where(Person.id.in_([rota.published_by_id for rota in rotas])).order_by(Person.id)
    return translate(N_(", "), language).join(session.scalars(people))
