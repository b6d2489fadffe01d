"""Files of a case leave here: after the service's rights check, as an attachment, never opened in the browser."""

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from components.front_door.routes import signed_in
from db.services import files


def send(request: Request) -> Response:
    """One attachment, for somebody who may see its case."""
    actor = signed_in(request)
    found = files.fetch(actor, attachment_id=request.path_params["attachment_id"])
    return FileResponse(found.path, media_type=found.media_type, filename=found.name)


ROUTES = [Route("/files/{attachment_id:int}", send, methods=["GET"])]
