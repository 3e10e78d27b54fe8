"""The HTTP service: `GET /next?from=QUAY[&at=HH:MM]` and `GET /healthz`."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from knotlib import clock
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route as HttpRoute

from tidetable import timetable
from tidetable.tide import crossing_minutes
from tidetable.version import VERSION


def next_sailing(quay: str, minute: int) -> dict[str, object]:
    """The answer of `/next`, for somebody who stands at `quay` at `minute`."""
    table = timetable.load()
    route = table.route(quay)
    departure = timetable.next_departure(route, minute)
    takes = crossing_minutes(table.miles, departure.minute, outbound=quay == "harbour")
    return {
        "from": route.origin,
        "to": route.destination,
        "departs": clock(departure.minute),
        "arrives": clock(departure.minute + takes),
        "tomorrow": departure.tomorrow,
    }


async def answer_next(request: Request) -> JSONResponse:
    quay = request.query_params.get("from", "harbour")
    now = datetime.now(ZoneInfo(timetable.load().timezone))
    try:
        minute = timetable.minute_of(request.query_params.get("at", f"{now:%H:%M}"))
        return JSONResponse(next_sailing(quay, minute))
    except timetable.UnknownQuay as unknown:
        return JSONResponse({"error": str(unknown)}, status_code=404)
    except ValueError:
        return JSONResponse({"error": "at must look like 08:10"}, status_code=400)


async def answer_health(request: Request) -> JSONResponse:
    return JSONResponse({"service": "tidetable", "version": VERSION, "ok": True})


app = Starlette(routes=[HttpRoute("/next", answer_next), HttpRoute("/healthz", answer_health)])
