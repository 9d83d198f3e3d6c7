"""Products, their variations and the lines of deals, as data.

Source: Pipedrive's API description v2 (August 2026) and its documentation.
"""

from adapters.destinations.pipedrive.columns import (
    ADDED_RO,
    CHANGED,
    FOLLOWERS,
    OWNER,
    V2,
    VISIBLE,
    Codec,
    Column,
    choice,
    number,
    text,
)
from adapters.destinations.pipedrive.entities import Entity
from adapters.protocols import Json

ONE_TIME = "one-time"
FREQUENCIES = (ONE_TIME, "annually", "semi-annually", "quarterly", "monthly", "weekly")
"""How often a customer pays; all but the first need the Growth plan or a higher one."""

PRICES = "prices"
"""The wire field of all prices: an update replaces it as a whole."""


def _prices(key: str, label: str) -> Column:
    """Amounts by currency, one for each."""
    return Column(key=key, label=label, kind="money", codec="raw", wire=PRICES, many=True, shared=PRICES)


def _zero(key: str, label: str) -> Column:
    return Column(key=key, label=label, kind="number", codec="number", empty=0)


def _words(key: str, label: str, kind: Json = "text") -> Column:
    return Column(key=key, label=label, kind=kind, codec="text")


_BILLING = choice("billing_frequency", "Billing frequency", *FREQUENCIES, empty=ONE_TIME)
_CYCLES = number("billing_frequency_cycles", "Billing cycles", requires="billing_frequency")


def _flag(key: str, label: str) -> Column:
    return Column(key=key, label=label, kind="boolean", codec="boolean", unclearable=True)


_OPTION: Codec = "option"

PRODUCT = Entity(
    name="product",
    label="Product",
    path=f"{V2}/products",
    fields_path=f"{V2}/productFields",
    owner="product",
    title=("name",),
    columns=(
        text("name", "Name", required=True),
        _words("code", "Product code"),
        _words("description", "Description", "longtext"),
        _words("unit", "Unit"),
        _zero("tax", "Tax %"),
        # the description takes no null
        Column(key="category", label="Category", kind="enum", codec=_OPTION, unclearable=True),
        OWNER,
        _flag("is_linkable", "Can be added to deals"),
        VISIBLE,
        _prices("prices", "Prices"),
        _prices("costs", "Costs"),
        _prices("direct_costs", "Direct costs"),
        _BILLING,
        _CYCLES,
        ADDED_RO,
        CHANGED,
        FOLLOWERS,
    ),
)

VARIATION = Entity(
    name="variation",
    label="Product variation",
    path=f"{V2}/products/{{}}/variations",
    parent="product_id",
    title=("name",),
    columns=(
        Column(
            key="product_id", label="Product", kind="reference", codec="id", target="product", required=True,
            create_only=True,
        ),
        text("name", "Name", required=True),
        _prices("prices", "Prices"),
        _prices("costs", "Costs"),
        _prices("direct_costs", "Direct costs"),
        Column(key="price_notes", label="Notes on prices", kind="block", codec="raw", wire=PRICES, shared=PRICES),
    ),
)  # fmt: skip

DEAL_PRODUCT = Entity(
    name="deal_product",
    label="Product of a deal",
    path=f"{V2}/deals/{{}}/products",
    parent="deal_id",
    text="comments",
    plain=True,
    title=("name",),
    columns=(
        Column(
            key="deal_id", label="Deal", kind="reference", codec="id", target="deal", required=True, create_only=True
        ),
        Column(
            key="product_id", label="Product", kind="reference", codec="id", target="product", required=True,
            unclearable=True,
        ),
        Column(
            key="product_variation_id", label="Variation", kind="reference", codec="variation", target="variation"
        ),
        Column(key="item_price", label="Price", kind="number", codec="number", required=True, unclearable=True),
        Column(key="quantity", label="Quantity", kind="number", codec="number", required=True, unclearable=True),
        _zero("tax", "Tax %"),
        # one method a deal: to change it on one line changes it on all
        choice("tax_method", "Tax method", "exclusive", "inclusive", "none", unclearable=True),
        _zero("discount", "Discount"),
        choice("discount_type", "Discount type", "percentage", "amount", unclearable=True),
        _words("comments", "Comments", "longtext"),
        _flag("is_enabled", "Enabled"),
        _BILLING,
        _CYCLES,
        Column(key="billing_start_date", label="Billing starts", kind="date", codec="date"),
        Column(key="name", label="Product name", kind="text", codec="text", readonly=True),
        Column(key="currency", label="Currency", kind="text", codec="text", readonly=True),
        number("sum", "Sum", readonly=True),
        ADDED_RO,
        CHANGED,
    ),
)  # fmt: skip
