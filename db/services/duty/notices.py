"""The notice of a rota to hang on the wall: what stands today, with changes marked, as Word and as a workbook."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import clock, journal
from db.documents import rota_book, rota_word
from db.documents.forms import Document, forms
from db.documents.rota_table import CHANGED, Day, Layout, Plan, Seat, layout_of, names_of, table_of
from db.engine import current, transaction
from db.identity import decrypt
from db.languages import date_in, month_day_in, month_in, translate, weekday_in
from db.models import CalendarDay, Code, Duty, DutyMember, DutyPost, DutyShift, Person, Rota, RotaChange, RotaPlace
from db.rules.duty.attending import LEADER
from db.rules.duty.needs import DayKind, Mark, Period, Wanted, day_kind, days_between, places_of
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Problem, Problems, Refused
from db.services.acts import guarded
from db.services.duty import ground
from db.services.office import Facts, facts_of
from db.services.templates import standing
from db.services.working_days import working_calendar

FORM = "duty_notice"
DEPUTY = "deputy"
# The paper form is Chinese, whatever language the screens are in; the workbook speaks the reader's.
PAPER = "zh"
# A rota of at most so many days is one notice; a longer one has a notice for each calendar month.
ONE_NOTICE = 31
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Part:
    """The days of one notice."""

    from_on: date
    until_on: date

    @property
    def month(self) -> date | None:
        """The calendar month it is, when it is a whole one."""
        last = self.from_on.replace(day=monthrange(self.from_on.year, self.from_on.month)[1])
        return self.from_on if self.from_on.day == 1 and self.until_on == last else None


@dataclass(frozen=True)
class Notice:
    """Everything a notice says. `contacts` are names with numbers, only when they were asked for.

    `edition` says which versions it shows and who published them, `version` the same for a file's name.
    """

    part: Part
    office: Facts
    title: str
    subtitle: str
    edition: str
    version: str
    number: int | None
    publisher: str
    published_at: datetime | None
    changed_at: datetime | None
    provisional: bool
    plan: Plan
    contacts: tuple[tuple[str, str], ...] = ()


def parts_of(from_on: date, until_on: date) -> tuple[Part, ...]:
    """The notices of a rota: one for all its days, or one a month."""
    if (until_on - from_on).days < ONE_NOTICE:
        return (Part(from_on, until_on),)
    found, first = [], from_on
    while first <= until_on:
        last = min(first.replace(day=monthrange(first.year, first.month)[1]), until_on)
        found.append(Part(first, last))
        first = last + _DAY
    return tuple(found)


@guarded(Permission.DUTY_READ)
def document(
    actor: Actor, *, rota_id: int, from_on: date | None = None, layout: str = "", contacts: bool = False
) -> Document:
    """The notice that begins on a day (the first one otherwise) as Word, in Chinese.

    With members' numbers only for who plans the duty. Raises NotThere, Refused and Problems.
    """
    found, set_out = _gathered(actor, rota_id, from_on, layout, contacts=contacts, language=PAPER)
    return as_word(found, set_out)


@guarded(Permission.DUTY_READ)
def workbook(
    actor: Actor, *, rota_id: int, from_on: date | None = None, layout: str = "", contacts: bool = False, language: str
) -> Document:
    """The same as a workbook that prints on one page, in the reader's language."""
    found, set_out = _gathered(actor, rota_id, from_on, layout, contacts=contacts, language=language)
    return as_workbook(found, set_out, language)


def as_word(found: Notice, set_out: Layout) -> Document:
    """A notice as Word, in Chinese, from the office's template."""
    form = forms()[FORM]
    content = rota_word.notice(
        standing(form), form, _values(found), table_of(found.plan, set_out, PAPER), at=clock.now()
    )
    return Document(f"{found.title} {found.version}".strip() + ".docx", content)


def as_workbook(found: Notice, set_out: Layout, language: str) -> Document:
    """A notice as a workbook that prints on one page."""
    told = {"telephone": found.office.telephone or "–", "address": found.office.address or "–"}
    below = [line for line in (found.office.name, found.subtitle, found.edition) if line]
    notes = [*_remarks(found, language), translate(N_("Duty telephone: {telephone} · {address}"), language, **told)]
    notes += [translate(N_("Members: {contacts}"), language, contacts=_contacts(found))] if found.contacts else []
    grid, sheet = table_of(found.plan, set_out, language), translate(N_("Rota"), language)
    content = rota_book.notice(grid, title=found.title, below_title=below, notes=notes, sheet=sheet)
    return Document(f"{found.title} {found.version}".strip() + ".xlsx", content)


def _gathered(
    actor: Actor, rota_id: int, from_on: date | None, layout: str, *, contacts: bool, language: str
) -> tuple[Notice, Layout]:
    """The notice and how it is set out; each printing is journalled, and so is each look at members' numbers."""
    with transaction(actor) as session:
        rota = ground.rota_of(session, actor, rota_id, Permission.DUTY_READ)
        if contacts and not ground.reaches(session, actor, rota, Permission.DUTY_PLAN):
            raise Refused(Permission.DUTY_PLAN.value)
        part = _part(rota, from_on)
        found = _notice(session, rota, part, contacts=contacts, language=language)
        if not found.plan.seats:
            raise Problems(Problem("", N_("There is nothing yet to put on this sheet.")))
        detail: dict[str, object] = {"what": FORM, "from": part.from_on, "until": part.until_on, "numbers": contacts}
        journal.note(session, "print", tbl="rota", pk=rota.id, detail=detail)
        if contacts:
            journal.note(session, "look", tbl="duty_member", pk=rota.duty_id, detail={"rota": rota.id})
        return found, _layout(layout, found.plan)


def _part(rota: Rota, from_on: date | None) -> Part:
    parts = parts_of(rota.from_on, rota.until_on)
    found = next((part for part in parts if part.from_on == from_on), None) if from_on else parts[0]
    if found is None:
        raise Problems(Problem("from_on", N_("This is not one of the choices.")))
    return found


def _layout(asked: str, plan: Plan) -> Layout:
    if asked and asked not in tuple(Layout):
        raise Problems(Problem("layout", N_("This is not one of the choices.")))
    return Layout(asked) if asked else layout_of(plan)


def _notice(session: Session, rota: Rota, part: Part, *, contacts: bool, language: str) -> Notice:
    duty = session.get_one(Duty, rota.duty_id)
    calendar = working_calendar(session)
    publisher = session.get(Person, rota.published_by_id) if rota.published_by_id else None
    who = publisher.name if publisher else ""
    return Notice(
        part=part,
        office=facts_of(session),
        title=_title(named(duty, language), part, language),
        subtitle=rota.title,
        edition=_edition(rota, who, language),
        version=_version(rota, language),
        number=rota.number,
        publisher=who,
        published_at=rota.published_at,
        changed_at=changed_at(session, [rota], part),
        provisional=not calendar.is_known(part.from_on, part.until_on),
        plan=plan_of(session, rota, duty, part, language),
        contacts=_numbers(session, rota, part) if contacts else (),
    )


def changed_at(session: Session, rotas: Sequence[Rota], part: Part) -> datetime | None:
    """When these days were last changed after publishing."""
    changed = select(func.max(RotaChange.at)).join(RotaPlace, RotaPlace.id == RotaChange.place_id)
    days = RotaPlace.on_day.between(part.from_on, part.until_on)
    return session.scalar(changed.where(RotaChange.rota_id.in_([rota.id for rota in rotas]), days))


def plan_of(session: Session, rota: Rota, duty: Duty, part: Part, language: str) -> Plan:
    """What is printed of a rota: its days, who serves as of today, and names in a language."""
    posts = session.scalars(
        select(DutyPost).where(DutyPost.duty_id == duty.id).order_by(DutyPost.position, DutyPost.id)
    )
    shifts = session.scalars(
        select(DutyShift).where(DutyShift.duty_id == duty.id).order_by(DutyShift.begins, DutyShift.id)
    )
    label = Code.label_en if language == "en" else Code.label_zh
    roles = session.execute(select(Code.code, label).where(Code.list_name == "duty_role").order_by(Code.position))
    needs, periods = ground.asked_of(session, duty)
    calendar = working_calendar(session)
    wanted = places_of(needs, periods, calendar, rota.from_on, rota.until_on)
    called = dict(
        session.execute(
            select(CalendarDay.day, CalendarDay.name).where(CalendarDay.day.between(part.from_on, part.until_on))
        ).all()
    )
    kinds = {day: day_kind(day, calendar) for day in days_between(part.from_on, part.until_on)}
    marks: dict[date, Wanted] = {}
    for each in wanted:
        if each.mark:
            marks.setdefault(each.on_day, each)
    plan = Plan(
        days=tuple(
            Day(day, kind, _day_note(kind, called.get(day, ""), periods, marks.get(day), day, language))
            for day, kind in kinds.items()
        ),
        seats=(),
        posts={post.id: named(post, language) for post in posts},
        shifts={shift.id: named(shift, language) for shift in shifts},
        roles=dict(roles.all()),
    )
    return Plan(plan.days, _seats(session, rota, part, plan), plan.posts, plan.shifts, plan.roles)


def _seats(session: Session, rota: Rota, part: Part, plan: Plan) -> tuple[Seat, ...]:
    """The places of these days as they stand today, in the order they are read."""
    query = (
        select(RotaPlace, DutyMember.name)
        .outerjoin(DutyMember, DutyMember.id == RotaPlace.member_id)
        .where(RotaPlace.rota_id == rota.id, RotaPlace.on_day.between(part.from_on, part.until_on))
    )
    orders = [{key: rank for rank, key in enumerate(names)} for names in (plan.posts, plan.shifts, plan.roles)]

    def order(place: RotaPlace) -> tuple[object, ...]:
        keys = (place.post_id, place.shift_id, place.role)
        ranks = (ranked.get(key, len(ranked)) for ranked, key in zip(orders, keys, strict=True))
        return (place.on_day, *ranks, place.role, place.place)

    published = rota.state == ground.PUBLISHED
    return tuple(
        Seat(
            place.on_day,
            place.post_id,
            place.shift_id,
            place.role,
            name or "",
            published and place.member_id != place.published_id,
        )
        for place, name in sorted(session.execute(query).all(), key=lambda row: order(row[0]))
    )


def _day_note(
    kind: DayKind, name: str, periods: tuple[Period, ...], mark: Wanted | None, day: date, language: str
) -> str:
    """Holiday, make-up day, special periods, and what a holiday did to a weekly duty."""
    told = [name] if kind is DayKind.HOLIDAY and name else []
    if kind is DayKind.HOLIDAY and not name:
        told = [translate(N_("Holiday"), language)]
    if kind is DayKind.MAKE_UP:
        told = [f"{name} {translate(N_('make-up day'), language)}".strip()]
    told += [period.named.within(language) for period in periods if period.covers(day)]
    if mark is not None and mark.mark == Mark.MOVED and mark.moved_from is not None:
        told.append(translate(N_("from {day}"), language, day=month_day_in(language, mark.moved_from, month=True)))
    elif mark is not None and mark.mark == Mark.KEPT:
        told.append(translate(N_("as usual"), language))
    return translate(N_(", "), language).join(told)


def _numbers(session: Session, rota: Rota, part: Part) -> tuple[tuple[str, str], ...]:
    serving = select(RotaPlace.member_id).where(
        RotaPlace.rota_id == rota.id, RotaPlace.on_day.between(part.from_on, part.until_on)
    )
    query = select(DutyMember.name, DutyMember.phone).where(DutyMember.id.in_(serving)).order_by(DutyMember.id)
    database = current()
    found = ((name, decrypt(database, "duty_member.phone", phone)) for name, phone in session.execute(query))
    return tuple((name, phone) for name, phone in found if phone)


def named(row: Duty | DutyPost | DutyShift, language: str) -> str:
    """A name in a language."""
    return (language == "en" and row.name_en) or row.name


def _title(duty: str, part: Part, language: str) -> str:
    # 中心值班 has 值班 in its name already; the title says it once.
    duty = duty.removesuffix("值班") if language == PAPER else duty
    return translate(N_("{duty}: duty rota {when}"), language, duty=duty, when=when_of(part, language))


def when_of(part: Part, language: str) -> str:
    """The month of a notice, or its first and last day."""
    first, last = date_in(language, part.from_on), date_in(language, part.until_on)
    return (
        month_in(language, part.month)
        if part.month
        else translate(N_("{first} to {last}"), language, first=first, last=last)
    )


def _version(rota: Rota, language: str) -> str:
    """What a file's name says of its version."""
    if rota.number is None:
        return translate(N_("draft"), language)
    return translate(N_("version {number}"), language, number=rota.number)


def _edition(rota: Rota, who: str, language: str) -> str:
    if rota.number is None or rota.published_at is None:
        return translate(N_("Draft, not published"), language)
    day = date_in(language, clock.day_of(rota.published_at, current().settings.timezone))
    told = {"number": rota.number, "who": who or "–", "day": day}
    return translate(N_("Version {number} · {who} · published {day}"), language, **told)


def _remarks(found: Notice, language: str) -> list[str]:
    told = []
    if any(seat.changed for seat in found.plan.seats):
        day = found.changed_at and clock.day_of(found.changed_at, current().settings.timezone)
        changed = translate(N_("{sign} changed after publishing"), language, sign=CHANGED)
        latest = N_("{sign} changed after publishing, last on {day}")
        told.append(translate(latest, language, sign=CHANGED, day=date_in(language, day)) if day else changed)
    open_places = sum(not seat.person for seat in found.plan.seats)
    if open_places:
        told.append(translate(N_("Open places: {n}"), language, n=open_places))
    if found.provisional:
        told.append(translate(N_("Holidays and make-up days are provisional."), language))
    return told


def _contacts(found: Notice) -> str:
    return "；".join(f"{name} {phone}" for name, phone in found.contacts)


def _values(found: Notice) -> Mapping[str, object]:
    """What the template may fill in (presets/forms.toml)."""
    zone = current().settings.timezone
    published = clock.day_of(found.published_at, zone) if found.published_at else None
    return {
        "office": found.office.name,
        "title": found.title,
        "subtitle": found.subtitle,
        "period": f"{date_in(PAPER, found.part.from_on)}至{date_in(PAPER, found.part.until_on)}",
        "edition": found.edition,
        "version": str(found.number or ""),
        "publisher": found.publisher,
        "published_day": date_in(PAPER, published),
        "remarks": "；".join(one.rstrip("。") for one in _remarks(found, PAPER)),
        "telephone": found.office.telephone,
        "address": found.office.address,
        "contacts": _contacts(found),
        "today": date_in(PAPER, clock.today(zone)),
        "days": [_day_values(found.plan, day) for day in found.plan.days],
    }


def _day_values(plan: Plan, day: Day) -> dict[str, str]:
    seats = [seat for seat in plan.seats if seat.on_day == day.on]
    of_role = {role: names_of((seat for seat in seats if seat.role == role), PAPER) for role in (LEADER, DEPUTY)}
    others = names_of((seat for seat in seats if seat.role not in of_role), PAPER)
    told = {"day": month_day_in(PAPER, day.on, month=False), "weekday": weekday_in(PAPER, day.on), "note": day.note}
    return told | {"leader": of_role[LEADER], "deputy": of_role[DEPUTY], "others": others}
