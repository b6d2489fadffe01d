"""Word leaves here: forms of cases and disputes and the templates they are made from, as attachments nobody keeps."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from components.front_door.attached import attached
from components.front_door.routes import id_typed, signed_in
from components.front_door.sheets import public_address
from db.documents.forms import Document
from db.documents.word import MEDIA_TYPE
from db.services import templates
from db.services.cases import papers
from db.services.mediation import documents


def send(request: Request) -> Response:
    """One form of one dispute, filled in with names in clear, for those who may see them."""
    actor = signed_in(request)
    dispute_id = id_typed(request.query_params.get("dispute", ""))
    made = documents.document(actor, form=request.path_params["form"], dispute_id=dispute_id, of=_of(request))
    return _sent(made)


def send_of_case(request: Request) -> Response:
    """One form of one case; names in clear only on request, for those who may see them."""
    made = papers.document(
        signed_in(request),
        form=request.path_params["form"],
        case_id=id_typed(request.query_params.get("case", "")),
        of=_of(request),
        identities=request.query_params.get("identities") == "1",
    )
    return _sent(made)


def send_receipt(request: Request) -> Response:
    """The resident's receipt, with the address to look up progress when residents can reach this office."""
    case_id = id_typed(request.query_params.get("case", ""))
    return _sent(papers.receipt(signed_in(request), case_id=case_id, where=public_address(request)))


def send_template(request: Request) -> Response:
    """The template of a form that stands, the one that came with the program, or an earlier one of the office's own."""
    original = request.query_params.get("original") == "1"
    kept = request.query_params.get("kept", "")
    form = request.path_params["form"]
    return _sent(templates.fetch(signed_in(request), form=form, original=original, kept=kept))


def send_sample(request: Request) -> Response:
    """The template that stands, filled in with made-up values."""
    return _sent(templates.sample(signed_in(request), form=request.path_params["form"]))


def _of(request: Request) -> int | None:
    of = request.query_params.get("of")
    return id_typed(of) if of is not None else None


def _sent(made: Document) -> Response:
    return attached(made.name, made.content, MEDIA_TYPE)


ROUTES = [
    Route("/document/{form}", send, methods=["GET"]),
    Route(f"/case-document/{papers.RECEIPT}", send_receipt, methods=["GET"]),
    Route("/case-document/{form}", send_of_case, methods=["GET"]),
    Route("/template/{form}", send_template, methods=["GET"]),
    Route("/template/{form}/sample", send_sample, methods=["GET"]),
]
