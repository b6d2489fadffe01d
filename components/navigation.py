"""The menu and what runs at an address: always the same addresses, only what they run differs."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from components import account, find_box, grids, state, theme
from components.front_door import addresses, change_password, identity, second_factor, sign_in
from components.screens import PAGES, SCREENS, Screen
from components.words import language, t
from db.languages import LANGUAGES
from db.services import accounts
from db.services.accounts import Seat

STATIC = Path(__file__).parent.parent / "static"


def run() -> None:
    """One run of the script: who is here, the menu for them, and the page."""
    state.forget_what_was_left()
    seat = account.arrive()
    at_work = seat is not None and seat.at_work
    # Before the menu: otherwise the page's own icon becomes the favicon, fetched from a font host outside.
    st.set_page_config(page_icon="/app/static/icon.png", layout="wide" if at_work else "centered")
    page = st.navigation(_menu(seat), position="sidebar" if at_work else "hidden", expanded=True)
    st.set_page_config(page_title=f"{page.title} · {t('Linli')}")
    theme.dress()
    _logo()
    if seat is not None:
        with st.sidebar:
            _person(seat)
        if at_work:
            find_box.show(seat.actor, page.url_path)
    state.show_receipts()
    _browser_words(seat)
    grids.remember(seat.actor if seat is not None and at_work else None)
    with account.seated(seat):
        page.run()


def _menu(seat: Seat | None) -> dict[str, list[StreamlitPage]]:
    """Every address by section; what the menu does not show stands in none, or a heading would tell of it."""
    sections: dict[str, list[StreamlitPage]] = {}
    for screen in SCREENS:
        page = _page(screen, seat)
        heading = t(screen.section) if page.visibility == "visible" else ""
        sections.setdefault(heading, []).append(page)
    return sections


def _page(screen: Screen, seat: Seat | None) -> StreamlitPage:
    """What an address runs for this person: sign-in, the password to be changed, a refusal or the page."""
    home = screen.path == addresses.HOME
    address = "/" if home else f"/{screen.path}"
    if seat is None:
        return _stand_in(screen, sign_in.view(address), t("Sign in"))
    if seat.must_change:
        return _stand_in(screen, change_password.first_view(seat), t("New password"))
    if seat.must_enrol:
        return _stand_in(screen, second_factor.first_view(seat), t("Second factor"))
    if not seat.actor.may(screen.permission):
        return _stand_in(screen, _refusal(screen, seat), t("No access"))
    return st.Page(
        PAGES / screen.file,
        title=t(screen.title),
        icon=screen.icon,
        url_path=screen.path,
        default=home,
        visibility="visible" if screen.in_menu else "hidden",
    )


def _stand_in(screen: Screen, view: Callable[[], None], title: str) -> StreamlitPage:
    home = screen.path == addresses.HOME
    return st.Page(view, title=title, url_path=screen.path, default=home, visibility="hidden")


def _refusal(screen: Screen, seat: Seat) -> Callable[[], None]:
    def refused() -> None:
        st.title(t("No access"))
        st.info(t("You may not open this page."), icon=":material/lock:")
        noted = st.session_state.setdefault("refused_screens", set())
        if screen.path not in noted:
            accounts.note_refused_screen(seat.actor, screen=screen.path)
            noted.add(screen.path)

    return refused


def _person(seat: Seat) -> None:
    """Name, unit, language and the way out."""
    with st.container(border=True, gap="small", key="person"):
        st.text(seat.actor.name)
        st.text(seat.unit_en if language() == "en" and seat.unit_en else seat.unit)
        st.segmented_control(
            t("Language"),
            list(LANGUAGES),
            format_func=lambda code: LANGUAGES[code],
            default=language(),
            key="language_choice",
            on_change=_choose_language,
            label_visibility="collapsed",
            width="stretch",
        )
        if st.button(t("Sign out"), key="sign_out", icon=":material/logout:", width="stretch"):
            sign_in.sign_out_now(identity.form_token(seat.session_id))


def _choose_language() -> None:
    seat, chosen = account.who_is_here(), st.session_state.get("language_choice")
    if seat is not None and chosen:
        accounts.choose_language(seat.actor, language=chosen)


def _logo() -> None:
    name = "logo-dark.svg" if st.context.theme.type == "dark" else "logo.svg"
    if (STATIC / name).exists():
        st.logo(f"/app/static/{name}", size="large")


def _browser_words(seat: Seat | None) -> None:
    """Tell the browser our language and translate what Streamlit itself still says in English."""
    mark = f'<span data-linli-language="{language()}"></span><script src="/app/static/i18n.js"></script>'
    if seat:
        mark += '<span data-linli-signed-in></span><script src="/app/static/session.js"></script>'
        mark += '<script src="/app/static/menu.js"></script>'
    with st.sidebar if seat else st.container(height=1, border=False):
        st.html(mark, unsafe_allow_javascript=True)
