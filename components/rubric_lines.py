"""Lines of a draft in a grid to change quickly, a form to add one, and a button to take one out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from components.forms import Form, press
from components.grids import edit_grid
from components.kept_forms import KeptForm
from components.tables import pick
from components.words import t
from db.rules.scoring.drafting import digest, lines_of, typed_of
from db.services.scoring import drafts
from db.services.scoring.rubrics import RubricView

Config = Mapping[str, Any]


def frame(seen: RubricView, what: str, places: Sequence[int] | None = None) -> pd.DataFrame:
    """Lines as typed, by their place; numbers as numbers, `code` and the digest as `version` beside them."""
    lines = lines_of(seen.document, what)
    wanted = range(len(lines)) if places is None else places
    rows = [
        {
            **typed_of(seen.document, what, place, seen.year),
            "code": name_of(lines[place]),
            "version": digest(lines[place]),
        }
        for place in wanted
    ]
    found = pd.DataFrame(rows, index=list(wanted))
    for column in ("weight", "points", "least", "percent", "yuan", "threshold"):
        if column in found:
            found[column] = pd.to_numeric(found[column], errors="coerce")
    return found


def name_of(line: Mapping[str, Any]) -> str:
    """What a line is known by: its code, a reward its percent."""
    return str(line.get("code") or line.get("percent"))


def grid(
    seen: RubricView, what: str, found: pd.DataFrame, config: Config, editable: Sequence[str], part: str = ""
) -> None:
    """The lines to be changed in place."""
    label = "name" if "name" in found else "percent"
    edit_grid(
        f"rubric.{what}:{seen.id}:{part}",
        found,
        editable=[name for name in editable if name in config],
        config=config,
        save=drafts.save_lines,
        label=label,
        rubric_id=seen.id,
        what=what,
    )


def adding(seen: RubricView, what: str, title: str, fields: Callable[[Form], None], *, expanded: bool = False) -> None:
    """A line more."""
    with st.expander(title, icon=":material/add:", expanded=expanded, key=f"add-{what}"):
        form = KeptForm(f"rubric.{what}.add", record=seen.id, border=False)
        with form:
            fields(form)
            form.submit(t("Add"), drafts.add_line, rubric_id=seen.id, what=what)


def taking_out(seen: RubricView, what: str, title: str, names: Mapping[str, str]) -> None:
    """Choose a line and take it out of the draft; undone with the button at the top."""
    if not names:
        return
    with st.expander(title, icon=":material/delete:", key=f"out-{what}-fold"):
        chosen = pick(f"out-{what}", title, names)
        line = next((one for one in lines_of(seen.document, what) if name_of(one) == chosen), None)
        if line is None:
            return
        where: dict[str, Any] = {"rubric_id": seen.id, "what": what, "line": chosen, "version": digest(line)}
        press(f"rubric.{what}.out", t("Take out"), drafts.remove_line, record=f"{seen.id}:{chosen}", **where)


def number(title: str, **options: Any) -> Any:
    """A column of numbers with at most two decimals."""
    return st.column_config.NumberColumn(title, step=0.01, format="%g", **options)


def text(title: str, **options: Any) -> Any:
    """A column of words."""
    return st.column_config.TextColumn(title, **options)
