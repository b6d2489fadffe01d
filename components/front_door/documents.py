"""Word leaves here: forms of a dispute and the templates they are made from, as attachments nobody keeps."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from components.front_door.attached import attached
from components.front_door.routes import id_typed, signed_in
from db.documents.word import MEDIA_TYPE
from db.services import templates
from db.services.mediation import documents


def send(request: Request) -> Response:
    """One form of one dispute, filled in with names in clear, for those who may see them."""
    actor = signed_in(request)
    dispute_id, of = id_typed(request.query_params.get("dispute", "")), request.query_params.get("of")
    made = documents.document(
        actor,
        form=request.path_params["form"],
        dispute_id=dispute_id,
        of=id_typed(of) if of is not None else None,
    )
    return attached(made.name, made.content, MEDIA_TYPE)


def send_template(request: Request) -> Response:
    """The template of a form that stands, or the one that came with the program."""
    original = request.query_params.get("original") == "1"
    found = templates.fetch(signed_in(request), form=request.path_params["form"], original=original)
    return attached(found.name, found.content, MEDIA_TYPE)


ROUTES = [
    Route("/document/{form}", send, methods=["GET"]),
    Route("/template/{form}", send_template, methods=["GET"]),
]
