"""The grid of a rota as texts and colours: people by days, with leave, days off, marks of shifts and broken rules."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from components.rota_labels import label
from components.words import language, number, t
from db.engine import current
from db.rules.duty.counts import MEASURES
from db.services.duty.rotas import RotaView
from db.services.duty.rows import records

Colours = Mapping[str, str]
NAME = "name"
SUPERSCRIPTS = "¹²³⁴⁵⁶⁷⁸⁹"
SIGNS: Mapping[str, Mapping[str, str]] = {
    "zh": {"leave": "假", "unavailable": "✕", "holiday": "休", "make_up": "班", "avoid": "−", "want": "+"},
    "en": {"leave": "L", "unavailable": "✕", "holiday": "H", "make_up": "W", "avoid": "−", "want": "+"},
}
SPECIAL = "★"
BOLD = "; font-weight: 700"
# The numbers of the days stand again below so many people, unless only a few are left.
REPEATED, LAST_FEW = 12, 4
PREFIX = {"period": "", "ever": "ever_", "over": "over_"}
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Sheet:
    """What is drawn: texts and styles of the same shape; whose each row is, None for rows that are nobody's."""

    texts: pd.DataFrame
    styles: Mapping[str, Sequence[str]]
    members: tuple[int | None, ...]
    days: tuple[date, ...]


def sheet_of(
    seen: RotaView, days: Sequence[date], counted: str, *, roles: Sequence[str], colours: Colours, me: int | None = None
) -> Sheet:
    """The grid of these days; `counted` says which counts stand beside it, `me` whose name is set in bold."""
    build = _Build(seen, days, colours)
    build.numbers_row()
    build.calendar_row()
    build.open_row()
    people = rows_of(seen, roles)
    for n, member in enumerate(people):
        if n and n % REPEATED == 0 and len(people) > REPEATED + LAST_FEW:
            build.numbers_row()
        build.member_row(member, counted, own=me is not None and member["person_id"] == me)
    return build.sheet()


def rows_of(seen: RotaView, roles: Sequence[str]) -> list[dict[str, Any]]:
    """Who is shown, in the order of the roles, reserves last; who has left only while a place stands to the name."""
    used = {member_of(place) for place in seen.rows}
    people = [row for row in seen.people if row["active"] or row["id"] in used]

    def order(row: dict[str, Any]) -> tuple[bool, int]:
        known = [roles.index(role) for role in row["roles"] if role in roles]
        return bool(row["reserve"]), min(known, default=len(roles))

    return sorted(people, key=order)


def in_order(places: Iterable[dict[str, Any]], roles: Sequence[str]) -> list[dict[str, Any]]:
    """Places in the order of days, posts, shifts and roles."""
    ranks = {role: rank for rank, role in enumerate(roles)}
    return sorted(places, key=lambda row: (row["on_day"], row["begins_at"], row["post_id"], ranks.get(row["role"], 99)))


def by_day(places: Iterable[dict[str, Any]]) -> Mapping[date, list[dict[str, Any]]]:
    """Places by their day, nothing for a day without any."""
    found: dict[date, list[dict[str, Any]]] = defaultdict(list)
    for place in places:
        found[place["on_day"]].append(place)
    return found


def post_signs(seen: RotaView) -> dict[int, str]:
    """The small number of each post, none when there is only one."""
    used = {place["post_id"] for place in seen.rows}
    posts = [post for post in seen.posts if post in used]
    if len(posts) < 2:
        return dict.fromkeys(posts, "")
    return {post: SUPERSCRIPTS[place] if place < len(SUPERSCRIPTS) else "" for place, post in enumerate(posts)}


class _Build:
    """Rows gathered one by one; every text has its style beside it."""

    def __init__(self, seen: RotaView, days: Sequence[date], colours: Colours) -> None:
        self.seen, self.days, self.colours = seen, tuple(days), colours
        self.facts = seen.facts
        self.ground = {day: self._ground(self.facts.get(day, {})) for day in days}
        self.signs = post_signs(seen)
        self.overnight = overnight(seen)
        self.broken = {broken.place_id for broken in seen.breaks}
        self.places = _by_member_and_day(seen.rows)
        self.away = _by_member_and_absent_day(seen.absences)
        self.words = SIGNS[language()]
        self.texts: list[dict[str, str]] = []
        self.styles: list[dict[str, str]] = []
        self.members: list[int | None] = []

    def row(
        self,
        member_id: int | None,
        name: str,
        texts: Mapping[date, str],
        styles: Mapping[date, str],
        sums: Mapping[str, tuple[str, str]] | None = None,
        *,
        own: bool = False,
    ) -> None:
        """Add one row."""
        beside = sums or dict.fromkeys(MEASURES, ("", ""))
        self.members.append(member_id)
        self.texts.append(
            {NAME: name}
            | {day.isoformat(): texts.get(day, "") for day in self.days}
            | {measure: text for measure, (text, _) in beside.items()}
        )
        self.styles.append(
            {NAME: f"color: {self.colours['text' if member_id else 'grayText']}{BOLD if own else ''}"}
            | {day.isoformat(): styles.get(day, "") for day in self.days}
            | {measure: style for measure, (_, style) in beside.items()}
        )

    def numbers_row(self) -> None:
        """The days of the month."""
        numbers = {day: f"{ground}{BOLD}" for day, ground in self.ground.items()}
        self.row(None, "", {day: str(day.day) for day in self.days}, numbers)

    def calendar_row(self) -> None:
        """Holidays, make-up days and special periods, when there are any."""
        texts: dict[date, str] = {}
        for day in self.days:
            fact = self.facts.get(day, {})
            texts[day] = self.words.get(fact.get("kind", "")) or (SPECIAL if fact.get("period") else "")
        if any(texts.values()):
            special = {day: self._paint("violet") for day, text in texts.items() if text == SPECIAL}
            self.row(None, t("Calendar"), texts, self.ground | special)

    def open_row(self) -> None:
        """How many places of each day are open, when any are."""
        gaps = Counter(place["on_day"] for place in self.seen.rows if member_of(place) is None)
        if gaps:
            texts = {day: str(gaps[day]) for day in self.days if gaps[day]}
            self.row(None, t("Unfilled"), texts, self.ground | dict.fromkeys(texts, self._paint("red", bold=True)))

    def member_row(self, member: Mapping[str, Any], counted: str, *, own: bool) -> None:
        """One person: where they serve, when they can't, and their counts."""
        texts: dict[date, str] = {}
        styles: dict[date, str] = {}
        for day in self.days:
            texts[day], styles[day] = self._cell(int(member["id"]), day)
        name = str(member["name"]) + (" ○" if member["reserve"] else "")
        self.row(int(member["id"]), name, texts, styles, self._sums(int(member["id"]), counted), own=own)

    def sheet(self) -> Sheet:
        """All rows."""
        names = (NAME, *(day.isoformat() for day in self.days), *MEASURES)
        texts, styles = ({name: [row[name] for row in rows] for name in names} for rows in (self.texts, self.styles))
        return Sheet(pd.DataFrame(texts), styles, tuple(self.members), self.days)

    def _cell(self, member_id: int, day: date) -> tuple[str, str]:
        kinds = self.away.get((member_id, day), set())
        if held := self.places.get((member_id, day)):
            return self._held(held)
        if away := next((kind for kind in ("leave", "unavailable") if kind in kinds), ""):
            return self.words[away], self._paint("yellow")
        wish = next((self.words[kind] for kind in ("avoid", "want") if kind in kinds), "")
        return wish, self.ground[day] + (f"; color: {self.colours['grayText']}" if wish else "")

    def _held(self, held: list[dict[str, Any]]) -> tuple[str, str]:
        first = held[0]
        mark = self.seen.marks[int(first["shift_id"])]
        if any(place["id"] in self.broken for place in held):
            return f"{mark}!", self._paint("red", bold=True)
        text = f"{mark}+" if len(held) > 1 else mark + self.signs.get(int(first["post_id"]), "")
        published = self.seen.state == "published"
        if published and any(member_of(place, "published_id") != member_of(place) for place in held):
            return text, self._paint("violet", bold=True)
        return text, self._paint("blue" if int(first["shift_id"]) in self.overnight else "green")

    def _sums(self, member_id: int, counted: str) -> dict[str, tuple[str, str]]:
        row = self.seen.standing.get(member_id)
        if row is None:
            return dict.fromkeys(MEASURES, ("", ""))
        values = {measure: row[PREFIX[counted] + measure] for measure in MEASURES}
        if counted != "over":
            return {measure: (number(int(value)), "") for measure, value in values.items()}
        return {measure: (signed(value), self._lean(value)) for measure, value in values.items()}

    def _lean(self, value: float) -> str:
        if abs(value) < 1:
            return ""
        return self._paint("orange" if value > 0 else "blue")

    def _ground(self, fact: Mapping[Any, Any]) -> str:
        if fact.get("kind") == "holiday":
            return self._paint("orange")
        if fact.get("kind") == "rest":
            return f"background-color: {self.colours['grayBackground']}"
        return ""

    def _paint(self, colour: str, *, bold: bool = False) -> str:
        weight = BOLD if bold else ""
        ground, ink = self.colours[f"{colour}Background"], self.colours[f"{colour}Text"]
        return f"background-color: {ground}; color: {ink}{weight}"


def overnight(seen: RotaView) -> set[int]:
    """Shifts that last over midnight without lasting a whole day: they are painted like nights."""
    zone = ZoneInfo(current().settings.timezone)
    return {
        shift_id
        for shift_id, place in {int(place["shift_id"]): place for place in seen.rows}.items()
        if place["ends_at"].astimezone(zone).date() > place["on_day"] and place["ends_at"] - place["begins_at"] < _DAY
    }


def sign(code: object) -> str:
    """What stands in a cell for a kind of absence, wish or day; nothing for a plain day."""
    return SIGNS[language()].get(str(code), "")


def measures() -> list[str]:
    """What the heads of the counts stand for."""
    return [f"{label('short', one)} {label('measure', one)}" for one in MEASURES]


def signed(value: float) -> str:
    """+1.5, −0.5, 0."""
    rounded = round(float(value), 1)
    return f"+{number(rounded)}" if rounded > 0 else f"−{number(-rounded)}" if rounded < 0 else "0"


def member_of(place: Mapping[Any, Any], column: str = "member_id") -> int | None:
    """Who serves on a place (or was published on it); None when it is open."""
    found = place[column]
    return None if found is None or pd.isna(found) else int(found)


def _by_member_and_day(places: Iterable[dict[str, Any]]) -> dict[tuple[int, date], list[dict[str, Any]]]:
    found: dict[tuple[int, date], list[dict[str, Any]]] = defaultdict(list)
    for place in sorted(places, key=lambda one: one["begins_at"]):
        if (member_id := member_of(place)) is not None:
            found[member_id, place["on_day"]].append(place)
    return found


def _by_member_and_absent_day(absences: pd.DataFrame) -> dict[tuple[int, date], set[str]]:
    found: dict[tuple[int, date], set[str]] = defaultdict(set)
    for row in records(absences):
        for n in range((row["until_on"] - row["from_on"]).days + 1):
            found[int(row["member_id"]), row["from_on"] + n * _DAY].add(str(row["kind"]))
    return found
