"""The outline of each kind of node, so that a kind is known by its shape and not by colour alone."""

from __future__ import annotations

from epr_lineage import Kind


def outline(kind: Kind, width: int, height: int) -> str:
    """SVG elements for a node of `kind`, centred on the origin."""
    x, y = width / 2, height / 2
    match kind:
        case Kind.ARTIFACT:  # a page with a folded corner
            fold = height / 4
            path = f"M{-x:g} {-y:g}H{x - fold:g}L{x:g} {-y + fold:g}V{y:g}H{-x:g}Z"
            extra = f'<path class="plab-line" d="M{x - fold:g} {-y:g}V{-y + fold:g}H{x:g}"/>'
        case Kind.RECEIVER:  # a hexagon: something goes in, something comes out
            tip = height / 4
            path = (
                f"M{-x:g} 0L{-x + tip:g} {-y:g}H{x - tip:g}L{x:g} 0L{x - tip:g} {y:g}H{-x + tip:g}Z"
            )
            extra = ""
        case Kind.EVENT:  # a slip with round corners
            round_ = min(9, height / 4)
            path = (
                f"M{-x + round_:g} {-y:g}H{x - round_:g}a{round_:g} {round_:g} 0 0 1 {round_:g} {round_:g}"
                f"V{y - round_:g}a{round_:g} {round_:g} 0 0 1 {-round_:g} {round_:g}H{-x + round_:g}"
                f"a{round_:g} {round_:g} 0 0 1 {-round_:g} {-round_:g}V{-y + round_:g}"
                f"a{round_:g} {round_:g} 0 0 1 {round_:g} {-round_:g}Z"
            )
            extra = ""
        case Kind.GATE:  # two posts
            post = max(4, height / 7)
            path = f"M{-x:g} {-y:g}H{x:g}V{y:g}H{-x:g}Z"
            extra = f'<path class="plab-line" d="M{-x + post:g} {-y:g}V{y:g}M{x - post:g} {-y:g}V{y:g}"/>'
        case Kind.MESSAGE:  # an envelope
            flap = height / 5
            path = f"M{-x:g} {-y:g}H{x:g}V{y:g}H{-x:g}Z"
            extra = f'<path class="plab-line" d="M{-x:g} {-y:g}L0 {-y + flap:g}L{x:g} {-y:g}"/>'
        case Kind.GROUP:  # a frame within a frame
            inset = max(2, height / 12)
            path = f"M{-x:g} {-y:g}H{x:g}V{y:g}H{-x:g}Z"
            extra = (
                f'<path class="plab-line" d="M{-x + inset:g} {-y + inset:g}H{x - inset:g}'
                f'V{y - inset:g}H{-x + inset:g}Z"/>'
            )
    return f'<path class="plab-shape" d="{path}"/>{extra}'
