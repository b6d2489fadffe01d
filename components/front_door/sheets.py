"""Printed sheets leave here as pages of their own; the service checks who may have them and journals each."""

import re
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from components.case_labels import label_in
from components.front_door.routes import signed_in
from db.documents import sheets as pages
from db.engine import current
from db.languages import LANGUAGES
from db.rules.permissions import Permission
from db.services import sheets
from db.services.mediation.sheets import dossier_sheet
from db.services.office import notice

_PIECES = re.compile(r"\*\*(.+?)\*\*")


def receipt(request: Request) -> Response:
    """The resident's receipt and the office's copy, with a code to scan when residents can reach this office."""
    sheet = sheets.receipt_sheet(signed_in(request), case_id=request.path_params["case_id"])
    where = public_address(request)
    told = sheet.receipt
    scanned = f"{where}#{quote(told.number)}/{told.query_code}" if where else ""
    return _drawn(request, "receipt", sheet=sheet, where=where, qr=pages.qr_code(scanned) if scanned else "")


def privacy_notice(request: Request) -> Response:
    """One version of the privacy notice."""
    told = notice(signed_in(request), notice_id=request.path_params["notice_id"])
    if told is None or told.id != request.path_params["notice_id"]:
        raise HTTPException(404)
    text = told.text_zh if language_asked(request) == "zh" else told.text_en
    return _drawn(request, "notice", notice=told, blocks=_blocks(text))


def of_case(sheet: sheets.Sheet) -> Callable[[Request], Response]:
    """The route of one sheet of a case; names only on request, for those who may see them."""

    def send(request: Request) -> Response:
        actor, identities = signed_in(request), request.query_params.get("identities") == "1"
        case_id = request.path_params["case_id"]
        made = sheets.case_sheet(actor, sheet=sheet, case_id=case_id, identities=identities)
        may_unmask = actor.may(Permission.CASES_UNMASK)
        return _drawn(request, sheet.value, sheet=made, identities=identities, may_unmask=may_unmask)

    return send


def dossier(request: Request) -> Response:
    """Cover, contents and closing note of a mediation file; names only on request, for those who may see them."""
    actor, identities = signed_in(request), request.query_params.get("identities") == "1"
    made = dossier_sheet(actor, dispute_id=request.path_params["dispute_id"], identities=identities)
    may_unmask = actor.may(Permission.MEDIATION_UNMASK)
    return _drawn(request, "dossier", sheet=made, identities=identities, may_unmask=may_unmask)


def _drawn(request: Request, template: str, *, identities: bool = False, **values: object) -> HTMLResponse:
    html = pages.render(template, language_asked(request), label=label_in, identities=identities, **values)
    return HTMLResponse(html)


def language_asked(request: Request) -> str:
    """Chinese unless the address says otherwise: these sheets are handed to residents."""
    asked = request.query_params.get("lang", "zh")
    return asked if asked in LANGUAGES else "zh"


def public_address(request: Request) -> str:
    """Where a resident's telephone can look up progress; nothing when only this machine reaches this office."""
    set_address = current().settings.public_url.rstrip("/")
    if set_address:
        return f"{set_address}/query"
    host = request.url.hostname or ""
    try:
        here_only = ip_address(host).is_loopback
    except ValueError:
        here_only = host in ("", "localhost") or "." not in host
    return "" if here_only else f"{request.url.scheme}://{request.url.netloc}/query"


def _blocks(text: str) -> list[tuple[str, list[tuple[bool, str]]]]:
    """The notice as paragraphs of plain and bold pieces; the rest of Markdown is shown as it stands."""
    blocks = []
    for number, line in enumerate(part.strip() for part in text.splitlines() if part.strip()):
        split = _PIECES.split(line)
        pieces = [(bool(index % 2), piece) for index, piece in enumerate(split) if piece]
        blocks.append(("title" if number == 0 else "text", pieces))
    return blocks


ROUTES = [
    Route("/print/receipt/{case_id:int}", receipt, methods=["GET"]),
    Route("/print/notice/{notice_id:int}", privacy_notice, methods=["GET"]),
    Route("/print/dossier/{dispute_id:int}", dossier, methods=["GET"]),
    *(Route(f"/print/{sheet.value}/{{case_id:int}}", of_case(sheet), methods=["GET"]) for sheet in sheets.Sheet),
]
