"""The file of a case leaves here: as one page to print, its cover as Word, or every paper in a folder."""

from collections.abc import Iterator
from contextlib import suppress

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from components.case_labels import label_in
from components.front_door.attached import attached
from components.front_door.routes import id_in_path, signed_in
from components.front_door.sheets import language_asked
from db.documents import sheets as pages
from db.documents import word
from db.documents.folder import zipped
from db.documents.names import file_name
from db.rules.permissions import Actor, Permission
from db.rules.problems import Problems
from db.services import sheets
from db.services.cases import dossier

ZIP = "application/zip"


def printed(request: Request) -> Response:
    """Cover, contents and every sheet in one page; names only on request, for those who may see them."""
    actor, identities = signed_in(request), _identities(request)
    case_id, into = id_in_path(request, "case_id"), language_asked(request)
    seen = dossier.sheet(actor, case_id=case_id, identities=identities)
    told = {"may_unmask": actor.may(Permission.CASES_UNMASK), "identities": identities}
    parts = [_inside(one) for one in _sheets(actor, case_id, into, identities)]
    return HTMLResponse(pages.render("case_file", into, label=label_in, sheet=seen, parts=parts, **told))


def cover(request: Request) -> Response:
    """Cover and contents as Word."""
    made = dossier.cover(signed_in(request), case_id=id_in_path(request, "case_id"), identities=_identities(request))
    return attached(made.name, made.content, word.MEDIA_TYPE)


def everything(request: Request) -> Response:
    """Every paper of the file in one folder, numbered in its order."""
    actor, case_id = signed_in(request), id_in_path(request, "case_id")
    found = dossier.everything(actor, case_id=case_id, identities=_identities(request))
    return attached(file_name(f"{found[0][0].removeprefix('00_').rpartition('.')[0]}.zip"), zipped(found), ZIP)


def _sheets(actor: Actor, case_id: int, into: str, identities: bool) -> Iterator[str]:
    """The sheets there is something to put on, in the order of the file."""
    for sheet in (sheets.Sheet.CASE, sheets.Sheet.ACCEPTANCE, sheets.Sheet.TRANSFER, sheets.Sheet.REPLY):
        with suppress(Problems):
            made = sheets.case_sheet(actor, sheet=sheet, case_id=case_id, identities=identities)
            told = {"identities": identities, "may_unmask": False}
            yield pages.render(sheet.value, into, label=label_in, sheet=made, **told)


def _inside(page: str) -> Markup:
    """What stands between the tools and the end of a rendered page; it was escaped when it was rendered."""
    return Markup(page.partition("</nav>")[2].rpartition("</body>")[0])  # noqa: S704 - our own templates, escaped


def _identities(request: Request) -> bool:
    return request.query_params.get("identities") == "1"


ROUTES = [
    Route("/print/case-file/{case_id:int}", printed, methods=["GET"]),
    Route("/case-file/{case_id:int}", cover, methods=["GET"]),
    Route("/case-file/{case_id:int}/all", everything, methods=["GET"]),
]
