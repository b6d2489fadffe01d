"""The empty sheet people and their leave are entered in, as a workbook to fill in."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from components.front_door.attached import attached
from components.front_door.pages import language_asked
from components.front_door.routes import signed_in
from components.words import translate
from db.documents import workbook
from db.rules.problems import N_
from db.services.duty import importing


def send(request: Request) -> Response:
    """The sheet of people, or of leave, for who plans duties."""
    leave, language = request.query_params.get("of") == "leave", language_asked(request)
    content = importing.blank_sheet(signed_in(request), leave=leave, language=language)
    name = translate(N_("Leave and wishes") if leave else N_("People"), language)
    return attached(f"{name}.xlsx", content, workbook.MEDIA_TYPE)


ROUTES = [Route("/duty-sheet", send, methods=["GET"])]
