"""Several Word documents of one template as one document: each begins on a new page with its own header and footer."""

import copy
import io
from collections.abc import Sequence
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

_KINDS = {qn("w:headerReference"): (RT.HEADER, "header"), qn("w:footerReference"): (RT.FOOTER, "footer")}


def together(documents: Sequence[bytes]) -> bytes:
    """All of them in one, in order; styles, numbering and pictures are the template's, the same in each."""
    first = docx.Document(io.BytesIO(documents[0]))
    body = first.element.body
    last = body.sectPr
    for number, content in enumerate(documents[1:], 2):
        added = docx.Document(io.BytesIO(content))
        ending = OxmlElement("w:p")
        ending.get_or_add_pPr().append(_new_page(last))
        body.append(ending)
        for element in list(added.element.body):
            if element.tag != qn("w:sectPr"):
                body.append(element)
        last = copy.deepcopy(added.element.body.sectPr)
        _bring_along(first.part, added.part, last, number)
        body.append(_new_page(last))
    out = io.BytesIO()
    first.save(out)
    return out.getvalue()


def _new_page(section: Any) -> Any:
    """The section as one that begins on a new page and counts its own pages."""
    kind = section.find(qn("w:type"))
    if kind is None:
        kind = OxmlElement("w:type")
        place = max((n for n, one in enumerate(section) if one.tag in _KINDS), default=-1)
        section.insert(place + 1, kind)
    kind.set(qn("w:val"), "nextPage")
    count = section.find(qn("w:pgNumType"))
    if count is None:
        count = OxmlElement("w:pgNumType")
        before = section.find(qn("w:pgMar"))
        section.insert(list(section).index(before) + 1 if before is not None else len(section), count)
    count.set(qn("w:start"), "1")
    return section


def _bring_along(into: Any, source: Any, section: Any, number: int) -> None:
    """Copy the headers and footers a section names; what they say may differ from document to document."""
    for reference in section:
        if reference.tag not in _KINDS:
            continue
        kind, name = _KINDS[reference.tag]
        part = source.related_parts[reference.get(qn("r:id"))]
        place = PackURI(f"/word/{name}{number}x{len(into.rels)}.xml")
        brought = Part(place, part.content_type, part.blob, into.package)
        for key, relation in part.rels.items():
            if relation.is_external:
                brought.rels.add_relationship(relation.reltype, relation.target_ref, key, is_external=True)
            else:
                brought.rels.add_relationship(relation.reltype, relation.target_part, key)
        reference.set(qn("r:id"), into.relate_to(brought, kind))
