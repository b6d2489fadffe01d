"""The roll of a line: every unit and how it stands in a grid, or all of them in one click that can be taken back."""

from typing import Any

import pandas as pd
import streamlit as st

from components import everybody
from components.case_texts import unit_of
from components.grids import edit_grid
from components.words import t
from components.works_labels import COUNTED, counted, label, stands
from db.rules.permissions import Actor
from db.rules.scoring.works import MOST_PERSONS, Kind, Stand, is_missing, standings, whole
from db.services.duty.rows import records
from db.services.works import attending
from db.services.works.read import WorkView

GRID_ROWS = 100
SHOWN_WHOLE = 25


def show(actor: Actor, seen: WorkView) -> None:
    """The numbers, the click for everybody, and the grid."""
    every = attending.roll(actor, work_id=seen.id)
    own = every[every["standing"] != ""]
    with st.container(horizontal=True, vertical_alignment="center", key=f"roll-tools-{seen.id}"):
        _numbers(seen, own)
        st.space("stretch")
        everybody.take_back(f"roll:{seen.id}", attending.attend, work_id=seen.id)
        _everybody_button(seen, own)
    with st.container(horizontal=True, vertical_alignment="center", key=f"roll-who-{seen.id}"):
        more = st.toggle(t("Also units that are not in this line"), key=f"roll-all-{seen.id}", bind="query-params")
    _grid(seen, every if more else own)


def _numbers(seen: WorkView, own: pd.DataFrame) -> None:
    counts: dict[str, Any] = {stand.value: int((own["standing"] == stand.value).sum()) for stand in Stand}
    counts |= {"units": len(own), "persons": int(own["persons"].sum()), "expected": 0}
    if not is_missing(Stand.MISSING, seen.on_day, seen.today):
        counts |= {"expected": counts["missing"], "missing": 0}
    for code, text in counted(counts).items():
        st.badge(text, color=COUNTED[code])


def _grid(seen: WorkView, rows: pd.DataFrame) -> None:
    if rows.empty:
        st.info(t("No unit is in this line. Show all units and say how they stand."), icon=":material/group_add:")
        return
    pages = -(-len(rows) // GRID_ROWS)
    page = st.pagination(pages, key=f"roll-page-{seen.id}-{pages}") if pages > 1 else 1
    part = rows.iloc[(page - 1) * GRID_ROWS : page * GRID_ROWS]
    names, config = stands(seen.kind, seen.about), st.column_config
    if seen.kind == Kind.REPORT and not is_missing(Stand.MISSING, seen.on_day, seen.today) and Stand.MISSING in names:
        names[Stand.MISSING.value] = label("stand", "expected")
    columns: dict[str, Any] = {
        "unit": config.TextColumn(t("Unit"), width=190),
        "standing": config.SelectboxColumn(
            t("Standing"), options=list(names), format_func=lambda code: names.get(str(code), str(code)), width=150
        ),
    }
    if Stand.ABSENT in standings(seen.kind, seen.about):
        columns["persons"] = config.NumberColumn(
            t("People absent"), min_value=0, max_value=MOST_PERSONS, step=1, width=110
        )
    if seen.kind == Kind.REPORT:
        columns["handed_in_on"] = config.DateColumn(
            t("Handed in on"), format="YYYY-MM-DD", max_value=seen.today, width=130
        )
    columns["note"] = config.TextColumn(t("Note"), max_chars=200, width=280)
    frame = part.assign(
        unit=["　" * (int(row["level"]) - 2) + unit_of(row) for row in records(part)],
        standing=part["standing"].replace("", None),
        persons=pd.array([persons or None for persons in part["persons"]], dtype="Int64"),
    ).set_index("unit_id")
    edit_grid(
        f"works.roll:{seen.id}",
        frame,
        editable=tuple(name for name in attending.QUICK if name in columns),
        config=columns,
        save=attending.attend,
        label="unit",
        height="content" if len(frame) <= SHOWN_WHOLE else "auto",
        work_id=seen.id,
    )
    st.caption(t("An emptied standing takes the unit out of this line."))


def _everybody_button(seen: WorkView, own: pd.DataFrame) -> None:
    """All units of the line did their part; gone when they did."""
    standing = whole(seen.kind, seen.about)
    if (own["standing"] == standing).all():
        return
    versions = {int(unit): int(version) for unit, version in zip(own["unit_id"], own["version"], strict=True)}
    said = t("All: {standing}", standing=label("stand", standing))
    everybody.click(f"roll:{seen.id}", said, versions, attending.everybody, _changed, work_id=seen.id)


def _changed(n: int) -> str:
    return t("1 unit changed.") if n == 1 else t("{n} units changed.", n=n)
