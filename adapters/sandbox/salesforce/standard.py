"""Objects that every org has, for folders that do not describe them; empty but for what follows from the rest."""

from adapters.sandbox.salesforce import ids
from adapters.sandbox.salesforce.state import Row


def _fields(*plain: str, **typed: str) -> list[Row]:
    """Fields of text by their names, and others by their types; "->Account" is a reference."""
    out: list[Row] = [{"name": "Id", "type": "id", "length": 18, "nillable": False}]
    out += [{"name": name, "type": "string", "length": 255, "nameField": name == "Name"} for name in plain]
    for name, kind in typed.items():
        targets = kind.removeprefix("->").split() if kind.startswith("->") else []
        out.append({"name": name, "type": "reference" if targets else kind, "referenceTo": targets})
    return out


_STAMPS = {
    "IsDeleted": "boolean", "CreatedDate": "datetime", "CreatedById": "->User", "LastModifiedDate": "datetime",
    "LastModifiedById": "->User", "SystemModstamp": "datetime",
}  # fmt: skip
_UNDELETED = {name: kind for name, kind in _STAMPS.items() if name != "IsDeleted"}
OBJECTS: tuple[Row, ...] = (
    {
        "name": "ContentDocument", "label": "Content Document", "keyPrefix": "069",
        "fields": _fields("Title", "FileType", "FileExtension", ContentSize="int", OwnerId="->User",
                          LatestPublishedVersionId="->ContentVersion", IsArchived="boolean", **_STAMPS),
    },
    {"name": "Group", "keyPrefix": "00G", "fields": _fields("Name", "DeveloperName", Type="picklist", **_UNDELETED)},
    {
        "name": "Lead", "keyPrefix": "00Q",
        "fields": _fields("Name", "FirstName", "LastName", "Company", Email="email", Phone="phone", Status="picklist",
                          OwnerId="->Group User", IsConverted="boolean", MasterRecordId="->Lead", **_STAMPS),
    },
    {
        "name": "Note", "keyPrefix": "002",
        "fields": _fields("Title", Body="textarea", IsPrivate="boolean", ParentId="->Account Contact", OwnerId="->User",
                          **_STAMPS),
    },
    {
        "name": "RecordType", "label": "Record Type", "keyPrefix": "012",
        "fields": _fields("Name", "DeveloperName", "NamespacePrefix", "SobjectType", IsActive="boolean", **_UNDELETED),
    },
    {
        "name": "Organization", "keyPrefix": "00D",
        "fields": _fields("Name", "TimeZoneSidKey", "LanguageLocaleKey", "OrganizationType", "InstanceName",
                          IsSandbox="boolean", **_UNDELETED),
    },
    {
        "name": "EmailMessage", "label": "Email Message", "keyPrefix": "02s",
        "fields": _fields("Subject", "FromAddress", "ToAddress", TextBody="textarea", HtmlBody="textarea",
                          ActivityId="->Task", RelatedToId="->Account", MessageDate="datetime", Status="picklist",
                          Incoming="boolean", **_STAMPS),
    },
)  # fmt: skip


def rows(found: dict[str, dict[str, Row]]) -> dict[str, dict[str, Row]]:
    """The records that follow from others: the document of each file's latest version, and the org itself."""
    documents = {
        one["ContentDocumentId"]: _document(one)
        for one in found.get("ContentVersion", {}).values()
        if one.get("IsLatest")
    }
    key = ids.numbered("00D", 1)
    org = {"Id": key, "Name": "Sandbox Org", "TimeZoneSidKey": "America/New_York", "IsSandbox": True}
    return {"ContentDocument": documents, "Organization": {key: org}}


def _document(version: Row) -> Row:
    same = ("Title", "FileType", "FileExtension", "ContentSize", "OwnerId", *_STAMPS)
    document = {name: version.get(name) for name in same}
    return {
        **document, "Id": version["ContentDocumentId"], "LatestPublishedVersionId": version["Id"], "IsArchived": False,
    }  # fmt: skip
