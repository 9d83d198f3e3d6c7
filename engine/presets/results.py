"""Results, in words."""

from typing import Any

from engine.mapping import Ask
from engine.preset import ObjectPreset, Preset

_ADDRESS = {"Address": "street", "City": "city", "State": "state", "Zip": "zip"}
_INACTIVE: dict[str, Any] = {"exclude": "a record that is inactive is not moved"}
_IN_STAGE: dict[str, Any] = {"exclude": "it is part of Pipeline / Stage"}
_COMPANY_LINK: dict[str, Any] = {"link": "company"}
_CONTACT_LINK: dict[str, Any] = {"link": "contact"}
_DEAL_LINK: dict[str, Any] = {"link": "deal"}

_COMPANY = ObjectPreset(
    thing="company",
    duplicates="domain:Web Site",
    ask={
        "QuickBooks Link": Ask(
            what="is a job of a customer in QuickBooks, not a company of its own",
            values=("job",),
            into="QuickBooks Parent",
        )
    },
    fields={
        "CompanyID": "key",
        "Company Name": "name",
        "Web Site": "website",
        # two systems hold the phone: the one that people type into stands, the other is kept beside it
        "Main Phone": {
            "by": {
                "nutshell": {"to": "phones", "label": "work", "over": "QB Phone"},
                "": {"new": "Phone", "kind": "phone", "over": "QB Phone"},
            }
        },
        "QB Phone": {"new": "QuickBooks Phone", "kind": "phone"},
        **_ADDRESS,
        "Industry Group": "industry",
        "Rep": "owner",
        "Inactive": _INACTIVE,
        "Created": "created",
        "Last Modified": "modified",
    },
)

_CONTACT = ObjectPreset(
    thing="contact",
    duplicates="email:E-mail",
    expected=("company", "email"),
    fields={
        "ContactID": "key",
        "First Name": "first name",
        "Last Name": "last name",
        "E-mail": "email",
        "Direct Phone": "phone",
        "Mobile": "mobile",
        "Title": "job title",
        "CompanyID": _COMPANY_LINK,
        **_ADDRESS,
        "Rep": "owner",
        "Inactive": _INACTIVE,
        "Created": "created",
        "Last Modified": "modified",
    },
)

_DEAL = ObjectPreset(
    thing="deal",
    needs=("company",),
    expected=("value",),
    stages="Pipeline / Stage",
    fields={
        "DealID": "key",
        "Description": "name",
        "CompanyID": _COMPANY_LINK,
        "ContactID": _CONTACT_LINK,
        "Pipeline": _IN_STAGE,
        "Stage": _IN_STAGE,
        "Pipeline / Stage": {"values": "Pipeline / Stage"},
        "Probability": "probability",
        # where a deal has products, the destination may make its value of them
        "Amount": {"by": {"nutshell": {"to": "value"}, "": {"to": "value", "also": "Amount", "kind": "number"}}},
        "Close Date": "close date",
        "Rep": "owner",
        "Inactive": _INACTIVE,
        "Created": "created",
        "Last Modified": "modified",
    },
)

_ACTIVITY = ObjectPreset(
    thing="activity",
    needs=("company", "contact", "deal"),
    values={
        "Type": {
            "Phone Call": "call",
            "Appointment": "meeting",
            "Meeting": "meeting",
            "E-mail": "email",
            "To-Do": "task",
            "Task": "task",
        },
        "Status": {"Complete": {"done": True}, "Pending": {"done": False}},
    },
    fields={
        "ActivityID": "key",
        "Type": {"values": "Type", "keep": "Type"},
        "Subject": "subject",
        "Start": "when",
        "Duration (min)": "duration",
        "Status": {"values": "Status", "keep": "Status"},
        "Result": {"block": "Result"},
        "CompanyID": _COMPANY_LINK,
        "ContactID": _CONTACT_LINK,
        "DealID": _DEAL_LINK,
        "Rep": "owner",
        "Inactive": _INACTIVE,
        "Notes": "text",
    },
)

_PRODUCT = ObjectPreset(
    thing="product",
    fields={
        "ProductID": "key",
        "SKU": "code",
        "Name": "name",
        "Description": "text",
        "Price": "price",
    },
)

_LINE = ObjectPreset(
    thing="line",
    fields={
        "LineID": "key",
        "DealID": _DEAL_LINK,
        "ProductID": {"link": "product"},
        "Qty": "quantity",
        "Unit Price": "price",
        "Discount %": "discount",
    },
)

_ATTACHMENT = ObjectPreset(
    thing="file",
    needs=("parent",),
    ask={"File To Confirm": Ask(what="has a file that only a person's word lets through", say="Problem")},
    fields={
        "FileID": "key",
        "Stored Name": {"exclude": "what the file was called in the export's folder"},
        "Original Name": {"exclude": "its last part is the name of the file"},
        "Parent Type": {"link": "parent"},
        "Parent ID": {"link": "parent"},
        "Size (bytes)": {"exclude": "the file itself has it"},
        "SHA-1": {"exclude": "compared with the file, which is kept by its SHA-256"},
        "File": "file",
        "File To Confirm": "further file",
        "File Name": "name",
        "Detected Type": "file type",
        "Source Note": "text",
    },
)

PRESET = Preset(
    pipeline="Results",
    objects={
        "Company": _COMPANY,
        "Contact": _CONTACT,
        "Deal": _DEAL,
        "Activity": _ACTIVITY,
        "Product": _PRODUCT,
        "LineItem": _LINE,
        "Attachment": _ATTACHMENT,
    },
    stages={"Lead": "", "Qualified": "", "Proposal": "", "Contract": "", "Won": "won", "Lost": "lost"},
    owner_gate={"nutshell": ("contact", "deal"), "": ("deal",)},
)
"""The source's preset."""
