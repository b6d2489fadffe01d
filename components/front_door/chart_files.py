"""A chart leaves as a picture, workbook, slide or Word: /chart-file?as=png&lang=zh and &chart=5 or &spec={...}."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from components.front_door.attached import attached
from components.front_door.pages import language_asked
from components.front_door.routes import id_typed, signed_in
from db.rules.briefings.asked import spec_from
from db.rules.problems import N_, Problem, Problems
from db.services.briefings import chart_papers
from db.services.briefings.chart_papers import FILES, Kind


def send_chart(request: Request) -> Response:
    """The file for who asks; a saved chart that is not theirs is not there, a question nobody can read is 422."""
    actor, asked = signed_in(request), request.query_params
    language = language_asked(request)
    kind = _kind(asked.get("as", ""))
    if "chart" in asked:
        made = chart_papers.saved_document(actor, chart_id=id_typed(asked["chart"]), kind=kind, language=language)
    else:
        made = chart_papers.document(actor, spec=spec_from(asked.get("spec", "")), kind=kind, language=language)
    return attached(made.name, made.content, FILES[kind].media_type)


def _kind(code: str) -> Kind:
    if code not in set(Kind):
        raise Problems(Problem("as", N_("This is not one of the choices.")))
    return Kind(code)


ROUTES = [Route("/chart-file", send_chart, methods=["GET"])]
