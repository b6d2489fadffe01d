"""A file being prepared: what was seen of it in this session, and every choice kept in the database at once."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from components.account import current_actor
from components.words import t
from db.rules.permissions import Actor
from db.rules.problems import NotThere
from db.services.importing import mapping, waiting
from db.services.importing.mapping import Chosen
from db.services.importing.planning import Preview
from db.services.importing.reading import SheetLook, Sheets
from db.services.importing.waiting import Waiting

_DESK = "import_desk"


@dataclass
class Desk:
    """The beginning of one file's sheets, and the preview made under a choice; never its rows."""

    import_id: int
    sheets: Sheets
    previewed: Chosen | None = None
    preview: Preview | None = None

    def preview_of(self, chosen: Chosen) -> Preview | None:
        """The preview, unless something was chosen otherwise since."""
        return self.preview if self.previewed == chosen else None


def desk_of(actor: Actor, seen: Waiting) -> Desk:
    """What this session knows of the file; the last one looked at is kept."""
    desk = st.session_state.get(_DESK)
    if not isinstance(desk, Desk) or desk.import_id != seen.id:
        with st.spinner(t("Reading the file…")):
            desk = Desk(seen.id, waiting.look(actor, import_id=seen.id))
        st.session_state[_DESK] = desk
    return desk


def sheet_of(desk: Desk, chosen: Chosen) -> SheetLook:
    """The sheet that is read."""
    return next((one for one in desk.sheets.sheets if one.name == chosen.sheet), desk.sheets.sheets[0])


def widget(
    draw: Callable[..., Any],
    seen: Waiting,
    name: str,
    value: object,
    change: Callable[..., Chosen],
    *what: str,
    **more: Any,
) -> None:
    """A widget that shows what is kept; `change(chosen, *what, value)` answers the choice after it was used."""
    key = f"import-{seen.id}-{name}"
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    draw(key=key, on_change=_keep, args=(seen.id, key, change, what), **more)


def with_field(chosen: Chosen, heading: str, value: str | None) -> Chosen:
    """The choice with another field for a heading."""
    return replace(chosen, columns={**chosen.columns, heading: value or ""})


def with_default(chosen: Chosen, name: str, value: str) -> Chosen:
    """The choice with another code where the file says nothing."""
    return replace(chosen, defaults={**chosen.defaults, name: value})


def with_sheet(_chosen: Chosen, sheet: str) -> Chosen:
    """Another sheet, with what its headings most likely mean."""
    return mapping.guess(st.session_state[_DESK].sheets, sheet)


def with_header(chosen: Chosen, row: int) -> Chosen:
    """The headings in another row, with what they most likely mean."""
    actor, desk = current_actor(), st.session_state[_DESK]
    if actor is not None:
        desk.sheets = waiting.look(actor, import_id=desk.import_id, header_rows={chosen.sheet: row})
    return replace(mapping.guess(desk.sheets, chosen.sheet), header_row=row)


def _keep(import_id: int, key: str, change: Callable[..., Chosen], what: tuple[str, ...]) -> None:
    actor = current_actor()
    if actor is None:
        return
    with suppress(NotThere):  # begun or thrown away meanwhile: the page shows it as it is
        seen = waiting.waiting(actor, import_id=import_id)
        if seen is not None:
            chosen = change(seen.chosen, *what, st.session_state.get(key))
            waiting.choose(actor, import_id=import_id, chosen=chosen)


def lay_on(import_id: int, key: str) -> None:
    """Callback: read the file with the saved mapping that was chosen."""
    actor, mapping_id, desk = current_actor(), st.session_state.get(key), st.session_state.get(_DESK)
    if actor is None or mapping_id is None or not isinstance(desk, Desk) or desk.import_id != import_id:
        return
    with suppress(NotThere):
        waiting.lay_on(actor, import_id=import_id, sheets=desk.sheets, mapping_id=mapping_id)


def remove_mapping(actor: Actor, *, mapping_id: int, version: int, key: str) -> None:  # noqa: ARG001 - removing twice changes nothing
    """Take a saved mapping out of the list."""
    mapping.remove(actor, mapping_id=mapping_id, version=version)
