"""The explorer as a widget: the same script, and Python hears which node is chosen."""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from eprlab.lineage_view.document import as_script
from eprlab.lineage_view.explorer import Explorer, script, stylesheet
from eprlab.lineage_view.figure import style


class ExplorerWidget(anywidget.AnyWidget):
    """`explorer.widget()`. `selected` is the id of the chosen node, "" if none; setting it chooses.

    A saved notebook keeps the explorer beside the widget, so a page without a kernel shows it too.
    """

    _esm = script()
    _css = style() + stylesheet()
    document = traitlets.Unicode().tag(sync=True)
    selected = traitlets.Unicode().tag(sync=True)

    def __init__(self, explorer: Explorer) -> None:
        super().__init__(document=as_script(explorer.document))
        self.explorer = explorer

    @traitlets.validate("selected")
    def _known(self, proposal: Any) -> str:
        """Only nodes that are shown can be chosen. Raises `epr_lineage.UnknownNode`."""
        if proposal["value"]:
            self.explorer.lineage[proposal["value"]]
        return proposal["value"]

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        snapshot = {"text/plain": repr(self.explorer), "text/html": self.explorer._repr_html_()}
        return {**data, **snapshot}, metadata
