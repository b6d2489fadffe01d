"""A larger matter and its parts on a case's page: each with its state, and why the larger one can't be closed yet."""

import streamlit as st

from components import case_papers
from components.account import current_actor
from components.forms import plain
from components.words import t
from db.rules.case_flow import ENDED
from db.rules.permissions import Permission
from db.services.cases import CaseView
from db.services.cases.beside import Row
from db.services.cases.parts import PART_OF


def first(seen: CaseView) -> None:
    """Beside the next step: that this matter waits for its parts."""
    if seen.parts_open:
        _tell_open(seen)


def panel(seen: CaseView) -> None:
    """What this matter is part of, and its own parts; nothing for a matter that stands alone."""
    above = [row for row in seen.links if row["kind"] == PART_OF and row["earlier"]]
    if above:
        st.subheader(t("Part of a larger matter"), anchor=False)
        case_papers.link_rows(seen, above)
    below = _below(seen)
    if not below:
        return
    st.subheader(t("Parts of this matter"), anchor=False)
    case_papers.link_rows(seen, below)
    if not any(_is_open(row) for row in below):
        st.caption(t("All parts are settled."))
    elif not seen.parts_open:
        _tell_open(seen)


def _tell_open(seen: CaseView) -> None:
    """Which parts are open, and who may close the matter before them."""
    numbers = t(", ").join(str(row["number"]) for row in _below(seen) if _is_open(row))
    said = t("Parts of this matter are still open: {numbers}.", numbers=numbers or "–")
    who = current_actor()
    if who is not None and who.may(Permission.CASES_RULE):
        more = t("Close it with a reason to rule otherwise.")
    else:
        more = t("It is closed after them, unless the director rules otherwise.")
    st.caption(f":material/account_tree: {plain(said)} {plain(more)}")


def _below(seen: CaseView) -> list[Row]:
    return [row for row in seen.links if row["kind"] == PART_OF and not row["earlier"]]


def _is_open(row: Row) -> bool:
    return row["state"] not in ENDED
