"""The kinds of source that this package reads, by their names in cutover.toml."""

from adapters.connector import SourceConnector
from adapters.sources import results, smart_crm_online

BUILT_IN: dict[str, SourceConnector] = {
    connector.name: connector for connector in (results.CONNECTOR, smart_crm_online.CONNECTOR)
}
"""How each kind is read."""
