"""Pipedrive: catalogue and codecs as data, flows for reading, writing, configuring and settling doubt."""

from adapters.destinations.pipedrive.adapter import Pipedrive
from adapters.destinations.pipedrive.catalogue import ENTITY_ORDER, ROLLBACK_ORDER

__all__ = ["ENTITY_ORDER", "ROLLBACK_ORDER", "Pipedrive"]
