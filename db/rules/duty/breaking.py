"""Which hard rules a rota breaks, each by its name and in a sentence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from db.rules.duty.needs import Cover, Period
from db.rules.problems import Problem


class Rule(StrEnum):
    """The hard rules by name. Maximum and weekends count by calendar month, wherever a rota begins or ends."""

    ROLE = "role"
    POST = "post"
    TERM = "term"
    LEAVE = "leave"
    UNAVAILABLE = "unavailable"
    TWICE = "twice"
    REST = "rest"
    DAYS_RUNNING = "days_running"
    NIGHTS_RUNNING = "nights_running"
    WINDOW = "window"
    WEEKENDS = "weekends"
    MOST = "most"
    PAIR = "pair"
    SKILL = "skill"
    RESERVE = "reserve"


@dataclass(frozen=True)
class Limits:
    """The numbers of a duty; None or 0 means no such rule. Rest is in minutes."""

    least_rest: int = 0
    most_days_running: int | None = None
    most_nights_running: int | None = None
    window_days: int | None = None
    window_most: int | None = None
    most_weekends: int | None = None


@dataclass(frozen=True)
class Member:
    """Who serves. No posts means every post; `most` is the most places in a calendar month."""

    id: int
    name: str
    roles: tuple[str, ...] = ()
    posts: frozenset[int] = frozenset()
    skills: frozenset[str] = frozenset()
    team: str = ""
    share: int = 100
    reserve: bool = False
    most: int | None = None
    from_on: date | None = None
    until_on: date | None = None
    active: bool = True


@dataclass(frozen=True)
class Away:
    """Days a member can't serve; only in one shift when `shift_id` is given."""

    member_id: int
    from_on: date
    until_on: date
    kind: str
    shift_id: int | None = None


@dataclass(frozen=True)
class Place:
    """A place of the rota (`own`), or one published before or after it. `elsewhere` is one of another duty of the
    same person: only its time and the rest after it count. `rest_after` is in minutes."""

    id: int
    on_day: date
    post_id: int
    shift_id: int
    role: str
    begins_at: datetime
    ends_at: datetime
    rest_after: int = 0
    night: bool = False
    member_id: int | None = None
    own: bool = True
    elsewhere: bool = False


@dataclass(frozen=True)
class Ground:
    """What places are judged by; `apart` are pairs who must not serve together."""

    limits: Limits = field(default_factory=Limits)
    members: Mapping[int, Member] = field(default_factory=dict)
    aways: Sequence[Away] = ()
    apart: Sequence[tuple[int, int]] = ()
    periods: Sequence[Period] = ()
    covers: Sequence[Cover] = ()


@dataclass(frozen=True)
class Break:
    """One broken rule at one place: shown there by name (`rule`) and as a sentence (`problem`)."""

    rule: Rule
    place_id: int
    member_id: int
    on_day: date
    problem: Problem


def breaks_of(places: Iterable[Place], ground: Ground) -> tuple[Break, ...]:
    """Every broken rule of the rota, in the order of days; one at each place and rule."""
    raise NotImplementedError


def new_breaks(places: Iterable[Place], changes: Mapping[int, int | None], ground: Ground) -> tuple[Break, ...]:
    """The rules that would be broken if these places (id to member, None leaves open) changed hands, and aren't now."""
    raise NotImplementedError
