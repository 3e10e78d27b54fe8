"""Every subschema of a document, and what each ``$ref`` points at. Nothing is ever fetched.

A reference may point anywhere inside the document: by JSON pointer (``#/definitions/digest``), by
the ``$id`` of an embedded schema, or by a plain-name anchor. It may also name one of the
``documents`` the registry ships, which are then embedded under one reserved key. Any other
reference is refused: a registry that fetches what an anonymous caller names is a tool for
attacking its neighbours.

Afterwards every ``$ref`` is a plain pointer from the root and no ``$id`` is left, so the
validator has no base URIs to reason about.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit

from epr_server.json_schema.exceptions import SchemaRefused
from epr_server.json_schema.json_text import parse

MAX_SUBSCHEMAS = 10_000
# Documents from the registry's own shelf are embedded under this key of the root.
SHELF = "x-epr-documents"

# Where draft 7 (and `$defs`, from later drafts) keeps schemas inside a schema.
SINGLE = ("additionalItems", "additionalProperties", "contains", "else", "if", "not",
          "propertyNames", "then")  # fmt: skip
LISTS = ("allOf", "anyOf", "oneOf")
MAPS = ("$defs", "definitions", "dependencies", "patternProperties", "properties")

Pointer = tuple[str, ...]


@dataclass(slots=True)
class Subschema:
    """One schema inside a document.

    ``schema`` is the parsed value itself (shared with the document); ``base`` is the URI its
    references are relative to; ``resource`` points at the schema that set that base; ``target`` is
    where its ``$ref`` leads, if it has one.
    """

    pointer: Pointer
    schema: Any
    base: str
    resource: Pointer
    target: Pointer | None = None


def show(pointer: Pointer) -> str:
    """A pointer as people write it: ``#/properties/digest``."""
    return "#" + "".join(f"/{_escape(token)}" for token in pointer)


class Document:
    """A schema document with its references resolved.

    Attributes:
        root: the parsed schema, rewritten in place (see the module's text).
        subschemas: pointer → :class:`Subschema`, in the order found.

    Raises:
        SchemaRefused: a reference cannot be resolved here, or there are too many subschemas.
    """

    def __init__(self, root: Any, documents: Mapping[str, bytes]) -> None:
        self.root = root
        self.subschemas: dict[Pointer, Subschema] = {}
        self._shelf = documents
        self._resources: dict[str, Pointer] = {"": ()}
        self._anchors: dict[tuple[str, str], Pointer] = {}
        self._walk((), root, "", ())
        self._resolve_all()
        self._rewrite()

    # -- finding subschemas -----------------------------------------------------------------

    def _walk(self, pointer: Pointer, schema: Any, base: str, resource: Pointer) -> None:
        stack = [(pointer, schema, base, resource)]
        while stack:
            pointer, schema, base, resource = stack.pop()
            if pointer in self.subschemas:
                continue
            if isinstance(schema, dict) and "$ref" not in schema:
                base, resource = self._identify(pointer, schema, base, resource)
            self.subschemas[pointer] = Subschema(pointer, schema, base, resource)
            if len(self.subschemas) > MAX_SUBSCHEMAS:
                raise SchemaRefused(
                    f"it has more than {MAX_SUBSCHEMAS:,} subschemas; split it over receivers"
                )
            if isinstance(schema, dict):
                stack.extend(
                    ((*pointer, *step), child, base, resource) for step, child in children(schema)
                )

    def _identify(
        self, pointer: Pointer, schema: dict[str, Any], base: str, resource: Pointer
    ) -> tuple[str, Pointer]:
        """Note the schema's ``$id`` (``id`` in draft 4) and anchors; return its base and resource."""
        identifier = schema.get("$id", schema.get("id"))
        if isinstance(anchor := schema.get("$anchor"), str):
            self._anchors[base, anchor] = pointer
        if not isinstance(identifier, str):
            return base, resource
        try:
            uri, anchor = _joined(base, identifier)
        except ValueError as error:
            raise SchemaRefused(f"{show(pointer)}/$id is not a URI: {error}") from None
        if identifier.startswith("#"):
            self._anchors[base, anchor] = pointer
            return base, resource
        self._resources.setdefault(uri, pointer)
        return uri, pointer

    # -- resolving references ---------------------------------------------------------------

    def _resolve_all(self) -> None:
        done = 0
        # The list grows: a reference may lead to a place no keyword leads to.
        while done < len(self.subschemas):
            for place in list(self.subschemas.values())[done:]:
                done += 1
                if isinstance(place.schema, dict) and "$ref" in place.schema:
                    place.target = self._resolve(place)

    def _resolve(self, place: Subschema) -> Pointer:
        reference = place.schema["$ref"]
        if not isinstance(reference, str):
            raise SchemaRefused(f"{show(place.pointer)}/$ref must be a text")
        where = f"$ref {_quoted(reference)} at {show(place.pointer)}"
        uri, fragment, resource = self._resource_of(place, reference, where)
        if fragment and not fragment.startswith("/"):
            found = self._anchors.get((uri, fragment))
            if found is None:
                raise SchemaRefused(f"{where}: nothing here has that name")
            return found
        target = (*resource, *_tokens(fragment, where))
        if target not in self.subschemas:
            self._walk(target, self._value_at(target, where), uri, resource)
        return target

    def _resource_of(
        self, place: Subschema, reference: str, where: str
    ) -> tuple[str, str, Pointer]:
        document, _, fragment = reference.partition("#")
        try:
            fragment = unquote(fragment, errors="strict")
            uri = _joined(place.base, document)[0] if document else place.base
        except ValueError as error:
            raise SchemaRefused(f"{where} is not a URI: {error}") from None
        if not document:
            return uri, fragment, place.resource
        if uri not in self._resources:
            self._take_from_shelf(uri, where)
        return uri, fragment, self._resources[uri]

    def _take_from_shelf(self, uri: str, where: str) -> None:
        if uri not in self._shelf or not isinstance(self.root, dict):
            raise SchemaRefused(
                f"{where} points outside this document, and nothing is ever fetched. Bundle it: "
                'copy that schema under "definitions" and refer to it as "#/definitions/NAME"'
            )
        pointer = (SHELF, uri)
        schema = parse(self._shelf[uri])
        self.root.setdefault(SHELF, {})[uri] = schema
        self._resources[uri] = pointer
        self._walk(pointer, schema, uri, pointer)

    def _value_at(self, pointer: Pointer, where: str) -> Any:
        value = self.root
        for token in pointer:
            if isinstance(value, dict) and token in value:
                value = value[token]
            elif isinstance(value, list) and token.isdecimal() and int(token) < len(value):
                value = value[int(token)]
            else:
                raise SchemaRefused(f"{where}: there is no {show(pointer)}")
        if not isinstance(value, dict | bool):
            raise SchemaRefused(f"{where}: {show(pointer)} is not a schema")
        return value

    # -- afterwards -------------------------------------------------------------------------

    def _rewrite(self) -> None:
        for place in self.subschemas.values():
            if isinstance(place.schema, dict):
                place.schema.pop("$id", None)
                place.schema.pop("id", None)
                if place.target is not None:
                    place.schema["$ref"] = show(place.target)


def children(schema: dict[str, Any]) -> Iterator[tuple[Pointer, Any]]:
    """The schemas directly inside ``schema``, each with the steps that lead to it."""
    for keyword in SINGLE:
        if keyword in schema:
            yield (keyword,), schema[keyword]
    for keyword in MAPS:
        if isinstance(named := schema.get(keyword), dict):
            for name, child in named.items():
                # A dependency may be a list of property names instead of a schema.
                if isinstance(child, dict | bool):
                    yield (keyword, name), child
    for keyword in LISTS:
        if isinstance(listed := schema.get(keyword), list):
            for index, child in enumerate(listed):
                yield (keyword, str(index)), child
    items = schema.get("items")
    if isinstance(items, list):
        for index, child in enumerate(items):
            yield ("items", str(index)), child
    elif items is not None:
        yield ("items",), items


def _joined(base: str, reference: str) -> tuple[str, str]:
    """The absolute URI and the fragment. Raises ValueError if ``reference`` is not a URI."""
    urlsplit(reference)
    uri, fragment = urldefrag(urljoin(base, reference))
    return uri, fragment


def _tokens(fragment: str, where: str) -> Pointer:
    if not fragment:
        return ()
    tokens = fragment[1:].split("/")
    for token in tokens:
        if "~" in token.replace("~0", "").replace("~1", ""):
            raise SchemaRefused(f"{where} is not a JSON pointer: ~ must be written ~0")
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in tokens)


def _escape(token: str) -> str:
    return quote(token.replace("~", "~0").replace("/", "~1"), safe="~!$&'()*+,;=:@")


def _quoted(text: str) -> str:
    return '"' + (text if len(text) <= 200 else text[:200] + "…").replace("\n", " ") + '"'
