"""Word from templates people edit: nothing in a template is trusted, and whatever people typed stays literal."""

import io
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from docx.oxml import parse_xml
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.runtime import LoopContext
from jinja2.sandbox import SandboxedEnvironment

from db.documents.forms import Form, Shape, samples_of, shape_of
from db.documents.word_lines import FIELD, Line, lines_of, place_of, torn, unpaired
from db.documents.word_parts import check_parts
from db.rules.problems import N_, Problem, Problems
from db.rules.text import cleaned

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# docxtpl turns this character into a new paragraph of the same style.
_PARAGRAPH = "\a"
_LOOP = frozenset({"index", "first", "last", "length"})
_FILTERS = ("default", "length")
_MAY_STAND = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.If, nodes.CondExpr, nodes.Filter),
    *(nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand),
)


def render(template: bytes, form: Form, values: Mapping[str, object], *, at: datetime) -> bytes:
    """The filled-in document; raises Problems when the template can't be used."""
    return fill(template, shape_of(form), values, finish=lambda made: _name(made, form, values, at))


def fill(
    template: bytes, shape: Shape, values: Mapping[str, object], *, finish: Callable[[DocxTemplate], None] | None = None
) -> bytes:
    """A document filled in that may name what `shape` has, whosever form it is; raises Problems."""
    check_parts(template)
    made: _Template | None = None
    try:
        made = _Template(template, shape)
        made.render(_plain(values), _environment(), autoescape=True)
        if finish is not None:
            finish(made)
        out = io.BytesIO()
        made.save(out)
    except Problems:
        raise
    except Exception as error:  # a damaged file breaks the libraries in ways nobody can list
        why = f"{type(error).__name__}: {error}"[:200]
        said = Problem(FIELD, N_("The template can't be filled in: {why}"), {"why": why})
        raise Problems(*(torn(made.lines()) if made else ()) or (said,)) from error
    return out.getvalue()


def check_template(template: bytes, form: Form, *, at: datetime) -> None:
    """Raise Problems unless the template can be filled in, with sample values and with none, and fills in anything."""
    samples = samples_of(form)
    for values in (samples, {name: type(value)() for name, value in samples.items()}):
        render(template, form, values, at=at)
    made = _Template(template, shape_of(form))
    if not made.get_undeclared_template_variables(_environment()):
        raise Problems(Problem(FIELD, N_("There is no placeholder in this template.")))


class _Template(DocxTemplate):  # type: ignore[misc]
    """docxtpl with our lock: each part is read before it is filled in, and must come out as sound XML."""

    def __init__(self, content: bytes, shape: Shape) -> None:
        super().__init__(io.BytesIO(content))
        self._content, self._shape = content, shape

    def lines(self) -> tuple[Line, ...]:
        """Its paragraphs as they were written."""
        return lines_of(self._content)

    def render_xml_part(self, src_xml: str, part: object, context: dict[str, object], jinja_env: Any = None) -> str:  # noqa: ARG002 - docxtpl's signature
        source = re.sub(r"<w:p([ >])", r"\n<w:p\1", src_xml)
        try:
            tree = jinja_env.parse(source)
        except TemplateSyntaxError as error:
            raise Problems(
                *unpaired(self.lines()) or self._unreadable(source.splitlines()[error.lineno - 1], error)
            ) from None
        try:
            _check(tree, self._shape, {})
        except _Wrong as wrong:
            where = source.splitlines()[wrong.line - 1] if wrong.line else ""
            raise Problems(wrong.problem, *place_of(self._content, where, wrong.name)) from None
        filled = jinja_env.from_string(tree).render(context)
        made = str(self.resolve_listing(re.sub(r"\n<w:p([ >])", r"<w:p\1", filled)))
        parse_xml(made.encode())
        return made

    def _unreadable(self, where: str, error: TemplateSyntaxError) -> tuple[Problem, ...]:
        line = re.sub(r"<[^>]+>", "", where).strip()
        said = N_("This can't be read: {place} ({why})")
        values = {"place": line[:80], "why": error.message or ""}
        return Problem(FIELD, said, values), *place_of(self._content, where, "")

    def render_properties(self, context: object, jinja_env: object = None) -> None:
        """Titles and authors are set by `_name`, never computed from a template."""


class _Wrong(Exception):
    """Something that may not stand in a template: the problem, the line docxtpl made of it, the name it is about."""

    def __init__(self, message: str, what: str, node: nodes.Node, name: str = "") -> None:
        super().__init__(what)
        self.problem, self.line, self.name = Problem(FIELD, message, {"what": what}), node.lineno, name


class _Sandbox(SandboxedEnvironment):
    """No attribute of anything but a loop's own counters; nothing can be called."""

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:  # noqa: ARG002 - Jinja's signature
        return isinstance(obj, LoopContext) and attr in _LOOP

    def is_safe_callable(self, obj: object) -> bool:  # noqa: ARG002 - Jinja's signature
        return False


def _environment() -> _Sandbox:
    environment = _Sandbox(autoescape=True, undefined=StrictUndefined)
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in _FILTERS}
    return environment


def _check(node: nodes.Node, shape: Shape, loop: Mapping[str, frozenset[str]]) -> None:
    """Raise _Wrong for whatever is not a known placeholder, a condition on one, or a loop over a known list."""
    if isinstance(node, nodes.For):
        _check_loop(node, shape, loop)
    elif isinstance(node, nodes.Getattr):
        owner = node.node.name if isinstance(node.node, nodes.Name) else ""
        known = owner in loop and node.attr in loop[owner]
        _must(known, f"{owner}.{node.attr}" if owner else f"….{node.attr}", node)
    elif isinstance(node, nodes.Name):
        _must(node.name in shape, node.name, node)
    else:
        known = isinstance(node, _MAY_STAND) and (not isinstance(node, nodes.Filter) or node.name in _FILTERS)
        if not known:
            name = getattr(node, "name", None) or type(node).__name__
            raise _Wrong(N_("This may not stand in a template: {what}"), str(name), node)
        for child in node.iter_child_nodes():
            bare = isinstance(node, nodes.Output) and isinstance(child, nodes.Name)
            _must(not (bare and shape.get(child.name)), getattr(child, "name", ""), child)  # type: ignore[attr-defined]
            _check(child, shape, loop)


def _check_loop(node: nodes.For, shape: Shape, loop: Mapping[str, frozenset[str]]) -> None:
    name = node.iter.name if isinstance(node.iter, nodes.Name) else ""
    fields = shape.get(name)
    target = node.target.name if isinstance(node.target, nodes.Name) else ""
    plain = target and target not in shape and not (node.recursive or node.test or loop)
    if not fields or not plain:
        raise _Wrong(N_("A loop goes over one list and holds no other: {what}"), name, node, name)
    inner = {target: fields, "loop": _LOOP}
    for child in (*node.body, *node.else_):
        _check(child, shape, inner)


def _must(fine: bool, name: str, node: nodes.Node) -> None:
    if not fine:
        raise _Wrong(N_("There is no such placeholder: {what}"), f"{{{{ {name} }}}}", node, name.lstrip("…."))


def _plain(value: Any) -> Any:
    """Texts, and lists and dictionaries of them; a new line begins a new paragraph."""
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if not isinstance(value, str):
        raise TypeError(type(value).__name__)
    return cleaned(value).strip("\n").replace("\n", _PARAGRAPH)


def _name(made: DocxTemplate, form: Form, values: Mapping[str, object], at: datetime) -> None:
    """The document's own title, author and day instead of those of whoever edited the template."""
    told = made.docx.core_properties
    told.title, told.subject = form.zh, str(values.get("file_number") or values.get("title", ""))[:255]
    told.author = told.last_modified_by = str(values.get("committee") or values.get("office", ""))[:255]
    told.comments = told.keywords = told.category = ""
    told.created = told.modified = at.replace(tzinfo=None)
