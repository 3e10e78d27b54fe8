"""From request bytes to response bytes (epr-contract.md, sections 6.1 and 17).

Whatever happened while executing, the status is 200 and the body says it; only a body that is not
a GraphQL request at all is 400. Errors have the original's shape: those of a resolver a ``path``,
those of a document ``locations``.
"""

import logging
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import msgspec
import orjson
from graphql import ExecutionResult, GraphQLError

from epr_server.errors import RegistryError, Unavailable
from epr_server.graphql.documents import Document, prepare
from epr_server.graphql.execution import RecordExecutor
from epr_server.graphql.resolvers import Work
from epr_server.graphql.schema import SCHEMA
from epr_server.graphql.variables import adapt
from epr_server.registry import Registry

JSON_TYPE = "application/json"
TEXT_TYPE = "text/plain; charset=utf-8"

Response = tuple[int, str, bytes]

log = logging.getLogger(__name__)


class Request(msgspec.Struct, frozen=True):
    """The body of a request; other keys are ignored."""

    query: str | None = None
    variables: dict[str, Any] | None = None
    operation_name: str | None = msgspec.field(default=None, name="operationName")


# Numbers with a fraction are kept exactly: a payload may be given as an object.
_decode = msgspec.json.Decoder(Request, float_hook=Decimal).decode


def endpoint(registry: Registry) -> Callable[[bytes], Awaitable[Response]]:
    """The handler of POST /api/v1/graphql/query: body → (status, content type, body)."""

    async def answer(body: bytes) -> Response:
        try:
            request = _decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ArithmeticError) as error:
            return 400, TEXT_TYPE, _not_a_request(error).encode()
        content = await execute(registry, request)
        return 200, JSON_TYPE, orjson.dumps(content)

    return answer


async def execute(registry: Registry, request: Request) -> dict[str, Any]:
    """Carry out a request; the content of its response, ready to be written as JSON."""
    document = prepare(request.query or "")
    if document.ast is None:
        return {"errors": [_error(error) for error in document.errors]}
    work = Work(
        registry,
        with_payload=document.mentions_payload,
        records_left=registry.search_limit,
    )
    try:
        variables = adapt(request.variables or {}, _shapes(document, request.operation_name))
    except GraphQLError as error:
        return {"errors": [_error(error)], "data": {}}
    executor = RecordExecutor.build(
        SCHEMA,
        document.ast,
        context_value=work,
        raw_variable_values=variables,
        operation_name=request.operation_name,
    )
    if isinstance(executor, list):
        content: dict[str, Any] = {"errors": [_error(error) for error in executor]}
        # The original's difference between a variable of the wrong type and a missing one.
        return {**content, "data": {}} if variables else content
    # One field after the other: a request has one database connection at a time.
    result = executor.execute_operation(serially=True)
    if not isinstance(result, ExecutionResult):
        result = await result
    return _content(result, work)


def _shapes(document: Document, operation: str | None) -> dict[str, Any]:
    if operation is None and len(document.shapes) == 1:
        return next(iter(document.shapes.values()))
    return document.shapes.get(operation, {})


def _content(result: ExecutionResult, work: Work) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if result.errors:
        content["errors"] = [_error(error) for error in result.errors]
    content["data"] = result.data
    if work.truncated and result.data is not None:
        content["extensions"] = {
            "truncated": {
                name: {"returned": len(result.data[name]), "hint": hint}
                for name, hint in work.truncated.items()
            }
        }
    return content


def _error(error: GraphQLError) -> dict[str, Any]:
    if not error.path:
        content: dict[str, Any] = {"message": error.message}
        if error.locations:
            content["locations"] = [
                {"line": location.line, "column": location.column} for location in error.locations
            ]
        return content
    content = {"message": error.message, "path": error.path}
    match error.original_error:
        case Unavailable(retry_after=seconds):
            content["extensions"] = {"status": Unavailable.status, "retry_after": seconds}
        case None | GraphQLError() | RegistryError():
            pass
        case unexpected:
            log.error("a resolver failed", exc_info=unexpected)
            content["message"] = "internal server error"
    return content


def _not_a_request(error: Exception) -> str:
    match error:
        case RecursionError():
            reason = "it is nested too deeply"
        case ArithmeticError():
            reason = "it has a number that is too large"
        case _:
            reason = str(error).replace("`", "")
    return (
        f"the body is not a GraphQL request: {reason}; "
        'send JSON such as {"query": "{events(event: {}) {id}}", "variables": {}}\n'
    )
