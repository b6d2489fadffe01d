"""The copy of a person's own data as Word leaves the house."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from components.front_door.attached import attached
from components.front_door.pages import language_asked
from components.front_door.routes import id_in_path, signed_in
from db.documents import word
from db.services import data_requests


def send_copy(request: Request) -> Response:
    """The copy of one request, to who keeps requests; journalled."""
    actor, request_id = signed_in(request), id_in_path(request, "request_id")
    made = data_requests.document(actor, request_id=request_id, language=language_asked(request))
    return attached(made.name, made.content, word.MEDIA_TYPE)


ROUTES = [Route("/data-copy/{request_id:int}", send_copy, methods=["GET"])]
