"""The sources there are, by kind, and those that other packages bring along."""

from importlib.metadata import entry_points

from adapters.connector import SourceConnector
from adapters.sources import improveit_360, pro_sales_crm, promoxcrm, results, smart_crm_online

GROUP = "cutover.sources"
"""The entry-point group in which an installed package offers a `SourceConnector` under the name of its kind."""

BUILT_IN: dict[str, SourceConnector] = {
    source.CONNECTOR.name: source.CONNECTOR
    for source in (improveit_360, pro_sales_crm, promoxcrm, results, smart_crm_online)
}
"""The sources that come with Cutover, by kind."""


def source_kinds() -> dict[str, SourceConnector]:
    """All sources there are, by kind; none that is installed takes the place of a built-in one."""
    return {point.name: point.load() for point in entry_points(group=GROUP)} | BUILT_IN


def source_connector(kind: str) -> SourceConnector:
    """The connector of a kind. Raises ValueError where there is none."""
    known = source_kinds()
    if kind not in known:
        raise ValueError(f"There is no source {kind!r}; there is {', '.join(sorted(known))}.")
    return known[kind]
