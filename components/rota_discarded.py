"""Drafts of rotas that were thrown away, to be fetched back."""

import streamlit as st

from components.forms import plain, press
from components.rota_labels import duty_name, period
from components.words import moment, t
from db.rules.permissions import Actor, Permission
from db.services.duty import rotas
from db.services.duty.rows import records


def show(actor: Actor, duty_id: int | None) -> None:
    """The drafts of the duties the reader plans; drawn only when there are any."""
    found = rotas.discarded(actor, duty_id=duty_id) if actor.may(Permission.DUTY_PLAN) else None
    if found is None or found.empty:
        return
    with st.expander(t("Drafts thrown away ({n})", n=len(found)), icon=":material/restore_from_trash:"):
        for row in records(found):
            with st.container(horizontal=True, vertical_alignment="center", key=f"rota-discarded-{row['id']}"):
                title = row["title"] or period(row["from_on"], row["until_on"])
                made = t("drawn up {time}", time=moment(row["made_at"]))
                st.markdown(f"{plain(f'{duty_name(row)} · {title}')} :gray[{plain(made)}]", width="content")
                rota_id, version = int(row["id"]), int(row["version"])
                press("rota.restore", t("Restore"), rotas.restore, record=rota_id, rota_id=rota_id, version=version)
