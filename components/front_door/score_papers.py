"""What leaves a published result: its notice as Word or as a workbook."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from components.front_door.attached import attached
from components.front_door.pages import language_asked
from components.front_door.routes import id_in_path, signed_in
from db.documents import word, workbook
from db.services.scoring import notices


def send_notice(request: Request) -> Response:
    """The notice of a publication: ?as=docx or xlsx, ?lang= its language."""
    actor, asked = signed_in(request), request.query_params
    publication_id, language = id_in_path(request, "publication_id"), language_asked(request)
    if asked.get("as") == "xlsx":
        made = notices.workbook(actor, publication_id=publication_id, language=language)
        return attached(made.name, made.content, workbook.MEDIA_TYPE)
    made = notices.document(actor, publication_id=publication_id, language=language)
    return attached(made.name, made.content, word.MEDIA_TYPE)


ROUTES = [Route("/score-notice/{publication_id:int}", send_notice, methods=["GET"])]
