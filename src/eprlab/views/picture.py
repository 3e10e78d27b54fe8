"""A widget that leaves a picture: HTML beside it in the saved notebook, for pages without a kernel."""

from __future__ import annotations

import contextlib
import uuid
from typing import Any

import ipywidgets as widgets
from IPython.display import publish_display_data


class Pictured(widgets.VBox):
    """A box of widgets with a picture of itself. `keep_picture` renews the one that is saved."""

    def __init__(self, children: list[widgets.Widget]) -> None:
        self._places: list[str] = []
        super().__init__(children)

    def snapshot(self) -> str:
        """The view at this moment as HTML that needs no widget, no script and no kernel."""
        raise NotImplementedError

    def said(self) -> str:
        """The view at this moment in a line of text."""
        raise NotImplementedError

    def keep_picture(self) -> None:
        """Replaces the picture by one of this moment, wherever the view is shown."""
        for place in self._places:
            self._publish(place, update=True)

    def present(self) -> None:
        """Shows the view in the running cell, as naming it on a cell's last line does."""
        place = uuid.uuid4().hex
        self._places.append(place)
        self._publish(place, update=False)

    _ipython_display_ = present

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        picture = {"text/plain": self.said(), "text/html": f"<div>{self.snapshot()}</div>"}
        return {**data, **picture}, metadata

    def _publish(self, place: str, *, update: bool) -> None:
        data, metadata = self._repr_mimebundle_()
        with contextlib.suppress(RuntimeError):  # no front end any more: nobody to show it to
            publish_display_data(data, metadata, transient={"display_id": place}, update=update)
