"""The broker's identity is random text; none of it may look like an option to Kafka's tool."""

from __future__ import annotations

import base64
import uuid

from eprlab.stack.embedded import broker


def test_an_identity_that_starts_with_a_dash_formats_the_data_folder(service_home, monkeypatch):
    dashed = uuid.UUID(bytes=base64.urlsafe_b64decode("-" * 22 + "=="))
    monkeypatch.setattr(broker.uuid, "uuid4", lambda: dashed)
    with service_home() as home:
        component = broker.Broker(home)
        component.folder.mkdir(parents=True)
        component.prepare()
        properties = (component.folder / "data" / "meta.properties").read_text()
        assert "cluster.id=-------" in properties
