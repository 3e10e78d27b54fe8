"""What the explorer's script gets: everything it shows, as plain JSON, and where to draw it.

Every text is made visible here (`eprlab.lineage_view.text`), so the script puts nothing on the page
that a reader could not see; it sets text only, never markup. Times are ISO 8601 in UTC.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from epr import Event
from epr_lineage import Edge, Kind, Lineage, Node
from epr_lineage.graph import AGAINST, MERE_ORDER, SAME_AS
from eprlab.lineage_view import words
from eprlab.lineage_view.boards import Board
from eprlab.lineage_view.difference import Difference, Mark
from eprlab.lineage_view.layout import HEIGHT, WIDTH, Layout
from eprlab.lineage_view.shapes import paths
from eprlab.lineage_view.text import visible

PAYLOAD = 20_000
"""Characters of one payload that are put into the page."""
PAYLOADS = 1_000_000
"""Characters of all payloads together."""
MARKS = {Mark.ADDED: "+ added", Mark.REMOVED: "− removed", Mark.CHANGED: "≠ changed"}


def document(
    lineage: Lineage,
    layout: Layout,
    boards: list[Board],
    records: Mapping[str, Event],
    difference: Difference | None,
    **settings: Any,
) -> dict[str, Any]:
    """The whole document. `settings` are taken over, texts made visible (title, hidden, focus …)."""
    index = {node.id: number for number, node in enumerate(lineage.nodes)}
    kinds = [kind for kind in Kind if any(node.kind is kind for node in lineage.nodes)]
    edge_marks = (
        dict(zip(difference.lineage.edges, difference.edge_marks, strict=True))
        if difference
        else {}
    )
    texts = {name: visible(one) if isinstance(one, str) else one for name, one in settings.items()}
    return texts | {
        "size": [layout.width, layout.height],
        "box": [WIDTH, HEIGHT],
        "kinds": {kind: {"shape": paths(kind, WIDTH, HEIGHT), "key": paths(kind, 25, 16)} for kind in kinds},
        "nodes": [_node(node, layout.centres[node.id], difference) for node in lineage.nodes],
        "edges": [
            _edge(edge, index, path if layout.routed else "", edge_marks.get(edge))
            for edge, path in zip(lineage.edges, layout.paths, strict=True)
        ],
        "gates": [_board(board, index) for board in boards if board.gate.id in index],
        "records": _records(index, records),
    }  # fmt: skip


def as_script(value: Any) -> str:
    """JSON that may stand in an HTML script element: it cannot end it, nor begin a comment in it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _node(node: Node, centre: tuple[int, int], difference: Difference | None) -> dict[str, Any]:
    said: dict[str, Any] = {
        "kind": node.kind,
        "key": visible(node.key),
        "label": visible(node.label),
        "second": visible(words.second_line(node)),
        "at": centre,
    }
    if node.detail:
        said["detail"] = visible(node.detail)
    if node.state:
        said["state"] = node.state
    said |= _times(node)
    if difference is not None:
        mark = difference.marks[node.id]
        if mark in MARKS:
            said |= {"mark": mark, "note": MARKS[mark]}
        if node.id in difference.was:
            said["was"] = visible(words.name(difference.was[node.id]))
    return said


def _edge(edge: Edge, index: Mapping[str, int], path: str, mark: Mark | None) -> dict[str, Any]:
    said: dict[str, Any] = {
        "ends": [index[edge.source], index[edge.target]],
        "relation": visible(edge.relation),
        "rule": edge.rule,
        "confidence": edge.confidence,
        "flow": _flow(edge),
    }
    if edge.evidence:
        said["evidence"] = [visible(id) for id in edge.evidence]
    if path:
        said["path"] = path
    if mark in MARKS:
        said |= {"mark": mark, "note": MARKS[mark]}
    return said | _times(edge)


def _flow(edge: Edge) -> int:
    """Whether influence goes along the edge (1), against it (-1), both ways (2), or not at all (0)."""
    if edge.rule in MERE_ORDER:
        return 0
    if edge.relation == SAME_AS:
        return 2
    return -1 if edge.relation in AGAINST else 1


def _times(one: Node | Edge) -> dict[str, str]:
    clocks = {"recorded": one.recorded_at, "occurred": one.occurred_at}
    return {name: _iso(moment) for name, moment in clocks.items() if moment is not None}


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _board(board: Board, index: Mapping[str, int]) -> dict[str, Any]:
    return {
        "gate": index[board.gate.id],
        "whole": board.whole,
        "rows": [
            {
                "name": visible(row.receiver.label),
                "receiver": index.get(row.receiver.id),
                "receipts": [
                    {
                        "node": index.get(receipt.id),
                        "passed": receipt.state == "success",
                        "says": visible(receipt.detail),
                        **_times(receipt),
                    }
                    for receipt in row.receipts
                ],
            }
            for row in board.rows
        ],
    }


def _records(index: Mapping[str, int], records: Mapping[str, Event]) -> dict[str, Any]:
    """Of each event that is drawn: its fields as rows, and its payload as text."""
    said, left = {}, PAYLOADS
    for event in records.values():
        number = index.get(f"{Kind.EVENT}:{event.id}")
        if number is None:
            continue
        payload, cut = _payload(event.payload, min(PAYLOAD, left))
        left -= len(payload)
        fields = {
            "unit": str(event.nvrpp),
            "description": event.description,
            "success": "yes" if event.success else "no",
            "receiver": event.event_receiver_id,
        }
        said[str(number)] = {
            "fields": [[name, visible(value)] for name, value in fields.items()],
            "payload": payload,
            "cut": cut,
        }
    return said


def _payload(payload: Any, room: int) -> tuple[str, int]:
    """The payload as indented JSON, and how many characters of it are left out."""
    text = visible(json.dumps(payload, ensure_ascii=False, indent=1, default=str))
    return text[:room], max(0, len(text) - room)
