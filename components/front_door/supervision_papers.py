"""The supervision notice as Word leaves the house."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from components.front_door.attached import attached
from components.front_door.routes import id_in_path, signed_in
from db.documents import word
from db.services.supervision import paper


def send_notice(request: Request) -> Response:
    """One notice, to whoever may see it."""
    actor, supervision_id = signed_in(request), id_in_path(request, "supervision_id")
    made = paper.document(actor, supervision_id=supervision_id)
    return attached(made.name, made.content, word.MEDIA_TYPE)


ROUTES = [Route("/supervision-notice/{supervision_id:int}", send_notice, methods=["GET"])]
