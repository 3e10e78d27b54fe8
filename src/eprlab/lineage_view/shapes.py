"""The outline of each kind of node, so that a kind is known by its shape and not by colour alone."""

from __future__ import annotations

from epr_lineage import Kind


def outline(kind: Kind, width: float, height: float) -> str:
    """SVG elements for a node of `kind`, centred on the origin."""
    shape, line = paths(kind, width, height)
    inner = f'<path class="plab-line" d="{line}"/>' if line else ""
    return f'<path class="plab-shape" d="{shape}"/>{inner}'


def paths(kind: Kind, width: float, height: float) -> tuple[str, str]:
    """SVG path data of the outline of a node of `kind`, and of the line in it ("" if it has none)."""
    x, y = width / 2, height / 2
    box = f"M{-x:g} {-y:g}H{x:g}V{y:g}H{-x:g}Z"
    match kind:
        case Kind.ARTIFACT:  # a page with a folded corner
            fold = height / 4
            path = f"M{-x:g} {-y:g}H{x - fold:g}L{x:g} {-y + fold:g}V{y:g}H{-x:g}Z"
            return path, f"M{x - fold:g} {-y:g}V{-y + fold:g}H{x:g}"
        case Kind.RECEIVER:  # a hexagon: something goes in, something comes out
            tip = height / 4
            return (
                f"M{-x:g} 0L{-x + tip:g} {-y:g}H{x - tip:g}L{x:g} 0L{x - tip:g} {y:g}H{-x + tip:g}Z"
            ), ""
        case Kind.EVENT:  # a slip with round corners
            round_ = min(9, height / 4)
            return (
                f"M{-x + round_:g} {-y:g}H{x - round_:g}a{round_:g} {round_:g} 0 0 1 {round_:g} {round_:g}"
                f"V{y - round_:g}a{round_:g} {round_:g} 0 0 1 {-round_:g} {round_:g}H{-x + round_:g}"
                f"a{round_:g} {round_:g} 0 0 1 {-round_:g} {-round_:g}V{-y + round_:g}"
                f"a{round_:g} {round_:g} 0 0 1 {round_:g} {-round_:g}Z"
            ), ""
        case Kind.GATE:  # two posts
            post = max(4, height / 7)
            return box, f"M{-x + post:g} {-y:g}V{y:g}M{x - post:g} {-y:g}V{y:g}"
        case Kind.MESSAGE:  # an envelope
            flap = height / 5
            return box, f"M{-x:g} {-y:g}L0 {-y + flap:g}L{x:g} {-y:g}"
        case Kind.GROUP:  # a frame within a frame
            inset = max(2, height / 12)
            return box, (
                f"M{-x + inset:g} {-y + inset:g}H{x - inset:g}V{y - inset:g}H{-x + inset:g}Z"
            )
        case _:
            return _from_payloads(kind, x, y)


def _from_payloads(kind: Kind, x: float, y: float) -> tuple[str, str]:
    """The same for the kinds that only payloads know of."""
    box = f"M{-x:g} {-y:g}H{x:g}V{y:g}H{-x:g}Z"
    cut, tip = y / 2, y * 0.8
    outlines = {
        Kind.CHAIN: f"M{-x + y:g} {-y:g}H{x - y:g}A{y:g} {y:g} 0 0 1 {x - y:g} {y:g}H{-x + y:g}"
        f"A{y:g} {y:g} 0 0 1 {-x + y:g} {-y:g}Z",
        Kind.RUN: f"M{-x:g} {-y:g}H{x - tip:g}L{x:g} 0L{x - tip:g} {y:g}H{-x:g}Z",
        Kind.CHANGE: f"M{-x:g} {-y:g}H{x:g}L{x - tip:g} {y:g}H{-x:g}Z",
        Kind.COMPONENT: f"M{-x + cut:g} {-y:g}H{x - cut:g}L{x:g} {-y + cut:g}V{y - cut:g}"
        f"L{x - cut:g} {y:g}H{-x + cut:g}L{-x:g} {y - cut:g}V{-y + cut:g}Z",
        Kind.PLACE: f"M{-x:g} {-cut:g}L0 {-y:g}L{x:g} {-cut:g}V{y:g}H{-x:g}Z",
        Kind.SERVICE: f"M{-x + cut:g} {-y:g}H{x:g}L{x - cut:g} {y:g}H{-x:g}Z",
        Kind.ENVIRONMENT: f"M{-x:g} {y:g}V{-cut:g}A{x:g} {cut:g} 0 0 1 {x:g} {-cut:g}V{y:g}Z",
        Kind.INCIDENT: f"M{-x:g} {y:g}L{-x + tip:g} {-y:g}H{x - tip:g}L{x:g} {y:g}Z",
        Kind.TICKET: f"M{-x:g} {-y:g}H{x:g}V{-cut:g}A{cut:g} {cut:g} 0 0 0 {x:g} {cut:g}V{y:g}H{-x:g}"
        f"V{cut:g}A{cut:g} {cut:g} 0 0 0 {-x:g} {-cut:g}Z",
        Kind.ATTESTATION: f"M{-x:g} {-y:g}H{x:g}V{cut:g}L{x - cut:g} {y:g}H{-x + cut:g}L{-x:g} {cut:g}Z",
        Kind.KEY: f"M{-x:g} 0A{y:g} {y:g} 0 0 1 {-x + y:g} {-y:g}H{x:g}V{y:g}H{-x + y:g}"
        f"A{y:g} {y:g} 0 0 1 {-x:g} 0Z",
        Kind.AGENT: f"M{-x:g} {y:g}V0A{y:g} {y:g} 0 0 1 {-x + y:g} {-y:g}H{x - y:g}A{y:g} {y:g} 0 0 1 {x:g} 0"
        f"V{y:g}Z",
        Kind.TRACE: f"M{-x:g} {-y:g}H{x:g}L{x - cut:g} 0L{x:g} {y:g}H{-x:g}L{-x + cut:g} 0Z",
    }
    lines = {Kind.RESOURCE: f"M{-x + cut:g} {-y:g}V{y:g}"}
    return outlines.get(kind, box), lines.get(kind, "")
