"""Posts, shifts and special periods of a duty: the table, a form to add one, a form to correct one."""

from collections.abc import Callable, Iterable, Mapping
from datetime import time
from typing import Any

import pandas as pd
import streamlit as st

from components.case_labels import code_labels
from components.duty_labels import Row, clock_time, is_missing, lasting, named, time_of
from components.forms import Form, press
from components.kept_forms import KeptForm
from components.tables import pick, table
from components.words import day, t
from db.rules.permissions import Actor
from db.services.duty import needs
from db.services.duty import posts as parts
from db.services.duty.describing import DutyView
from db.services.duty.rows import records

Acts = tuple[Callable[..., int], Callable[..., int], Callable[..., int], Callable[..., int]]
Fields = Callable[[Form, Row], None]


def keep(
    seen: DutyView, name: str, found: pd.DataFrame, names: Mapping[int, str], fields: Fields, acts: Acts, may: bool
) -> None:
    """Add a part, or choose one to correct, to retire or to put back. `acts`: add, edit, retire, restore."""
    if not may or not seen.active:
        return
    add, edit, retire, restore = acts
    with st.expander(t("Add"), icon=":material/add:", expanded=found.empty):
        form = KeptForm(f"{name}.add", record=seen.id, border=False)
        with form:
            fields(form, {})
            form.submit(t("Add"), add, duty_id=seen.id)
    chosen = pick(name, t("Correct or retire"), names) if names else None
    if chosen is None:
        return
    row = next(one for one in records(found) if one["id"] == chosen)
    which: dict[str, Any] = {f"{name}_id": int(row["id"])}
    version = int(row["version"])
    if not row["active"]:
        press(f"{name}.restore", t("Restore"), restore, record=chosen, version=version, **which)
        return
    form = KeptForm(f"{name}.edit", record=chosen, version=version)
    with form:
        fields(form, row)
        form.submit(t("Save"), edit, **which)
    press(f"{name}.retire", t("Retire"), retire, record=chosen, version=version, **which)


def in_use(found: pd.DataFrame, key: str, *, may: bool) -> pd.DataFrame:
    """The parts in use, and the retired ones when they are asked for."""
    retired = may and not found["active"].all() and st.toggle(t("Also retired ones"), key=f"retired:{key}")
    return found if retired else found[found["active"].astype(bool)].reset_index(drop=True)


def telling(found: pd.DataFrame, columns: Mapping[str, str], *always: str) -> dict[str, str]:
    """The columns to show: those named, and of the others those in which something stands."""
    said = {name for name in columns if any(not is_missing(cell) and cell not in ("", False) for cell in found[name])}
    retired = "active" in columns and not found["active"].all()
    shown = {*always, *said} - {"active"} | ({"active"} if retired else set())
    return {name: label for name, label in columns.items() if name in shown}


def used(active: Any) -> str:
    """Whether a part is in use, in a word."""
    return t("In use") if active else t("Retired")


def codes_of(actor: Actor, list_name: str, kept: Iterable[str]) -> dict[str, str]:
    """The codes of a list in use, and those that stand already though they were retired since."""
    every = code_labels(actor, list_name)
    return code_labels(actor, list_name, retired=False) | {code: every.get(code, code) for code in kept}


def stands(removed: Any) -> str:
    """Whether an entry stands, in a word."""
    return t("Taken back") if removed else t("Entered")


def take_back(name: str, found: pd.DataFrame, names: Mapping[int, str], acts: tuple[Callable[..., int], ...]) -> None:
    """Choose an entry to take back, or to put back when it was. `acts`: remove, restore."""
    chosen = pick(name, t("Take back or put back"), names) if names else None
    if chosen is None:
        return
    row = next(one for one in records(found) if one["id"] == chosen)
    remove, restore = acts
    act, said, icon = (restore, t("Restore"), ":material/undo:") if row["removed"] else (remove, t("Take back"), None)
    which: dict[str, Any] = {f"{name}_id": int(row["id"]), "version": int(row["version"])}
    press(act.__name__, said, act, record=chosen, icon=icon, **which)


# --- posts ---


def show_posts(seen: DutyView) -> None:
    """The places that are manned."""
    found = in_use(seen.posts, "post", may=seen.may_manage)
    if found.empty:
        st.info(t("No post yet. A post is a place that is manned: the centre, a booth, a school gate."))
    else:
        told = found.assign(named=[named(row) for row in records(found)])
        columns = {"named": t("Post"), "place": t("Where"), "active": t("State")}
        table(told, telling(told, columns, "named"), shows={"active": used})
    acts = (parts.add_post, parts.edit_post, parts.retire_post, parts.restore_post)
    keep(seen, "post", found, names_of(found), _post_fields, acts, seen.may_manage)


def _post_fields(form: Form, row: Row) -> None:
    left, right = st.columns(2)
    with left:
        form.text("name", t("Name"), row.get("name", ""))
        form.text("place", t("Where (optional)"), row.get("place", ""))
    with right:
        form.text("name_en", t("Name in English (optional)"), row.get("name_en", ""))
        form.number("position", t("Place in the list"), int(row.get("position", 0)), min_value=0)


# --- shifts ---


def show_shifts(seen: DutyView) -> None:
    """The kinds of shift."""
    found = in_use(seen.shifts, "shift", may=seen.may_manage)
    if found.empty:
        st.info(t("No shift yet. A shift begins at a time of day and lasts at most 24 hours."))
    else:
        rows = records(found)
        told = found.assign(named=[named(row) for row in rows], mark=[named(row, "mark") for row in rows])
        columns = {"named": t("Shift"), "mark": t("Mark"), "begins": t("Begins"), "minutes": t("Lasts")}
        columns |= {"rest_after": t("Rest after"), "night": t("Night"), "active": t("State")}
        shows = {"begins": clock_time, "minutes": lasting, "rest_after": lasting, "night": _yes, "active": used}
        table(told, telling(told, columns, "named", "begins", "minutes"), shows=shows)
    acts = (timed(parts.add_shift), timed(parts.edit_shift), parts.retire_shift, parts.restore_shift)
    keep(seen, "shift", found, names_of(found), _shift_fields, acts, seen.may_manage)


def _shift_fields(form: Form, row: Row) -> None:
    left, right = st.columns(2)
    with left:
        form.text("name", t("Name"), row.get("name", ""))
        form.time("begins", t("Begins at"), time_of(int(row["begins"])) if row else None)
        form.number("minutes", t("Lasts (minutes)"), int(row["minutes"]) if row else None, min_value=1)
        form.number("rest_after", t("Rest after it (minutes)"), int(row.get("rest_after", 0)), min_value=0)
    with right:
        form.text("name_en", t("Name in English (optional)"), row.get("name_en", ""))
        marks = st.columns(2)
        with marks[0]:
            form.text("mark", t("Mark in the grid (1 or 2 signs)"), row.get("mark", ""))
        with marks[1]:
            form.text("mark_en", t("Mark in English (optional)"), row.get("mark_en", ""))
        form.number("position", t("Place in the list"), int(row.get("position", 0)), min_value=0)
        form.tick("night", t("Counts as a night"), bool(row.get("night", False)))


def timed(act: Callable[..., int]) -> Callable[..., int]:
    """The act with a time of day where the service counts minutes from midnight."""

    def acted(actor: Actor, *, begins: time | None, **values: Any) -> int:
        minutes = None if begins is None else begins.hour * 60 + begins.minute
        return act(actor, begins=minutes, **values)

    acted.__name__ = act.__name__
    return acted


# --- special periods ---


def show_periods(seen: DutyView) -> None:
    """Special duty periods, whose needs come on top."""
    found = in_use(seen.periods, "period", may=seen.may_manage)
    if found.empty:
        st.info(t("No special period. When one is ordered, enter it here, then its needs: they come on top."))
    else:
        columns = {"name": t("Name"), "from_on": t("From"), "until_on": t("Until"), "reserves": t("Reserves called in")}
        shows = {"from_on": day, "until_on": day, "reserves": _yes, "active": used}
        columns |= {"active": t("State")}
        told = found.assign(name=[named(row) for row in records(found)])
        table(told, telling(told, columns, "name", "from_on", "until_on", "reserves"), shows=shows)
    acts = (needs.add_period, needs.edit_period, needs.retire_period, needs.restore_period)
    keep(seen, "period", found, names_of(found), _period_fields, acts, seen.may_manage)


def _period_fields(form: Form, row: Row) -> None:
    left, right = st.columns(2)
    with left:
        form.text("name", t("Name"), row.get("name", ""))
        form.text("name_en", t("Name in English (optional)"), row.get("name_en", ""))
        form.tick("reserves", t("Reserves may be called in"), bool(row.get("reserves", True)))
    with right:
        form.day("from_on", t("From"), row.get("from_on"))
        form.day("until_on", t("Until"), row.get("until_on"))


def names_of(found: pd.DataFrame) -> dict[int, str]:
    """Parts to choose from: id to name in the person's language."""
    return {int(row["id"]): named(row) for row in records(found)}


def _yes(value: Any) -> str:
    return t("Yes") if value else "–"
