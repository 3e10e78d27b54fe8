"""An event, composed in a form: made from the receiver's schema, checked by it, posted, answered."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets
import jsonschema_rs

from epr import NVRPP, Client, Event, Receiver
from epr.errors import EPRError
from eprlab.lineage_view.text import visible
from eprlab.views.errors import BadAnswer
from eprlab.views.form import form
from eprlab.views.markup import Markup, heading, table, trouble
from eprlab.views.picture import Pictured


class EventComposer(Pictured):
    """A form for one receiver's events.

    `receiver`: a record or an id. `unit`: what the event is about, to begin with. `payload`: to
    begin with. `client`: default `epr.Client()`.

    "Check" validates here; "Post" sends what is there, valid or not, and shows what the registry
    says to it. Both can be called: `check()`, `post()`; `fill()` fills the form in.
    """

    def __init__(
        self,
        receiver: Receiver | str,
        unit: NVRPP | None = None,
        payload: Any = None,
        *,
        client: Client | None = None,
    ) -> None:
        self._client = client or Client()
        given = isinstance(receiver, Receiver)
        self.receiver = receiver if given else self._client.receivers.get(receiver)
        self.posted: list[Event] = []
        self.answer = "nothing posted yet"
        self._problems: list[str] = []
        self._unit = {
            part: widgets.Text(description=part, style={"description_width": "11em"})
            for part in NVRPP._fields
        }
        self._description = widgets.Text(
            description="description", style={"description_width": "11em"}
        )
        self._success = widgets.Checkbox(value=True, description="passed (success)")
        self._form = form(self.receiver.schema)
        check = widgets.Button(description="Check", tooltip="Validate here, send nothing")
        check.on_click(lambda _: self.check())
        post = widgets.Button(description="Post", tooltip="Send it to the registry")
        post.on_click(lambda _: self.post())
        self._shown = widgets.HTML()
        title = widgets.Label(visible(f"An event for {self.receiver.name} {self.receiver.version}"))
        parts = [*self._unit.values(), self._description, self._success, self._form.widget]
        super().__init__([title, *parts, widgets.HBox([check, post]), self._shown])
        self.fill(payload, unit)

    @property
    def unit(self) -> NVRPP:
        """The unit that the form names."""
        return NVRPP(*(field.value for field in self._unit.values()))

    @property
    def payload(self) -> Any:
        """The payload that the form holds. Raises `BadAnswer` if a field cannot be read."""
        return self._form.read()

    @property
    def problems(self) -> list[str]:
        """What was wrong at the last check or post."""
        return list(self._problems)

    def fill(
        self, payload: Any = None, unit: NVRPP | None = None, *,
        success: bool | None = None, description: str | None = None,
    ) -> None:  # fmt: skip
        """Fills the form in; what is None stays as it is. Raises `BadAnswer` for what does not fit."""
        if payload is not None:
            self._form.fill(payload)
        if unit is not None:
            for part, field in self._unit.items():
                field.value = getattr(unit, part)
        if success is not None:
            self._success.value = success
        if description is not None:
            self._description.value = description
        self._show()

    def check(self) -> list[str]:
        """What the receiver's schema, and the five parts of a unit, object to; [] if nothing."""
        try:
            self._problems = self._violations(self.payload)
        except BadAnswer as error:
            self._problems = [str(error)]
        self._problems += [
            f"unit: {part} is empty" for part, v in self.unit._asdict().items() if not v
        ]
        self.answer = "checked here: " + ("it is not valid" if self._problems else "it is valid")
        self._show()
        return self.problems

    def post(self) -> Event | None:
        """Sends the event. Returns it as stored, or None if it was refused; `problems` says why."""
        try:
            event = self._client.events.create(
                self.receiver,
                self.unit,
                success=self._success.value,
                payload=self.payload,
                description=self._description.value or None,
            )
        except BadAnswer as error:
            self._problems, self.answer = [str(error)], "not sent: a field cannot be read"
        except EPRError as error:
            self._problems = [str(one) for one in getattr(error, "problems", ())] or [str(error)]
            self.answer = f"refused by the registry ({type(error).__name__})"
        else:
            self.posted.append(event)
            self._problems, self.answer = [], f"stored as {event.id}"
            self._show()
            return event
        self._show()
        return None

    def said(self) -> str:
        return f"An event for {self.receiver.name}: {self.answer}"

    def snapshot(self) -> str:
        rows: list[tuple[object, ...]] = [
            ("unit", self.unit),
            ("passed", "yes" if self._success.value else "no"),
        ]
        try:
            given = self.payload
            rows += given.items() if isinstance(given, dict) else [("payload", given)]
        except BadAnswer as error:
            rows.append(("payload", error))
        title = f"An event for {self.receiver.name} {self.receiver.version}"
        return (
            heading(title)
            + table(("field", "value"), rows, "What the form holds")
            + self._outcome()
        )

    def _outcome(self) -> Markup:
        said = heading("Answer", self.answer)
        return Markup(said + "".join(trouble(problem) for problem in self._problems))

    def _show(self) -> None:
        self._shown.value = self._outcome()
        self.keep_picture()

    def _violations(self, payload: Any) -> list[str]:
        try:
            validator = jsonschema_rs.Draft7Validator(self.receiver.schema, retriever=_offline)
        except (ValueError, TypeError) as error:
            return [f"the receiver's schema cannot be used here: {error}"]
        return [
            f"{'.'.join(map(str, ['payload', *error.instance_path]))}: {error.message}"
            for error in validator.iter_errors(payload)
        ]


def _offline(address: str) -> Any:
    """A schema must not make its reader fetch what it names."""
    raise ValueError(f"it refers to {address}, which is not fetched")
