"""The records behind one mark or cell of a chart, as far as this person may see them."""

from collections.abc import Callable, Mapping

import streamlit as st

from components import case_labels, dispute_labels, supervision_labels, works_labels
from components.chart_view import Place
from components.due_rows import clicked
from components.forms import attempt, plain
from components.words import number, t
from db.documents import chart_words
from db.rules.briefings.chart import Drawn
from db.rules.permissions import Actor
from db.services.briefings import behind
from db.services.briefings.registers import REGISTERS

# The screen that shows a record of a register under ?id=.
SCREENS_OF: Mapping[str, str] = {
    "cases": "pages/cases/case.py",
    "supervisions": "pages/cases/case.py",
    "disputes": "pages/mediation/dispute.py",
    "decisions": "pages/meetings/meeting.py",
    "duty": "pages/duty/duties.py",
    "scoring": "pages/scoring/results.py",
    "works": "pages/scoring/works.py",
}
# What stands for a code in a column of a register.
WORDS: Mapping[tuple[str, str], Callable[[object], str]] = {
    ("cases", "state"): lambda code: case_labels.label("state", code),
    ("supervisions", "state"): lambda code: supervision_labels.label("state", code),
    ("disputes", "state"): lambda code: dispute_labels.label("state", code),
    ("works", "state"): lambda code: works_labels.label("kind", code),
    ("works", "unit"): lambda code: works_labels.label("about", code),
}


def show(actor: Actor, drawn: Drawn, place: Place | None) -> None:
    """How to get there, or the records of the place that was clicked; who reads figures only is told so."""
    if not actor.may(REGISTERS[drawn.spec.register].reads):
        st.caption(t("You read the figures of this register, not its records."))
    elif place is not None:
        _records(actor, place)
    elif not chart_words.is_empty(drawn):
        st.caption(t("Click a mark, or a figure in the table, to see the records behind it."))


def _records(actor: Actor, place: Place) -> None:
    found = attempt(behind.behind, actor, spec=place.spec, at=place.at, what=place.what)
    if found is None:
        return
    st.subheader(plain(t("Behind it: {place}", place=place.name)), anchor=False)
    if found.rows.empty:
        st.info(t("No record behind this is yours to see."), icon=":material/search_off:")
        return
    told = found.rows.reset_index(drop=True)
    many, first = number(found.total), number(len(told))
    st.caption(
        t("{n} records; the first {first} are shown.", n=many, first=first) if found.more else _many(found.total)
    )
    for name in ("number", "subject", "unit", "state"):
        words = WORDS.get((found.register, name))
        told[name] = [words(code) if words else code for code in told[name]]
    config = st.column_config
    columns = {
        "day": config.DateColumn(t("Day"), format="YYYY-MM-DD", width=110),
        "number": config.TextColumn(t("Number"), width=150),
        "subject": config.TextColumn(t("Subject"), width=360),
        "unit": config.TextColumn(t("Unit"), width=170),
        "state": config.TextColumn(t("State"), width=140),
    }
    shown = {name: column for name, column in columns.items() if told[name].notna().any() and told[name].ne("").any()}
    alt = t("Records behind the chart; press Enter on one to open it")
    chosen = clicked(told, shown, key=f"behind:{place.at}:{place.what}:{place.name}", alt=alt)
    if chosen is not None:
        st.switch_page(SCREENS_OF[found.register], query_params={"id": str(told["id"].iloc[chosen])})


def _many(total: int) -> str:
    return t("1 record") if total == 1 else t("{n} records", n=number(total))
