"""Points entered by an assessor: the grid of a sheet for the meeting, single entries with evidence, sheets finished."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from components.forms import press
from components.grids import edit_grid
from components.kept_forms import KeptForm
from components.score_address import DRAFT, ENTERING
from components.score_labels import label, labels, named
from components.tables import pick
from components.words import day, t
from db import clock
from db.engine import current
from db.rules.permissions import Actor, Permission
from db.rules.scoring.entries import entered
from db.services.duty.rows import records
from db.services.records import Saved
from db.services.scoring import entries, grids, scope, sheets
from db.services.scoring.ledger import period_of
from db.services.scoring.sheets import Sheets

Told = Mapping[str, Any]
OWN_UNIT = scope.OWN_UNIT
ENTER = Permission.SCORES_ENTER
GRID = ("points", "not_applicable", "reason", "on_day")


def grid(seen: Sheets, period: str) -> None:
    """Every base item nobody computes, to be filled in row by row; a row with nothing typed is left alone."""
    rows = _rows(seen, period)
    if not rows:
        return
    frame = pd.DataFrame(rows).set_index("key")
    config = st.column_config
    columns = {
        "item": config.TextColumn(t("Item"), width=250, pinned=True),
        "points": config.TextColumn(
            t("Points"), width=90, help=t("Given, or taken off where the item begins full; at most two decimals.")
        ),
        "most": config.TextColumn(t("Of"), width=60),
        "not_applicable": config.CheckboxColumn(t("Does not apply"), width=110),
        "reason": config.TextColumn(t("Reason"), width=230),
        "on_day": config.DateColumn(t("Day"), format="YYYY-MM-DD", width=120),
        "award": config.TextColumn(t("How"), width="medium"),
    }
    base = {int(row["key"]): {name: row[name] for name in ("code", *GRID)} for row in rows}
    edit_grid(
        f"sheet:{seen.told['assessed_unit_id']}:{period}",
        frame,
        editable=GRID,
        config=columns,
        save=save_grid,
        label="item",
        base=base,
        assessed_unit_id=seen.told["assessed_unit_id"],
        period=period,
    )


def save_grid(
    actor: Actor,
    *,
    rows: Mapping[int, tuple[int, Mapping[str, Any]]],
    base: Mapping[int, Mapping[str, Any]],
    assessed_unit_id: int,
    period: str,
    key: str,
) -> Saved:
    """The rows that were typed in, each with what stood in its other columns."""
    whole: dict[int, tuple[int, dict[str, Any]]] = {}
    for row_id, (version, changes) in rows.items():
        stood = base[row_id]
        values = {name: stood[name] for name in GRID} | dict(changes) | {"item": stood["code"]}
        on_day = values["on_day"]
        values["on_day"] = date.fromisoformat(on_day[:10]) if isinstance(on_day, str) else on_day
        whole[row_id] = (version, values | {name: values[name] or "" for name in ("points", "reason")})
    return grids.save_sheet(actor, assessed_unit_id=assessed_unit_id, period=period, rows=whole, key=key)


def _rows(seen: Sheets, period: str) -> list[dict[str, Any]]:
    """A row for each typed entry, and one for each item that has none yet (keys below 0)."""
    standing: dict[str, list[Told]] = {}
    for entry in seen.told["entries"]:
        if entry["period"] == period and not entry["computed"]:
            standing.setdefault(entry["item"], []).append(entry)
    names = _names(seen)
    rows: list[dict[str, Any]] = []
    usual = usual_day(seen, period)
    for place, item in enumerate(entered(seen.edition.rubric, period), start=1):
        if item.trigger:
            continue
        told = {"code": item.code, "item": names[item.code], "most": f"{item.points:f}"}
        told["award"] = label("award", item.award)
        empty = {"key": -place, "version": 0, "points": "", "not_applicable": False, "reason": "", "on_day": usual}
        for entry in standing.get(item.code, [{}]):
            kept = {name: entry[name] for name in ("version", "points", "not_applicable", "reason")} if entry else {}
            more = {"key": entry["id"], "on_day": date.fromisoformat(entry["on_day"])} if entry else {}
            rows.append(told | empty | kept | more)
    return rows


def usual_day(seen: Sheets, period: str) -> date:
    """Today, or the nearest day of the period."""
    span = period_of(seen.edition.rubric, period)
    return min(max(clock.today(current().settings.timezone), span.begins), span.ends)


def add(seen: Sheets, period: str) -> None:
    """One more entry: with a count, an event and its evidence."""
    choices = {item.code: item.kind for item in entered(seen.edition.rubric, period) if not item.trigger}
    if not choices:
        return
    names = _names(seen)
    options = {code: f"{label('item_kind', kind)} · {names[code]}" for code, kind in choices.items()}
    key = f"score-add-{seen.told['assessed_unit_id']}-{period}"
    expanded = not period or DRAFT in st.query_params
    with st.expander(t("Enter a point with evidence"), icon=":material/add:", expanded=expanded, key=key):
        unit, record = named(seen.told["unit"]), f"{seen.told['assessed_unit_id']}:{period}"
        label_ = t("Point for {unit}", unit=unit)
        with KeptForm(ENTERING, record=record, subject=unit, label=label_, border=False) as form:
            _fields(form, options, {"on_day": usual_day(seen, period)}, base=bool(period))
            form.submit(t("Enter"), entries.add_entry, assessed_unit_id=seen.told["assessed_unit_id"], period=period)


def correct(seen: Sheets, period: str, rows: Sequence[Told]) -> None:
    """Choose a typed entry to correct or to take back."""
    typed = {int(row["id"]): row for row in rows if not row["computed"]}
    if not typed:
        return
    names = _names(seen)
    options = {pk: f"{names.get(row['item'], row['item'])} · {_on(row)}" for pk, row in typed.items()}
    chosen = pick("entry", t("Correct or take back"), options)
    if chosen is None:
        return
    row = typed[int(chosen)]
    items = {item.code: names[item.code] for item in entered(seen.edition.rubric, period) if not item.trigger}
    form = KeptForm("score.edit", record=chosen, version=int(row["version"]))
    with form:
        values = dict(row) | {"on_day": date.fromisoformat(row["on_day"])}
        values["number"] = seen.told["records"].get(f"{row['record']} {row['record_id']}", "")
        values["number"] = str(row["record_id"]) if row["record"] == "work" else values["number"]
        _fields(form, items, values, base=bool(period))
        form.submit(t("Save"), entries.edit_entry, entry_id=int(chosen))
    version = int(row["version"])
    press("score.remove", t("Take back"), entries.remove_entry, record=chosen, entry_id=int(chosen), version=version)


def put_back(actor: Actor, seen: Sheets, period: str) -> None:
    """Entries that were taken back and can be put back."""
    gone = entries.removed(actor, assessed_unit_id=seen.told["assessed_unit_id"], period=period)
    if gone.empty:
        return
    names = _names(seen)
    with st.expander(t("Taken back ({n})", n=len(gone)), icon=":material/undo:"):
        for row in records(gone):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.text(f"{names.get(row['item'], row['item'])} · {day(row['on_day'])} · {row['reason']}")
                which: dict[str, Any] = {"entry_id": int(row["id"]), "version": int(row["version"])}
                press("score.restore", t("Restore"), entries.restore_entry, record=row["id"], **which)


def finish(seen: Sheets, sheet: Told) -> None:
    """Finish a sheet, or reopen it."""
    period = sheet["code"]
    which = {"assessed_unit_id": seen.told["assessed_unit_id"], "period": period}
    which["version"] = seen.versions.get(period, 0)
    record = f"{which['assessed_unit_id']}-{period}-{which['version']}"
    if sheet["finished_at"]:
        press("score.reopen", t("Reopen the sheet"), sheets.reopen, record=record, icon=":material/lock_open:", **which)
    else:
        press("score.finish", t("Finish the sheet"), sheets.finish, record=record, icon=":material/task_alt:", **which)


def _fields(form: KeptForm, items: Mapping[str, str], row: Told, *, base: bool) -> None:
    left, right = st.columns(2)
    with left:
        form.choose("item", t("Item"), items, row.get("item"))
        if base:
            form.text("points", t("Points"), row.get("points", ""))
            form.tick("not_applicable", t("Does not apply"), bool(row.get("not_applicable", False)))
        else:
            form.number("count", t("How often"), int(row.get("count", 1)), min_value=1)
    with right:
        form.day("on_day", t("Day"), row.get("on_day"))
        form.text("event", t("What happened, so that it counts once (optional)"), row.get("event", ""))
    form.area("reason", t("Reason"), row.get("reason", ""))
    kind, number = st.columns(2)
    with kind:
        form.choose("record", t("Evidence: a record"), _records(), row.get("record", "") or "")
    with number:
        form.text("number", t("Its number"), str(row.get("number", "") or ""))
    form.files("uploads", t("Evidence: files"))


def _records() -> dict[str, str]:
    return {"": t("None")} | labels("evidence")


def _names(seen: Sheets) -> dict[str, str]:
    return {item["code"]: named(item) for item in seen.document.get("items", ())}


def _on(row: Told) -> str:
    return day(date.fromisoformat(row["on_day"]))
