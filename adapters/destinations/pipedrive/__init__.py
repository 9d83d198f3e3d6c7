"""Pipedrive: catalogue and codecs as data, flows for reading, writing, configuring and settling doubt."""

from adapters.connector import Connector
from adapters.credentials import HeaderKey
from adapters.destinations.pipedrive.adapter import Pipedrive
from adapters.destinations.pipedrive.catalogue import ENTITY_ORDER, ROLLBACK_ORDER

CONNECTOR = Connector(
    name="pipedrive",
    address="https://yourcompany.pipedrive.com",
    open=lambda options: Pipedrive(plan=options.get("plan")),
    credentials=lambda token, _options: HeaderKey("x-api-token", token),
    options=("plan",),
    visible_seconds=10.0,  # its search, which is no witness of ours, was seen to trail by so much; lists hardly do
)
"""How Pipedrive is opened."""

__all__ = ["CONNECTOR", "ENTITY_ORDER", "ROLLBACK_ORDER", "Pipedrive"]
