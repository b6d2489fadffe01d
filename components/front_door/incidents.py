"""When something breaks: one calm sentence and a number for people, type and place for the log, no data."""

import errno
import logging
import secrets
import traceback

import streamlit as st
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components.front_door import pages
from components.words import N_, t, told
from db.rules.problems import Changed, LinliError, NotThere, Problems, Refused

SOMETHING = N_("Something went wrong here. Please tell the administrator this number: {incident}")
DISK_FULL = N_(
    "The disk is full. What was saved is not lost, but nothing new can be saved until the administrator makes room."
)
DISK_ERROR = N_(
    "The disk reports an error. Nothing was saved in half. Please tell the administrator this number: {incident}"
)
_log = logging.getLogger("linli.incident")
_STATUS = {Refused: 403, NotThere: 404, Changed: 409, Problems: 422}
# What Python itself says about code; every other message may quote a person.
_ABOUT_CODE = (AttributeError, ImportError, IndexError, NameError, NotImplementedError, RecursionError, TypeError)


def report(error: BaseException, where: str) -> str:
    """Log an error without the values in it and answer the number people are told."""
    number = secrets.token_hex(4).upper()
    _log.error("incident %s at %s: %s", number, _one_line(where), described(error))
    return number


def described(error: BaseException) -> str:
    """Type and place of an error and of what caused it; no message that may hold somebody's data."""
    parts = []
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        frames = traceback.extract_tb(link.__traceback__)
        places = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames[-12:]))
        said = f" ({_one_line(str(link))})" if isinstance(link, _ABOUT_CODE) else ""
        inner = getattr(link, "orig", None) if isinstance(link, SQLAlchemyError) else None
        said += f" [{type(inner).__name__}]" if inner else ""
        parts.append(f"{type(link).__name__}{said} in {places}")
        link = link.__cause__ or link.__context__
    return " | from ".join(parts)


def on_script_error(error: Exception) -> bool:
    """What a page shows instead of a traceback; answers True, so that Streamlit adds nothing."""
    if isinstance(error, LinliError):
        _tell(error)
        return True
    context = get_script_run_ctx(suppress_warning=True)
    number = report(error, context.page_script_hash if context else "page")
    st.error(t(sentence(error), incident=number), icon=":material/error:")
    return True


def sentence(error: BaseException) -> str:
    """What a person is told: of the disk and the database what it is, of everything else that it happened."""
    link: BaseException | None = error
    while link is not None:
        inner = getattr(link, "orig", None) or link
        said = str(inner).lower() if isinstance(link, SQLAlchemyError) else ""
        if "disk is full" in said or "no space left" in said or getattr(inner, "errno", 0) == errno.ENOSPC:
            return DISK_FULL
        if "disk i/o error" in said or getattr(inner, "errno", 0) == errno.EIO:
            return DISK_ERROR
        link = link.__cause__ or link.__context__
    return pages.DATABASE_AWAY if is_away(error) else SOMETHING


def is_away(error: BaseException) -> bool:
    """Whether the database server was stopped, restarts or can't be reached."""
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, DBAPIError) and link.connection_invalidated:
            return True
        # A connection that does not come about has no state; SQLite's errors don't know of any.
        state = getattr(link.orig, "sqlstate", "") if isinstance(link, OperationalError) else ""
        if state is None or state.startswith(("08", "57P")):
            return True
        link = link.__cause__ or link.__context__
    return False


def status_of(error: BaseException) -> int:
    """What programs are told of an error nobody expected."""
    return 503 if is_away(error) else 500


def _tell(error: LinliError) -> None:
    if isinstance(error, Problems):
        for problem in error.problems:
            st.warning(told(problem), icon=":material/edit_note:")
    elif isinstance(error, Changed):
        message = t("Somebody else changed this meanwhile. Please look at it again.")
        st.warning(message, icon=":material/sync_problem:")
    elif isinstance(error, NotThere):
        st.info(t("This does not exist, or it is not yours to see."), icon=":material/search_off:")
    else:
        st.info(t("You may not do this."), icon=":material/lock:")


async def on_route_error(request: Request, error: Exception) -> Response:
    """Our own page for what a route raised."""
    if isinstance(error, HTTPException):
        return pages.notice(request, error.status_code)
    for kind, status in _STATUS.items():
        if isinstance(error, kind):
            return pages.notice(request, status)
    return pages.notice(request, status_of(error), incident=report(error, request.url.path))


class NoValues(logging.Filter):
    """Streamlit logs what a page raised, message and all; keep type and place."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record through without its values."""
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        if error is not None:
            record.msg, record.args = f"{record.getMessage()}: {described(error)}", ()
            record.exc_info = record.exc_text = None
            return not isinstance(error, LinliError)
        return True


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)[:300]
