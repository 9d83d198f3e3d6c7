"""Results CRM: the objects of an export and the tables beside them.

The vendor describes no export. The words come from its manuals, the columns from the migration brief; they are matched
loosely, and what is not here is a custom field. In Results' own screens a firm is a "Contact" and a person an
"Associate": where a table's name and its columns disagree, the columns decide.
"""

from adapters.protocols import Identity, Link
from adapters.sources.standard import Column, Standard

_REP = Column("Rep", "user", ("Sales Rep", "Rep Code", "Owner", "Assigned To"))
_INACTIVE = Column("Inactive", "boolean", ("Is Inactive", "Deleted"))
_CREATED = Column("Created", "datetime", ("Created On", "Date Created", "Created Date", "Create Date"))
_MODIFIED = Column("Last Modified", "datetime", ("Modified", "Last Changed", "Date Modified", "Modified Date"))
_ZIP = Column("Zip", "text", ("ZIP Code", "Postal Code"))
_PHONE_NAMES = ("Phone", "Telephone", "Phone Number")
_COMPANY_ID = Column("CompanyID", "reference", ("Company ID",), target="Company")
_CONTACT_ID = Column("ContactID", "reference", ("Contact ID", "AssociateID", "Associate ID"), target="Contact")
_DEAL_ID = Column("DealID", "reference", ("Deal ID", "OpportunityID", "Opportunity ID"), target="Deal")
_PRODUCT_ID = Column("ProductID", "reference", ("Product ID", "ItemID"), target="Product")

_TO_COMPANY = Link(name="company", to=("Company",), id_field="CompanyID")
_TO_CONTACT = Link(name="contact", to=("Contact",), id_field="ContactID")
_TO_DEAL = Link(name="deal", to=("Deal",), id_field="DealID")

COMPANY = Standard(
    name="Company",
    label="Companies",
    files=("companies", "company", "firms", "firm", "accounts", "account"),
    columns=(
        Column("CompanyID", "text", ("Company ID",), required=True),
        Column("Company Name", "text", ("Company", "Name"), required=True),
        Column("Web Site", "url", ("Website", "Web", "URL", "Home Page")),
        Column("Main Phone", "phone", _PHONE_NAMES),
        Column("Address", "text", ("Street", "Address 1")), Column("City", "text"), Column("State", "text"), _ZIP,
        Column("Industry Group", "enum", ("Industry", "Group")),
        _REP, _INACTIVE, _CREATED, _MODIFIED,
        Column("QB List ID", "text", ("QB ListID", "QuickBooks List ID")),
        Column("QB Full Name", "text", ("QB Customer:Job", "QB Name")),
        Column("QB Phone", "phone"),
        Column("QB Balance", "money"),
        Column("QB Last Sync", "datetime", ("QB Synced", "QB Last Synced")),
        Column("Memo", "longtext", ("Notes", "Comments")),
    ),
    identity=Identity(id_field="CompanyID", natural=(("Web Site",), ("Company Name", "Zip"), ("Company Name",))),
    owner="Rep",
    title=("Company Name",),
)  # fmt: skip

CONTACT = Standard(
    name="Contact",
    label="Contacts",
    files=("contacts", "contact", "associates", "associate", "people", "persons", "person"),
    columns=(
        Column("ContactID", "text", ("Contact ID", "AssociateID", "Associate ID"), required=True),
        _COMPANY_ID,
        Column("First Name", "text", ("First",)),
        Column("Last Name", "text", ("Last", "Surname"), required=True),
        Column("E-mail", "email", ("Email", "E-mail Address", "Email Address")),
        Column("Direct Phone", "phone", ("Phone", "Work Phone", "Business Phone")),
        Column("Mobile", "phone", ("Mobile Phone", "Cell", "Cell Phone")),
        Column("Title", "text", ("Job Title", "Position")),
        Column("Address", "text", ("Street",)), Column("City", "text"), Column("State", "text"), _ZIP,
        _REP, _INACTIVE, _CREATED, _MODIFIED, Column("Memo", "longtext", ("Notes", "Comments")),
    ),
    identity=Identity(
        id_field="ContactID",
        natural=(("E-mail",), ("First Name", "Last Name", "@company"), ("First Name", "Last Name"), ("Last Name",)),
    ),
    links=(_TO_COMPANY,),
    owner="Rep",
    title=("First Name", "Last Name"),
)  # fmt: skip

DEAL = Standard(
    name="Deal",
    label="Deals",
    files=("deals", "deal", "opportunities", "opportunity"),
    columns=(
        Column("DealID", "text", ("Deal ID", "OpportunityID", "Opportunity ID"), required=True),
        Column("Description", "text", ("Deal Name", "Name", "Subject"), required=True),
        _COMPANY_ID, _CONTACT_ID,
        Column("Pipeline", "enum"), Column("Stage", "enum", ("Status",)),
        Column("Probability", "percent", ("Percent",)),
        Column("Amount", "money", ("Value",)),
        Column("Close Date", "date", ("Expected Close", "Closing Date")),
        _REP, _INACTIVE, _CREATED, _MODIFIED,
        Column("QB Estimate No", "text"), Column("Memo", "longtext", ("Notes", "Comments")),
    ),
    identity=Identity(
        id_field="DealID",
        natural=(("Description", "@company", "Created"), ("Description", "Created"), ("Description",)),
    ),
    links=(_TO_COMPANY, _TO_CONTACT),
    owner="Rep",
    title=("Description",),
)  # fmt: skip

ACTIVITY = Standard(
    name="Activity",
    label="Activities",
    files=("activities", "activity", "engagements"),
    columns=(
        Column("ActivityID", "text", ("Activity ID",), required=True),
        Column("Type", "enum", ("Activity Type",), required=True),
        Column("Subject", "text", ("Regarding",)),
        Column("Start", "datetime", ("Start Time", "Date", "Date/Time")),
        Column("Duration (min)", "duration", ("Duration", "Minutes")),
        Column("Status", "enum"), Column("Result", "enum", ("Outcome",)),
        _COMPANY_ID, _CONTACT_ID, _DEAL_ID, _REP, _INACTIVE, _CREATED, _MODIFIED,
        Column("Notes", "longtext", ("Memo", "Comments", "Description")),
    ),
    identity=Identity(
        id_field="ActivityID",
        natural=(("Type", "Subject", "Start", "@contact"), ("Type", "Subject", "Start"), ("Subject",)),
    ),
    links=(_TO_COMPANY, _TO_CONTACT, _TO_DEAL),
    owner="Rep",
    title=("Subject",),
)  # fmt: skip

PRODUCT = Standard(
    name="Product",
    label="Products",
    files=("products", "product"),
    columns=(
        Column("ProductID", "text", ("Product ID", "ItemID"), required=True),
        Column("SKU", "text", ("Code", "Item Number")),
        Column("Name", "text", ("Product", "Product Name"), required=True),
        Column("Description", "longtext"),
        Column("Price", "money", ("Unit Price", "Sales Price")),
        Column("Product Line", "enum", ("Category",)),
        Column("Active", "boolean", ("Is Active",)),
        Column("QB Item List ID", "text"),
    ),
    identity=Identity(id_field="ProductID", natural=(("SKU",), ("Name",))),
    title=("Name",),
)  # fmt: skip

LINE_ITEM = Standard(
    name="LineItem",
    label="Line items",
    files=("lineitems", "lineitem", "lines", "line", "items"),
    columns=(
        Column("LineID", "text", ("Line ID", "LineItemID", "Line Item ID"), required=True),
        Column("DealID", "reference", ("Deal ID", "OpportunityID"), required=True, target="Deal"),
        _PRODUCT_ID, Column("SKU", "text"), Column("Description", "text"),
        Column("Qty", "number", ("Quantity",)), Column("Unit Price", "money", ("Price",)),
        Column("Discount %", "percent", ("Discount",)), Column("Line Total", "money", ("Total", "Amount")),
    ),
    identity=Identity(id_field="LineID", natural=(("DealID", "ProductID", "SKU", "Description"), ("DealID", "SKU"))),
    # No link by SKU or name: a product that does not exist is never replaced by another.
    links=(_TO_DEAL, Link(name="product", to=("Product",), id_field="ProductID")),
    title=("Description",),
)  # fmt: skip

ATTACHMENT = Standard(
    name="Attachment",
    label="Attachments",
    files=("manifest", "attachments", "attachment"),
    columns=(
        Column("FileID", "text", ("File ID", "AttachmentID"), required=True),
        Column("Stored Name", "text", ("Stored File", "Stored As", "Path"), required=True),
        Column("Original Name", "text", ("File Name", "Name")),
        Column("Parent Type", "enum", ("Record Type",)), Column("Parent ID", "text", ("Record ID",)),
        Column("Size (bytes)", "number", ("Size", "Bytes")), Column("SHA-1", "text", ("SHA1", "Checksum")),
        Column("Added", "datetime", ("Created", "Date Added")), Column("Source", "enum"),
    ),
    identity=Identity(id_field="FileID", natural=(("Stored Name",),)),
    links=(
        Link(name="parent", to=("Company", "Contact", "Deal", "Activity"), id_field="Parent ID",
             type_field="Parent Type"),
    ),
    title=("Original Name",),
)  # fmt: skip

STANDARDS = (COMPANY, CONTACT, DEAL, ACTIVITY, PRODUCT, LINE_ITEM, ATTACHMENT)
"""The objects, parents before children."""

USERS = Standard(
    name="User", label="Users", files=("users", "user", "reps", "rep", "employees", "staff"),
    columns=(
        Column("Code", "text", ("Rep Code", "Rep", "Initials", "ID"), required=True),
        Column("Name", "text", ("Full Name", "User")), Column("E-mail", "email", ("Email", "E-mail Address")),
        Column("Status", "text", ("Active", "State")),
    ),
    identity=Identity(),
)  # fmt: skip

PIPELINES = Standard(
    name="Pipeline", label="Pipelines", files=("pipelines", "pipeline", "stages"),
    columns=(
        Column("Pipeline", "text", ("Pipeline Name",), required=True),
        Column("Stage", "text", ("Stage Name",), required=True),
        Column("Order", "number", ("Position", "Sort")), Column("Percent", "percent", ("Probability", "%")),
    ),
    identity=Identity(),
)  # fmt: skip

LABELS = Standard(
    name="Label", label="Labels of custom fields", files=("labels", "label", "udf", "udfs"),
    columns=(
        Column("Field", "text", ("Field Name",), required=True), Column("Label", "text", ("Caption",), required=True),
        Column("Type", "text", ("Data Type",)), Column("Choices", "text", ("Options", "Values")),
    ),
    identity=Identity(),
)  # fmt: skip

BESIDE = (USERS, PIPELINES, LABELS)
"""The tables beside the objects."""

FOLDERS = frozenset({"attachments", "attachment", "documents", "files", "photos", "signatures", "media"})
"""Folders whose files belong to records."""
