"""Saved lists of a screen: open one, save where the list stands now, rename, share, pin, remove and put back."""

from typing import Any
from urllib.parse import urlencode

import streamlit as st

from components.forms import Form, plain, press
from components.labels import role
from components.screens import PAGES, SCREENS
from components.words import t
from db.rules.permissions import GRANTS, Actor, Permission, Role
from db.services import saved_lists
from db.services.saved_lists import Saved, fixed

_SCREENS = {screen.path: screen for screen in SCREENS}


def saved_lists_bar(actor: Actor, screen: str) -> None:
    """One button; what is behind it is asked for when it is opened."""
    with (
        st.container(horizontal=True, key="saved-lists"),
        st.popover(t("Saved lists"), icon=":material/bookmarks:", type="tertiary", on_change="rerun") as part,
    ):
        if part.open:
            _inside(actor, screen)


def _inside(actor: Actor, screen: str) -> None:
    query = fixed(urlencode(st.query_params.to_dict()))
    kept = saved_lists.of_screen(actor, screen=screen)
    for one in kept:
        open_link(one, here=one.query == query)
    here = next((one for one in kept if one.query == query), None)
    if here is None:
        _save(screen, query)
    else:
        _tools(actor, here)
    for one in saved_lists.removed(actor, screen=screen):
        press("lists.restore", t("Put “{name}” back", name=plain(one.name)), saved_lists.restore, record=one.id,
              list_id=one.id, type="tertiary", icon=":material/undo:")  # fmt: skip


def open_link(one: Saved, *, here: bool = False, count: str = "") -> None:
    """The name as a link to its list; whose it is when it is somebody else's."""
    whose = "" if one.mine else f" · {one.owner}"
    name = plain(f"{one.name}{whose}") + (f" :gray-badge[{plain(count)}]" if count else "")
    st.page_link(
        PAGES / _SCREENS[one.screen].file, label=f"**{name}**" if here else name, query_params=one.address,
        icon=":material/keep:" if one.pinned else ":material/bookmark:",
    )  # fmt: skip


def _save(screen: str, query: str) -> None:
    """Under a name: this list as it stands in the address."""
    with Form("lists.save", record=screen, border=False) as form:
        form.text("name", t("Save this list as"), "", max_chars=saved_lists.LONGEST_NAME)
        form.submit(t("Save"), saved_lists.save, screen=screen, query=query)


def _tools(actor: Actor, one: Saved) -> None:
    st.divider()
    which: dict[str, Any] = {"record": one.id, "list_id": one.id}
    if one.pinned:
        press("lists.unpin", t("Take off my desk"), saved_lists.unpin, icon=":material/keep_off:", **which)
    else:
        press("lists.pin", t("Put on my desk"), saved_lists.pin, icon=":material/keep:", **which)
    if not one.mine:
        return
    with Form("lists.rename", record=one.id, version=one.version, border=False) as form:
        form.text("name", t("Name"), one.name, max_chars=saved_lists.LONGEST_NAME)
        form.submit(t("Rename"), saved_lists.rename, list_id=one.id, main=False)
    if actor.may(Permission.LISTS_SHARE):
        with Form("lists.share", record=one.id, border=False) as form:
            form.choose_many("roles", t("Shared with"), _roles(one.screen), one.roles)
            form.submit(t("Share"), saved_lists.share, list_id=one.id, main=False)
        st.caption(t("Only the choice is shared: everybody sees the rows that are theirs to see."))
    press("lists.remove", t("Remove"), saved_lists.remove, icon=":material/delete:", version=one.version, **which)


def _roles(screen: str) -> dict[str, str]:
    """Everybody who can open the screen."""
    needed = _SCREENS[screen].permission
    return {one.value: role(one) for one in Role if needed in GRANTS[one]}
