"""Appeals on screen: how each stands, its files, and ruling on or withdrawing those that wait."""

import pandas as pd
import streamlit as st

from components.case_texts import quoted
from components.forms import plain, press
from components.kept_forms import KeptForm
from components.result_labels import COLOURS, Row, appeal_state, unit_name, word
from components.words import moment, t
from db.services.duty.rows import records
from db.services.scoring import appeals

LONGEST = 500


def show(found: pd.DataFrame, names: dict[str, str]) -> None:
    """Each appeal with its ruling; `names` of items and periods by code."""
    if found.empty:
        st.caption(t("No appeal."))
        return
    for row in records(found):
        with st.container(border=True, key=f"appeal-{row['id']}"):
            _told(row, names)
            if row["may_rule"]:
                _rule(row)
            if row["may_withdraw"]:
                press(
                    "appeal.withdraw",
                    t("Withdraw the appeal"),
                    appeals.withdraw,
                    record=row["id"],
                    appeal_id=int(row["id"]),
                    version=int(row["version"]),
                )


def _told(row: Row, names: dict[str, str]) -> None:
    state = appeal_state(row)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{plain(line(row, names))}**", width="content")
        st.badge(word("appeal", state), color=COLOURS[state])  # type: ignore[arg-type]
        st.caption(t("edition {n}", n=row["edition"]), width="content")
    asked = t("{unit} · {name}, {time}", unit=unit_name(row), name=row["asked_by"], time=moment(row["asked_at"]))
    st.caption(plain(asked))
    st.markdown(quoted(row["reason"]))
    for file_id, name in row["files"]:
        st.link_button(name, f"/files/{file_id}", icon=":material/attach_file:", type="tertiary")
    if row["ruling"]:
        ruled = t("Ruled by {name}, {time}", name=row["ruled_by"], time=moment(row["ruled_at"]))
        st.caption(plain(ruled))
        st.markdown(quoted(row["ruling"]))


def line(row: Row, names: dict[str, str]) -> str:
    """The line an appeal is about: its item and period."""
    item = names.get(row["item"], row["item"])
    return f"{item} · {names.get(row['period'], row['period'])}" if row["period"] else str(item)


def _rule(row: Row) -> None:
    behind = f"rule-{row['id']}"
    form = KeptForm("appeal.rule", record=row["id"], version=int(row["version"]), border=False, behind=behind)
    with st.popover(t("Rule on it"), icon=":material/gavel:", key=behind, on_change="rerun"), form:
        form.area("ruling", t("Reason of the ruling"), max_chars=LONGEST)
        with st.container(horizontal=True):
            form.submit(t("Accept"), appeals.accept, appeal_id=int(row["id"]))
            form.submit(t("Refuse"), appeals.refuse, main=False, appeal_id=int(row["id"]))
