"""Everything that was published, the newest first; a click opens one."""

import pandas as pd
import streamlit as st

from components import downloads
from components.due_rows import clicked
from components.result_address import open_publication
from components.result_labels import said
from components.words import N_, moment, t
from db.rules.permissions import Actor
from db.services.duty.rows import records
from db.services.scoring import result_exports, results


def show(actor: Actor) -> None:
    """The list, or a word while nothing is published."""
    found = results.publications(actor)
    if found.empty:
        st.info(t("Nothing is published yet."), icon=":material/campaign:")
        return
    rows = records(found)
    told = pd.DataFrame(
        {
            "id": found["id"],
            "what": [said(row) for row in rows],
            "assessment": [f"{said(row, 'assessment')} {row['year']}" for row in rows],
            "edition": [
                t("edition {n}", n=row["edition"]) if row["latest"] else t("edition {n}, replaced", n=row["edition"])
                for row in rows
            ],
            "units": found["units"],
            "published_at": [moment(at) for at in found["published_at"]],
            "published_by": found["published_by"],
        }
    )
    columns = {
        "what": st.column_config.TextColumn(t("Published result"), width=190),
        "assessment": st.column_config.TextColumn(t("Assessment"), width=260),
        "edition": st.column_config.TextColumn(t("Edition"), width=150),
        "units": st.column_config.NumberColumn(t("Units"), width=80),
        "published_at": st.column_config.TextColumn(t("When published"), width=150),
        "published_by": st.column_config.TextColumn(t("Published by"), width=120),
    }
    place = clicked(told, columns, key="publications", alt=t("Published results; press Enter on one to open it"))
    if place is not None:
        open_publication(int(found["id"].iloc[place]))
    downloads.export_button(
        t("Export"), result_exports.ask_publications, key="publications-export", said=N_("{n} results exported.")
    )
