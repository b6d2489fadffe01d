"""Files of a line of the registers of work: minutes, attendance sheets, what was handed in."""

from typing import Any

import streamlit as st

from components.forms import Form, plain, press
from components.words import moment, t
from db.rules.permissions import Actor
from db.services import files
from db.services.duty.rows import records
from db.services.works.read import WorkView

_MEGABYTE = 1024 * 1024


def show(seen: WorkView) -> None:
    """Every file with its way out, those removed with their way back, and a place to add more."""
    if seen.files.empty:
        st.info(t("No files yet."), icon=":material/attach_file:")
    for row in records(seen.files):
        with st.container(horizontal=True, vertical_alignment="center", key=f"works-file-{row['id']}"):
            size = row["size"]
            told = f"{size / _MEGABYTE:.1f} MB" if size >= _MEGABYTE else f"{max(1, size // 1024)} kB"
            shared = t("keepers only") if row["internal"] else t("open to units named here")
            name = plain(row["name"])
            name = f":gray[{name} · {plain(t('Removed'))}]" if row["removed"] else f"[{name}](/files/{int(row['id'])})"
            said = " · ".join(plain(part) for part in (told, shared, row["uploaded_by"], moment(row["uploaded_at"])))
            st.markdown(f":material/attach_file: {name} :gray[{said}]", width="stretch")
            if seen.may_keep and not seen.removed:
                act, words = (_restore, t("Restore")) if row["removed"] else (_remove, t("Remove"))
                ids: dict[str, Any] = {"attachment_id": int(row["id"]), "version": int(row["version"])}
                press(f"works.{act.__name__}", words, act, record=row["id"], **ids)
    if seen.may_keep and not seen.removed:
        with Form("works.files", record=seen.id) as form:
            form.files("uploads", t("Add files"))
            form.tick("shared", t("Units named here may open these files"))
            form.submit(t("Add"), files.attach_to_work, work_id=seen.id)


def _remove(actor: Actor, *, attachment_id: int, version: int, key: str) -> int:  # noqa: ARG001 - removing twice changes nothing
    return files.remove(actor, attachment_id=attachment_id, version=version)


def _restore(actor: Actor, *, attachment_id: int, version: int, key: str) -> int:  # noqa: ARG001 - the same
    return files.restore(actor, attachment_id=attachment_id, version=version)
