"""What a duty, its posts, shifts, needs and special periods must say, and what to look at before a rota is made."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from db.rules.duty.words import Days, OnHoliday
from db.rules.intake import LONGEST_LINE, UNFIT
from db.rules.problems import N_, Check, Named, Problem
from db.rules.text import is_fit_line

DAY = 24 * 60
WEEK = 7 * DAY
# Sanity only: people of one role in one shift, days or weekends of one rule, places of one list.
MOST_COUNT, MOST_DAYS, MOST_POSITION = 50, 366, 9999
MOST_NAME, MOST_MARK = 60, 4
NO_CHOICE = N_("This is not one of the choices.")
WHOLE = N_("Give a whole number from {least} to {most}.")
WRONG_ORDER = N_("The last day can't be before the first.")
TWICE = N_("{post} asks for this role twice at the same time: {shift} and {other}.")
# Days that can't be another kind of these as well.
_APART = {Days.WORKING, Days.REST, Days.HOLIDAY}


@dataclass(frozen=True)
class Demand:
    """A need with the times of its shift, as far as it may get into the way of another."""

    post_id: int
    post: Named
    role: str
    shift: Named
    begins: int
    minutes: int
    days: str
    team: str = ""
    unit_id: int | None = None
    weekday: int | None = None
    period_id: int | None = None
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True)
class Asked:
    """What a need asks of the people: how many of a role at once, of them with a skill; `special` in periods only.

    `units` are those all of them must be of, a unit and those below it, called `unit`.
    """

    role: str
    count: int
    skill: str = ""
    skill_least: int = 0
    special: bool = False
    team: str = ""
    unit: Named | None = None
    units: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Serves:
    """What a member in use brings along."""

    roles: frozenset[str]
    skills: frozenset[str] = frozenset()
    reserve: bool = False
    team: str = ""
    unit_id: int | None = None


# --- what is written down ---


def check_duty(check: Check, *, name: str, name_en: str, source: str, source_en: str, **rules: int | None) -> None:
    """A name, a rest of at most a week in minutes, and limits that make sense together."""
    check_line(check, "name", name, most=MOST_NAME, needed=True)
    check_line(check, "name_en", name_en)
    check_line(check, "source", source)
    check_line(check, "source_en", source_en)
    check_whole(check, "least_rest", rules["least_rest"], 0, WEEK)
    for field in ("most_days_running", "most_nights_running", "most_weekends"):
        check_whole(check, field, rules[field], 1, MOST_DAYS, optional=True)
    days, most = rules["window_days"], rules["window_most"]
    both = (days is None) == (most is None)
    check.that(both or days is not None, "window_days", "Give the days this number is counted in.")
    check.that(both or most is not None, "window_most", "Give how many of these days at most.")
    if check_whole(check, "window_days", days, 2, MOST_DAYS, optional=True) and days is not None:
        check_whole(check, "window_most", most, 1, days, optional=True)


def check_post(check: Check, *, name: str, name_en: str, place: str, position: int | None) -> None:
    """A name, and where it is."""
    check_line(check, "name", name, most=MOST_NAME, needed=True)
    check_line(check, "name_en", name_en)
    check_line(check, "place", place)
    check_whole(check, "position", position, 0, MOST_POSITION)


def check_shift(
    check: Check,
    *,
    name: str,
    name_en: str,
    mark: str,
    mark_en: str,
    begins: int | None,
    minutes: int | None,
    rest_after: int | None,
    position: int | None,
) -> None:
    """A name, a mark for the grid, a beginning within the day and a length of at most 24 hours."""
    check_line(check, "name", name, most=MOST_NAME, needed=True)
    check_line(check, "name_en", name_en)
    check_line(check, "mark", mark, most=MOST_MARK)
    check_line(check, "mark_en", mark_en, most=MOST_MARK)
    check.that(_is_whole(begins, 0, DAY - 1), "begins", "Give the time of day it begins.")
    check.that(_is_whole(minutes, 1, DAY), "minutes", "A shift lasts longer than nothing and at most 24 hours.")
    check_whole(check, "rest_after", rest_after, 0, WEEK)
    check_whole(check, "position", position, 0, MOST_POSITION)


def check_need(
    check: Check,
    *,
    role: str | None,
    roles: Collection[str],
    count: int | None,
    days: str,
    weekday: int | None,
    on_holiday: str,
    skill: str,
    skills: Collection[str],
    skill_least: int | None,
    team: str,
    period_id: int | None,
    from_on: date | None,
    until_on: date | None,
) -> None:
    """A known role, 0 to 50 people, and days that can be told from a calendar."""
    check.that(role in roles, "role", "Choose a role.")
    counted = check_whole(check, "count", count, 0, MOST_COUNT)
    check.that(days in tuple(Days), "days", NO_CHOICE)
    check.that(days != Days.WEEKDAY or _is_whole(weekday, 0, 6), "weekday", "Choose the day of the week.")
    check.that(on_holiday in tuple(OnHoliday), "on_holiday", NO_CHOICE)
    check.that(days != Days.SPECIAL or period_id is not None, "period_id", "Choose the special duty period.")
    check.that(not skill or skill in skills, "skill", NO_CHOICE)
    if skill and counted and count is not None:
        check_whole(check, "skill_least", skill_least, 1, max(count, 1))
    check_line(check, "team", team, most=MOST_NAME)
    check_days(check, from_on, until_on)


def check_period(check: Check, *, name: str, name_en: str, from_on: date | None, until_on: date | None) -> None:
    """A name and both its days, in their order."""
    check_line(check, "name", name, most=MOST_NAME, needed=True)
    check_line(check, "name_en", name_en)
    check.that(from_on is not None, "from_on", "Choose the day.")
    check.that(until_on is not None, "until_on", "Choose the day.")
    check_days(check, from_on, until_on)


def check_line(check: Check, field: str, line: str, *, most: int = LONGEST_LINE, needed: bool = False) -> None:
    """One line of text that may be kept, and is there when needed."""
    length = len(line.strip())
    if needed:
        check.that(1 <= length <= most, field, "Give a name of at most {most} characters.", most=most)
    else:
        check.that(length <= most, field, "At most {most} characters.", most=most)
    check.that(is_fit_line(line), field, UNFIT)


def check_whole(check: Check, field: str, number: int | None, least: int, most: int, *, optional: bool = False) -> bool:
    """A whole number from `least` to `most`, or none where it is optional."""
    fine = (optional and number is None) or _is_whole(number, least, most)
    return check.that(fine, field, WHOLE, least=least, most=most)


def check_days(check: Check, from_on: date | None, until_on: date | None, field: str = "until_on") -> bool:
    """Two days in their order, where both are known."""
    return check.that(from_on is None or until_on is None or from_on <= until_on, field, WRONG_ORDER)


def _is_whole(number: int | None, least: int, most: int) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and least <= number <= most


# --- what gets into the way of what ---


def check_apart(check: Check, field: str, new: Demand, others: Iterable[Demand]) -> None:
    """No post asks the same people twice at one time; a special period's needs come on top of the others."""
    other = next((one for one in others if clashes(new, one)), None)
    if other is not None:
        check.that(False, field, TWICE, post=new.post, shift=new.shift, other=other.shift)


def clashes(one: Demand, other: Demand) -> bool:
    """Whether both ask their post for the same role of the same team and unit at one time, across midnight too."""
    if any(getattr(one, name) != getattr(other, name) for name in ("post_id", "role", "team", "unit_id")):
        return False
    return any(_overlap(one, other, later) and _may_meet(one, other, later) for later in (-1, 0, 1))


def _overlap(one: Demand, other: Demand, later: int) -> bool:
    """Whether the times overlap when the other's day is so many days later."""
    begins = other.begins + later * DAY
    return one.begins < begins + other.minutes and begins < one.begins + one.minutes


def _may_meet(one: Demand, other: Demand, later: int) -> bool:
    """Whether some day of the one has, so many days later, a day of the other."""
    if (one.days == Days.SPECIAL) != (other.days == Days.SPECIAL):
        return False
    if one.days == Days.SPECIAL and one.period_id != other.period_id:
        return False
    if one.weekday is not None and other.weekday is not None:
        fits = (one.weekday + later) % 7 == other.weekday
    else:
        fits = later != 0 or one.days == other.days or not {one.days, other.days} <= _APART
    return fits and _within(one, other) and _within(other, one)


def _within(one: Demand, other: Demand) -> bool:
    """Whether the one's days begin before the other's end."""
    return one.from_on is None or other.until_on is None or one.from_on <= other.until_on


# --- what to look at ---


def warnings(posts: Mapping[str, int], asked: Sequence[Asked], serving: Sequence[Serves]) -> tuple[Problem, ...]:
    """What can never be filled, or needs nobody. `posts`: needs in use by post; values of "role" and "skill" are codes.

    Reserves count only for what a special period needs.
    """
    found = [] if posts else [Problem("posts", N_("No post is described yet."))]
    found += [Problem("needs", N_("{post} needs nobody yet."), {"post": p}) for p, n in posts.items() if not n]
    for role in dict.fromkeys(one.role for one in asked if one.count):
        mine = [one for one in asked if one.role == role]
        found += [problem for special in (False, True) for problem in _short(role, special, mine, serving)]
    return tuple(problem for place, problem in enumerate(found) if problem not in found[:place])


def _short(role: str, special: bool, asked: Sequence[Asked], serving: Sequence[Serves]) -> list[Problem]:
    """What a role lacks at once, in ordinary days or in special periods."""
    mine = [one for one in asked if one.special == special]
    have = [one for one in serving if role in one.roles and (special or not one.reserve)]
    most = max((one.count for one in mine), default=0)
    if not most:
        return []
    if not have:
        return [Problem("role", N_("{role}: nobody of this duty has this role."), {"role": role})]
    values: dict[str, object] = {"role": role, "count": most, "have": len(have)}
    found = []
    if len(have) < most:
        found.append(Problem("role", N_("{role}: {count} are needed at once, {have} serve."), values))
    for one in mine:
        skilled = sum(one.skill in each.skills for each in have)
        if one.skill and skilled < one.skill_least:
            told = {"role": role, "skill": one.skill, "count": one.skill_least, "have": skilled}
            found.append(Problem("skill", N_("{role}: {count} with {skill} are needed at once, {have} serve."), told))
        found += _short_of_kin(role, one, have)
    return found


def _short_of_kin(role: str, asked: Asked, have: Sequence[Serves]) -> list[Problem]:
    """What the team and the unit a need asks for lack at once."""
    found = []
    values = {"role": role, "count": asked.count}
    kin = sum(each.team == asked.team for each in have)
    if asked.team and kin < asked.count:
        told = values | {"team": asked.team, "have": kin}
        found.append(Problem("team", N_("{role}: {count} of the team {team} are needed at once, {have} serve."), told))
    kin = sum(each.unit_id in asked.units for each in have)
    if asked.unit is not None and kin < asked.count:
        told = values | {"unit": asked.unit, "have": kin}
        found.append(Problem("unit_id", N_("{role}: {count} of {unit} are needed at once, {have} serve."), told))
    return found
