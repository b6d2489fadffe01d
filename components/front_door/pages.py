"""Pages the server draws itself: set-up, errors, notices. Everything in them is escaped."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from db.engine import current
from db.languages import LANGUAGES, speaker
from db.rules.problems import N_, Problem

FOLDER = Path(__file__).parent.parent.parent / "db" / "documents" / "pages"
LANGUAGE_COOKIE = "linli_language"
DATABASE_AWAY = N_(
    "The database does not answer just now. Nothing was saved in half. Please try again in a moment; "
    "what is saved already is not saved twice."
)
_NOTICES = {
    400: N_("This request can't be understood."),
    401: N_("Please sign in."),
    403: N_("You may not do this."),
    404: N_("There is nothing at this address."),
    405: N_("This request can't be understood."),
    409: N_("Somebody else changed this meanwhile. Please look at it again."),
    411: N_("This request can't be understood."),
    413: N_("This is too large."),
    422: N_("Something in the form is missing or wrong."),
    429: N_("Too many requests. Please wait a minute."),
    500: N_("Something went wrong here. Please tell the administrator this number: {incident}"),
    503: DATABASE_AWAY,
}


@cache
def environment() -> Environment:
    """Templates of db/documents/pages, with autoescape."""
    return Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)


def language_of(request: Request) -> str:
    """zh or en: chosen before, else the installation's, else the browser's, else English."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "") or current().settings.language
    if chosen in LANGUAGES:
        return chosen
    first = request.headers.get("accept-language", "").strip().lower()
    return "zh" if first.startswith("zh") else "en"


def language_asked(request: Request) -> str:
    """The language an address names by ?lang=, else the visitor's."""
    asked = request.query_params.get("lang", "")
    return asked if asked in LANGUAGES else language_of(request)


def draw(request: Request, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """One page in the visitor's language; templates get `t`, `told` and `language`."""
    language = language_of(request)
    t = speaker(language)

    def told(problem: Problem) -> str:
        said = {key: t(value) if isinstance(value, str) else value for key, value in problem.values.items()}
        return t(problem.message, **said)

    html = environment().get_template(template).render(t=t, told=told, language=language, **values)
    return HTMLResponse(html, status_code=status)


def notice(request: Request, status: int, *, incident: str = "") -> HTMLResponse:
    """A calm page with one sentence."""
    sentence = _NOTICES.get(status, _NOTICES[400 if status < 500 else 500])
    values = {"incident": incident} if "{incident}" in sentence else {}
    text = speaker(language_of(request))(sentence, **values)
    return draw(request, "notice.html", status=status, text=text)
