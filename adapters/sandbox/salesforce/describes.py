"""What objects and fields are: descriptions made whole, and as the reading user may see them."""

from typing import Any

from adapters.sandbox.salesforce.state import Draft, Row

_OBJECT: Row = {
    "custom": False, "customSetting": False, "queryable": True, "retrieveable": True, "createable": True,
    "updateable": True, "deletable": True, "replicateable": True, "searchable": True, "mergeable": False,
    "triggerable": True, "keyPrefix": None,
}  # fmt: skip
_FIELD: Row = {
    "type": "string", "length": 0, "precision": 0, "scale": 0, "nillable": True, "createable": True,
    "updateable": True, "calculated": False, "calculatedFormula": None, "autoNumber": False, "externalId": False,
    "nameField": False, "idLookup": False, "htmlFormatted": False, "groupable": False, "referenceTo": [],
    "relationshipName": None, "polymorphicForeignKey": False, "compoundFieldName": None, "restrictedPicklist": False,
    "dependentPicklist": False, "controllerName": None, "encrypted": False, "deprecatedAndHidden": False,
    "picklistValues": [],
}  # fmt: skip
_OPAQUE = ("address", "location", "base64", "anyType", "complexvalue", "json")
"""Types that can neither be filtered nor sorted."""
_OPTION: Row = {"active": True, "defaultValue": False, "validFor": None}
_LONG_TEXT = 255


def whole(lean: Row) -> Row:
    """A description with every key that Salesforce gives; what a lean one leaves out has its usual value."""
    name = lean["name"]
    fields = [_whole_field(one) for one in lean["fields"]]
    made = {"label": _label(name), "custom": name.endswith("__c")}
    return {**_OBJECT, **made, **lean, "fields": fields}


def _whole_field(lean: Row) -> Row:
    name, kind = lean["name"], lean.get("type", "string")
    plain = kind not in _OPAQUE and not (kind == "textarea" and lean.get("length", 0) > _LONG_TEXT)
    made = {
        "label": _label(name),
        "custom": name.endswith("__c"),
        "filterable": plain,
        "sortable": plain and kind != "multipicklist",
        "relationshipName": _relationship(name) if kind == "reference" else None,
        "polymorphicForeignKey": len(lean.get("referenceTo") or ()) > 1,
    }
    options = [{**_OPTION, "label": one["value"], **one} for one in lean.get("picklistValues") or ()]
    return {**_FIELD, **made, **lean, "picklistValues": options}


def _label(name: str) -> str:
    inner = name.removesuffix("__c").rpartition("__")[2]
    return inner.replace("_", " ")


def _relationship(name: str) -> str:
    return f"{name[:-1]}r" if name.endswith("__c") else name.removesuffix("Id")


def find(draft: Draft, name: str) -> Row | None:
    """The description of an object by its name in any case, with what the user may see; None if there is none."""
    known = draft.table("describes")
    lowered = name.lower()
    found: Row | None = known.get(name) or next((one for key, one in known.items() if key.lower() == lowered), None)
    barred = hidden(draft)
    if found is None or found["name"].lower() in barred:
        return None
    if not any("." in one for one in barred):
        return found
    fields = [f for f in found["fields"] if f"{found['name']}.{f['name']}".lower() not in barred]
    return {**found, "fields": fields}


def hidden(draft: Draft) -> frozenset[str]:
    """Objects and fields that the user may not see, in small letters."""
    return frozenset(one.lower() for one in (*draft.settings.hidden, *(draft.value("hidden") or ())))


def visible(draft: Draft) -> list[Row]:
    """The descriptions of all objects that the user may see."""
    return [one for name in draft.table("describes") if (one := find(draft, name)) is not None]


def field(described: Row, name: str) -> Row | None:
    """A field by its name in any case, or None."""
    lowered = name.lower()
    return next((one for one in described["fields"] if one["name"].lower() == lowered), None)


def relation(described: Row, name: str) -> Row | None:
    """The field whose relationship has this name, or None."""
    lowered = name.lower()
    return next((one for one in described["fields"] if (one["relationshipName"] or "").lower() == lowered), None)


def summary(draft: Draft, described: Row) -> dict[str, Any]:
    """An object as the list of objects shows it: all but its fields, with addresses of this version."""
    short = {key: value for key, value in described.items() if key not in ("fields", "urls")}
    return {**short, "urls": urls(draft, described["name"])}


def urls(draft: Draft, name: str) -> dict[str, str]:
    """The addresses of an object."""
    place = f"{draft.root}/sobjects/{name}"
    return {"sobject": place, "describe": f"{place}/describe", "rowTemplate": f"{place}/{{ID}}"}


_PREFIXES = {
    "001": "Account", "003": "Contact", "005": "User", "00G": "Group", "00Q": "Lead", "006": "Opportunity",
    "500": "Case", "069": "ContentDocument", "00T": "Task", "00U": "Event",
}  # fmt: skip


def kind_of(draft: Draft, key: str) -> str | None:
    """The object that an id belongs to by its first three characters."""
    for name, one in draft.table("describes").items():
        if one["keyPrefix"] == key[:3]:
            return str(name)
    return _PREFIXES.get(key[:3])
