"""What a duty needs: how many of which role at a post, in a shift, on which days."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from components.case_labels import code_labels
from components.duty_labels import Row, label, labels, number_or_none, weekdays
from components.duty_parts import codes_of, in_use, keep, names_of, telling, used
from components.forms import Form
from components.tables import table, unit_names
from components.words import day, t
from db.rules.permissions import Actor
from db.services.duty import members, needs
from db.services.duty.describing import DutyView
from db.services.duty.rows import records
from db.services.units import units as every_unit


def show(actor: Actor, seen: DutyView) -> None:
    """The needs in a table; for who describes duties their forms."""
    found = in_use(seen.needs, "need", may=seen.may_manage)
    roles, skills = code_labels(actor, "duty_role"), code_labels(actor, "duty_skill")
    posts, shifts = names_of(seen.posts), names_of(seen.shifts)
    units = {one: name.strip("　") for one, name in unit_names(every_unit(actor, retired=True)).items()}
    if found.empty:
        st.info(t("No need yet. Say for each post and shift how many of which role, and on which days."))
    else:
        told = found.assign(
            post=[posts.get(int(one), "") for one in found["post_id"]],
            shift=[shifts.get(int(one), "") for one in found["shift_id"]],
            on=[days_of(seen, row) for row in records(found)],
            skilled=[_skilled(row, skills) for row in records(found)],
            unit=[units.get(number_or_none(one) or 0, "") for one in found["unit_id"]],
        )
        columns = {"post": t("Post"), "shift": t("Shift"), "role": t("Role"), "count": t("How many"), "on": t("Days")}
        columns |= {
            "team": t("Team"),
            "unit": t("Unit"),
            "skilled": t("Of them with"),
            "from_on": t("From"),
            "until_on": t("Until"),
            "active": t("State"),
        }
        shows: dict[str, Callable[[Any], object]] = {"role": lambda code: roles.get(code, code), "active": used}
        shows |= {"from_on": day, "until_on": day}
        table(told, telling(told, columns, "post", "shift", "role", "count", "on"), shows=shows)
    if seen.posts.empty or seen.shifts.empty:
        st.caption(t("Enter a post and a shift first."))
        return
    names = {
        int(row["id"]): f"{posts.get(row['post_id'], '')} · {shifts.get(row['shift_id'], '')} · "
        f"{_whom(row, roles, units)} · {days_of(seen, row)}"
        for row in records(found)
    }
    acts = (needs.add_need, needs.edit_need, needs.retire_need, needs.restore_need)
    keep(seen, "need", found, names, lambda form, row: _fields(actor, seen, form, row), acts, seen.may_manage)


def days_of(seen: DutyView, row: Row) -> str:
    """On which days a need stands, in words."""
    if row["days"] == "weekday":
        return f"{label('weekday', number_or_none(row['weekday']))}, {label('on_holiday', row['on_holiday'])}"
    if row["days"] == "special":
        return names_of(seen.periods).get(number_or_none(row["period_id"]) or 0, label("days", "special"))
    return label("days", row["days"])


def _whom(row: Row, roles: Mapping[str, str], units: Mapping[int, str]) -> str:
    """Staff, team 1, East village."""
    told = (roles.get(row["role"], row["role"]), row["team"], units.get(row["unit_id"] or 0, ""))
    return t(", ").join(one for one in told if one)


def _manned(found: pd.DataFrame, roles: dict[str, str]) -> dict[str, str]:
    """The roles, said of those nobody serving here has."""
    have = {code for codes in found["roles"] for code in codes}
    return {code: said if code in have else t("{role} (nobody yet)", role=said) for code, said in roles.items()}


def _skilled(row: Row, skills: dict[str, str]) -> str:
    return f"{row['skill_least']} × {skills.get(row['skill'], row['skill'])}" if row["skill"] else ""


def _fields(actor: Actor, seen: DutyView, form: Form, row: Row) -> None:
    kept: dict[str, Any] = dict(row)
    posts = names_of(seen.posts[seen.posts["active"].astype(bool) | (seen.posts["id"] == kept.get("post_id"))])
    shifts = names_of(seen.shifts[seen.shifts["active"].astype(bool) | (seen.shifts["id"] == kept.get("shift_id"))])
    periods = {None: t("None of them")} | names_of(seen.periods[seen.periods["active"].astype(bool)])
    asked = {name: [kept[name]] if kept.get(name) else [] for name in ("role", "skill")}
    serving = members.members(actor, duty_id=seen.id)
    roles = _manned(serving, codes_of(actor, "duty_role", asked["role"]))
    teams = [*serving["team"], kept.get("team", "")]
    units = {None: t("Any unit")} | unit_names(every_unit(actor))
    skills = {"": t("None in particular")} | codes_of(actor, "duty_skill", asked["skill"])
    left, right = st.columns(2)
    with left:
        form.choose("post_id", t("Post"), posts, kept.get("post_id"))
        form.choose("shift_id", t("Shift"), shifts, kept.get("shift_id"))
        form.choose("role", t("Role"), roles, kept.get("role"))
        form.number("count", t("How many"), int(kept.get("count", 1)), min_value=0)
        form.choose("skill", t("Skill (optional)"), skills, kept.get("skill", ""))
        form.number("skill_least", t("How many with this skill"), int(kept.get("skill_least", 0)), min_value=0)
        if any(teams):
            names = {"": t("Any team")} | {team: team for team in sorted(teams) if team}
            form.choose("team", t("Only of this team"), names, kept.get("team", ""))
        form.choose("unit_id", t("Only of this unit"), units, number_or_none(kept.get("unit_id")))
    with right:
        form.choose("days", t("Days"), labels("days"), kept.get("days", "every"))
        form.choose("weekday", t("Day of the week, for a weekly need"), weekdays(), number_or_none(kept.get("weekday")))
        form.choose("on_holiday", t("When that day is a holiday"), labels("on_holiday"), kept.get("on_holiday", "keep"))
        period_id = number_or_none(kept.get("period_id"))
        form.choose("period_id", t("Special period, for a need on top"), periods, period_id)
        form.day("from_on", t("In force from (optional)"), kept.get("from_on"))
        form.day("until_on", t("In force until (optional)"), kept.get("until_on"))
