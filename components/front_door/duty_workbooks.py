"""A rota's grid with its counts, the lists of duty and what was served, as workbooks."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from components import duty_labels, rota_labels
from components.duty_gaps import WHAT
from components.front_door.workbooks import made
from components.rota_sheet import PREFIX, SIGNS, member_of, post_signs, rows_of
from components.words import translate
from db.documents.rota_table import CHANGED
from db.languages import date_in, month_day_in, weekday_in
from db.rules.duty.counts import MEASURES
from db.rules.duty.needs import days_between
from db.rules.permissions import Actor
from db.rules.problems import N_
from db.services import office
from db.services.duty import exports
from db.services.duty.rotas import RotaView
from db.services.exports import Kind

_AWAY = ("leave", "unavailable", "avoid", "want")
COUNTS = duty_labels.TABLES["served"]
# The columns of each list, in the order of its screen.
LISTS: Mapping[Kind, Mapping[str, str]] = {
    Kind.ROTAS: {
        "duty": N_("Duty"),
        "from_on": N_("From"),
        "until_on": N_("Until"),
        "state": N_("State"),
        "number": N_("Version"),
        "places": N_("Places"),
        "open": N_("Open places"),
        "changes": N_("Changes"),
        "title": N_("Title"),
        "published_at": N_("When published"),
    },
    Kind.SWAPS: {
        "begins_at": N_("When"),
        "duty": N_("Duty"),
        "post": N_("Post"),
        "shift": N_("Shift"),
        "role": N_("Role"),
        "asked_by": N_("Asked by"),
        "taker": N_("Taken by"),
        "state": N_("State"),
        "reason": N_("Reason"),
        "decision": N_("Decision"),
        "decided_by": N_("Decided by"),
        "decided_at": N_("When decided"),
    },
    Kind.DUTY_GAPS: {
        "on_day": N_("Day"),
        "what": N_("Missing"),
        "member": N_("Name"),
        "post": N_("Post"),
        "shift": N_("Shift"),
        "role": N_("Role"),
        "at": N_("Due at"),
    },
    Kind.DUTY_PEOPLE: {"member": N_("Name"), **COUNTS},
    Kind.DUTY_MONTHS: {"year": N_("Year"), "month": N_("Month"), **COUNTS},
}
TITLES: Mapping[Kind, str] = {
    Kind.ROTAS: N_("Rotas"),
    Kind.SWAPS: N_("Swaps"),
    Kind.DUTY_GAPS: N_("Missing marks"),
    Kind.DUTY_PEOPLE: N_("Duty served"),
    Kind.DUTY_MONTHS: N_("Duty served"),
}


def of_list(actor: Actor, token: str) -> tuple[str, bytes]:
    """One of the lists, as its screen shows it."""
    taken = exports.fetch_list(actor, token=token)
    into, columns = taken.language, LISTS[taken.kind]
    frame = _told(actor, taken.rows, taken.kind, into)
    days = [taken.asked.get(name) for name in ("from_on", "until_on")]
    about = [(N_("Rows"), str(len(frame)))]
    about += [(N_("Period"), " – ".join(date_in(into, day) for day in days))] if all(days) else []
    shown = frame[list(columns)].astype(object).where(frame[list(columns)].notna(), None)
    return made(actor, TITLES[taken.kind], list(columns.values()), shown.values.tolist(), about, into)


def of_rota(actor: Actor, token: str) -> tuple[str, bytes]:
    """The people of a rota by its days, with the counts beside them and what the signs mean."""
    found, into = exports.fetch_rota(actor, token=token)
    seen = rota_labels.in_words(found, into)
    days = days_between(seen.from_on, seen.until_on)
    several = len({day.month for day in days}) > 1
    heads = [f"{month_day_in(into, day, month=several)} {weekday_in(into, day)}" for day in days]
    counted = [
        f"{translate(heading, into)} · {translate(rota_labels.TABLES['measure'][measure], into)}"
        for heading in rota_labels.TABLES["counted"].values()
        for measure in MEASURES
    ]
    told = [
        (N_("Duty"), seen.duty),
        (N_("Period"), f"{date_in(into, seen.from_on)} – {date_in(into, seen.until_on)}"),
        (N_("State"), translate(rota_labels.TABLES["state"][seen.state], into)),
        (N_("Version"), str(seen.number or "–")),
        (N_("Open places"), str(seen.score.open)),
        *((N_("Sign"), line) for line in _legend(seen, into)),
    ]
    return made(actor, N_("Rota"), [N_("Person"), *heads, *counted], _grid(actor, seen, into), told, into)


def _told(actor: Actor, rows: pd.DataFrame, kind: Kind, into: str) -> pd.DataFrame:
    """Codes as words, names in the reader's language, minutes as hours."""
    frame = rows.copy()
    for name in ("duty", "post", "shift"):
        if into == "en" and f"{name}_en" in frame:
            frame[name] = [english or plain for english, plain in zip(frame[f"{name}_en"], frame[name], strict=True)]
    if "role" in frame:
        roles = office.labels_of(actor, list_name="duty_role", language=into)
        frame["role"] = [roles.get(code, code) for code in frame["role"]]
    if "minutes" in frame:
        frame["hours"] = [round(minutes / 60, 1) for minutes in frame["minutes"]]
    words = {Kind.ROTAS: rota_labels.TABLES["state"], Kind.SWAPS: duty_labels.TABLES["swap"]}.get(kind, {})
    if "state" in frame:
        frame["state"] = [translate(words.get(code, code), into) for code in frame["state"]]
    if "what" in frame:
        frame["what"] = [translate(WHAT[code], into) for code in frame["what"]]
    return frame


def _grid(actor: Actor, seen: RotaView, into: str) -> list[list[object]]:
    """One row for each person: the marks of the shifts or what keeps them away, then the counts."""
    roles = list(office.labels_of(actor, list_name="duty_role", language=into))
    held, away = _held(seen), _away(seen, into)
    counts = {int(row["member_id"]): row for row in seen.counts.to_dict("records")}
    rows: list[list[object]] = []
    for member in rows_of(seen, roles):
        member_id = int(member["id"])
        cells = [held.get((member_id, day)) or away.get((member_id, day), "") for day in _days(seen)]
        row: Mapping[Any, Any] = counts.get(member_id, {})
        beside = [row.get(PREFIX[counted] + measure) for counted in PREFIX for measure in MEASURES]
        rows.append([f"{member['name']}{' ○' if member['reserve'] else ''}", *cells, *beside])
    return rows


def _days(seen: RotaView) -> list[Any]:
    return days_between(seen.from_on, seen.until_on)


def _held(seen: RotaView) -> dict[tuple[int, Any], str]:
    """The marks of everybody's shifts by day; changed after publishing with a star, a broken rule with "!"."""
    signs, broken = post_signs(seen), {one.place_id for one in seen.breaks}
    found: dict[tuple[int, Any], str] = {}
    for place in sorted(seen.places.to_dict("records"), key=lambda row: row["begins_at"]):
        member_id = member_of(place)
        if member_id is None:
            continue
        shift = int(place["shift_id"])
        mark = seen.marks[shift] + signs.get(int(place["post_id"]), "")
        mark += CHANGED if seen.state == "published" and member_of(place, "published_id") != member_id else ""
        mark += "!" if place["id"] in broken else ""
        before = found.get((member_id, place["on_day"]))
        found[member_id, place["on_day"]] = f"{before} {mark}" if before else mark
    return found


def _away(seen: RotaView, into: str) -> dict[tuple[int, Any], str]:
    """Leave and wishes by day, what weighs most last and so on top."""
    rows = sorted(seen.absences.to_dict("records"), key=lambda row: -_AWAY.index(row["kind"]))
    return {
        (int(row["member_id"]), day): SIGNS[into][row["kind"]]
        for row in rows
        for day in days_between(max(row["from_on"], seen.from_on), min(row["until_on"], seen.until_on))
    }


def _legend(seen: RotaView, into: str) -> Iterator[str]:
    yield from (f"{seen.marks[shift]} {name}" for shift, name in seen.shifts.items())
    yield from (f"{sign} {seen.posts[post]}" for post, sign in post_signs(seen).items() if sign)
    kinds = set(seen.absences["kind"])
    yield from (
        f"{SIGNS[into][kind]} {translate(duty_labels.TABLES['absence'][kind], into)}" for kind in _AWAY if kind in kinds
    )
    if not seen.changes.empty:
        yield f"{CHANGED} {translate(N_('changed after publishing'), into)}"
    if seen.breaks:
        yield f"! {translate(N_('broken rule'), into)}"
