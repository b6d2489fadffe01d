"""How often everybody serves: this period, all time, and over or under the fair share."""

from typing import Any

import pandas as pd
import streamlit as st

from components.rota_labels import label, labels
from components.rota_sheet import PREFIX, measures, signed
from components.words import t
from db.rules.duty.counts import MEASURES
from db.services.duty.rotas import RotaView

TOTAL_WIDTH, WIDTH = 105, 50
TALL_FROM = 22


def show(seen: RotaView) -> None:
    """One row for each person, people of one role beside each other."""
    if seen.counts.empty:
        st.info(t("Nobody serves in this duty yet."), icon=":material/group_off:")
        return
    shown: dict[str, list[object]] = {"member": list(seen.counts["member"])}
    config: dict[str, Any] = {"member": st.column_config.TextColumn(t("Person"), width=110)}
    for counted, heading in labels("counted").items():
        for measure in MEASURES:
            name = PREFIX[counted] + measure
            values = seen.counts[name]
            shown[name] = [signed(value) for value in values] if counted == "over" else list(values)
            said = heading if measure == "total" else label("short", measure)
            whole = f"{heading} · {label('measure', measure)}"
            width = TOTAL_WIDTH if measure == "total" else WIDTH
            config[name] = st.column_config.Column(said, width=width, alignment="right", help=whole)
    st.dataframe(
        pd.DataFrame(shown),
        hide_index=True,
        column_config=config,
        key=f"rota-counts:{seen.id}",
        height="content" if len(seen.counts) <= TALL_FROM else 560,
    )
    st.caption(" · ".join(measures()))
    st.caption(t("Fair share: by part-time share, among people of the same role, counting the years before."))
