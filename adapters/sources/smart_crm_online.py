"""Smart CRM Online: an export of flat CSV files, one an object; no API, and no ids but the company's.

The vendor publishes no description of the export, so names, kinds and links here come from the migration brief and are
matched loosely: other names of a column are recognised, and what is not in the standard schema is a custom field.
"""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from adapters.connector import SourceConnector
from adapters.protocols import Flow, Identity, Lack, Link, Page, Schema
from adapters.sources.dialect import Dialect
from adapters.sources.export import Export
from adapters.sources.sql import SqlSource
from adapters.sources.standard import Column, Standard
from adapters.sources.workbook import Workbook, write_template

SYSTEM = "smart-crm-online"
"""The source's public id."""

_OWNER = Column("Owner", "user", ("Assigned To", "Assignee", "Responsible", "Owner Email", "Owner Name"))
_TAGS = Column("Tags", "multienum", ("Tag", "Labels"))
_CREATED = Column("Created", "datetime", ("Created At", "Created On", "Created Date", "Date Created", "Create Date"))
_MODIFIED = Column("Modified", "datetime", ("Modified At", "Updated", "Updated At", "Last Modified", "Modified Date"))
_COMPANY_ID = Column("Company ID", "text", ("Account ID", "Organization ID", "Organisation ID", "CompanyId"))
_COMPANY = Column("Company", "reference", ("Company Name", "Account", "Account Name", "Organization", "Organisation"),
                  target="Company")  # fmt: skip
_CONTACT = Column("Contact", "reference", ("Contact Name", "Person"), target="Contact")
_DEAL = Column("Deal", "reference", ("Deal Name", "Opportunity"), target="Deal")
_PHONE = Column("Phone", "phone", ("Telephone", "Phone Number", "Work Phone", "Business Phone"))
_ADDRESS = (
    Column("Street", "text", ("Address", "Street Address", "Address 1")),
    Column("City", "text", ("Town",)),
    Column("State", "text", ("Region", "Province", "State/Province")),
    Column("Zip", "text", ("ZIP Code", "Postal Code", "Postcode")),
    Column("Country", "text"),
)

_COMPANY_LINK = Link(name="company", to=("Company",), id_field="Company ID", name_field="Company")
_CONTACT_LINK = Link(name="contact", to=("Contact",), name_field="Contact", within="company")
_DEAL_LINK = Link(name="deal", to=("Deal",), name_field="Deal")
# An email, meeting or task names no company: a name that fits several contacts is settled by the deal it names.
_CONTACT_OF_DEAL = Link(name="contact", to=("Contact",), name_field="Contact", within="deal")


def _activity(subject: str, time: str, *others: str) -> Identity:
    """How an activity without an id is known again: by subject, time and who, in falling strength.

    The parent's text comes first since it outlives the parent; the resolved link follows a renamed parent.
    """
    return Identity(
        natural=(
            (subject, time, *others),
            *((subject, time, other) for other in others if len(others) > 1),
            (subject, time),
            others,
            (subject,),
            (time,),
        ),
        rematch=((subject, time, "@contact"), (subject, time), (subject, "@contact", "Owner")),
    )


COMPANY = Standard(
    name="Company",
    label="Companies",
    files=("companies", "company", "accounts", "account", "organizations", "organisations", "firms"),
    columns=(
        Column("Company ID", "text", ("Account ID", "Organization ID", "Organisation ID", "CompanyId", "ID"),
               required=True),
        Column("Company Name", "text", ("Company", "Name", "Account Name", "Organization", "Organisation"),
               required=True),
        Column("Website", "url", ("Web Site", "URL", "Web", "Homepage", "Domain")),
        Column("Industry", "enum", ("Sector",)),
        Column("Employees", "number", ("Number of Employees", "Employee Count", "Headcount")),
        Column("Annual Revenue", "money", ("Revenue", "Turnover")),
        _PHONE, *_ADDRESS, _OWNER, _TAGS, _CREATED, _MODIFIED,
    ),
    identity=Identity(id_field="Company ID", natural=(("Website",), ("Company Name",))),
    owner="Owner",
    title=("Company Name",),
)  # fmt: skip

CONTACT = Standard(
    name="Contact",
    label="Contacts",
    files=("contacts", "contact", "people", "persons", "person"),
    columns=(
        Column("First Name", "text", ("Firstname", "Given Name", "First"), required=True),
        Column("Last Name", "text", ("Lastname", "Surname", "Family Name", "Last"), required=True),
        Column("Email", "email", ("E-mail", "Email Address", "E-mail Address", "Mail")),
        _PHONE,
        Column("Mobile", "phone", ("Mobile Phone", "Cell", "Cell Phone", "Mobile Number")),
        Column("Job Title", "text", ("Title", "Position", "Role")),
        _COMPANY_ID, _COMPANY, _OWNER, _TAGS, *_ADDRESS, _CREATED, _MODIFIED,
    ),
    identity=Identity(
        natural=(
            ("Email",), ("First Name", "Last Name", "@company"), ("First Name", "Last Name"),
            ("Last Name",), ("First Name",),
        ),
        rematch=(("First Name", "Last Name", "@company"), ("First Name", "Last Name")),
    ),
    links=(_COMPANY_LINK,),
    owner="Owner",
    title=("First Name", "Last Name"),
)  # fmt: skip

DEAL = Standard(
    name="Deal",
    label="Deals",
    files=("deals", "deal", "opportunities", "opportunity"),
    columns=(
        Column("Deal Name", "text", ("Deal", "Name", "Title", "Opportunity", "Opportunity Name"), required=True),
        _COMPANY_ID, _COMPANY, _CONTACT,
        Column("Value", "money", ("Amount", "Deal Value", "Deal Amount")),
        Column("Currency", "enum", ("Currency Code",)),
        Column("Stage", "enum", ("Deal Stage", "Pipeline Stage", "Status")),
        Column("Probability", "percent", ("Win Probability", "Probability (%)")),
        Column("Close Date", "date", ("Expected Close Date", "Expected Close", "Closing Date")),
        _OWNER, _TAGS, _CREATED, _MODIFIED,
    ),
    identity=Identity(
        natural=(("Deal Name", "@company", "Created"), ("Deal Name", "Created"),
                 ("Deal Name", "@company"), ("Deal Name",)),
        rematch=(("@company", "@contact", "Created"), ("@company", "Contact", "Created"), ("Deal Name", "Created")),
    ),
    links=(_COMPANY_LINK, _CONTACT_LINK),
    owner="Owner",
    title=("Deal Name",),
)  # fmt: skip

CALL = Standard(
    name="Call",
    label="Calls",
    files=("calls", "call", "phonecalls"),
    columns=(
        Column("Subject", "text", ("Title", "Name"), required=True),
        Column("Date/Time", "datetime", ("Date", "Call Time", "Call Date", "Start", "Started At", "Time"),
               required=True),
        Column("Duration", "duration", ("Call Duration", "Length", "Duration (seconds)")),
        Column("Disposition", "enum", ("Outcome", "Result", "Call Result")),
        Column("Direction", "enum", ("Call Direction", "Call Type")),
        _CONTACT, _COMPANY, _DEAL, _OWNER,
        Column("Comments", "longtext", ("Comment", "Description", "Body", "Notes")),
    ),
    identity=_activity("Subject", "Date/Time", "Contact", "Owner"),
    links=(
        Link(name="company", to=("Company",), name_field="Company"), _CONTACT_LINK,
        Link(name="deal", to=("Deal",), name_field="Deal", within="company"),
    ),
    owner="Owner",
    title=("Subject",),
)  # fmt: skip

EMAIL = Standard(
    name="Email",
    label="Emails",
    files=("emails", "email", "mails"),
    columns=(
        Column("Subject", "text", ("Title",), required=True),
        Column("Body", "html", ("Message", "Text", "Content")),
        Column("Direction", "enum", ("Type",)),
        Column("Sent At", "datetime", ("Sent", "Date", "Date/Time", "Sent On", "Sent Date"), required=True),
        Column("From", "email", ("Sender", "From Address")),
        Column("To", "email", ("Recipient", "Recipients", "To Address")),
        _CONTACT, _DEAL, _OWNER,
    ),
    identity=_activity("Subject", "Sent At", "From", "To"),
    links=(_CONTACT_OF_DEAL, _DEAL_LINK),
    owner="Owner",
    title=("Subject",),
)  # fmt: skip

MEETING = Standard(
    name="Meeting",
    label="Meetings",
    files=("meetings", "meeting", "appointments", "events"),
    columns=(
        Column("Title", "text", ("Subject", "Name"), required=True),
        Column("Start", "datetime", ("Start Time", "Starts At", "Start Date", "From"), required=True),
        Column("End", "datetime", ("End Time", "Ends At", "End Date", "Until")),
        Column("Location", "text", ("Place", "Where")),
        Column("Attendees", "text", ("Participants", "Guests", "Invitees")),
        _CONTACT, _DEAL, _OWNER,
        Column("Description", "longtext", ("Body", "Notes", "Comments")),
    ),
    identity=_activity("Title", "Start", "Contact", "Owner"),
    links=(_CONTACT_OF_DEAL, _DEAL_LINK),
    owner="Owner",
    title=("Title",),
)  # fmt: skip

TASK = Standard(
    name="Task",
    label="Tasks",
    files=("tasks", "task", "todos", "to-dos"),
    columns=(
        Column("Subject", "text", ("Title", "Task", "Name"), required=True),
        Column("Due Date", "date", ("Due", "Due On", "Deadline")),
        Column("Status", "enum", ("State",)),
        Column("Completed", "boolean", ("Done", "Complete", "Is Completed")),
        Column("Completed On", "date", ("Completed At", "Completion Date", "Completed Date", "Date Completed")),
        Column("Priority", "enum"),
        _CONTACT, _DEAL, _OWNER,
        Column("Description", "longtext", ("Body", "Notes", "Comments", "Details")),
    ),
    identity=_activity("Subject", "Due Date", "Contact", "Owner"),
    links=(_CONTACT_OF_DEAL, _DEAL_LINK),
    owner="Owner",
    title=("Subject",),
)  # fmt: skip

NOTE = Standard(
    name="Note",
    label="Notes",
    files=("notes", "note"),
    columns=(
        Column("Attached To Type", "enum", ("Parent Type", "Related To Type", "Record Type"), required=True),
        Column("Attached To", "reference", ("Parent", "Related To", "Record"), required=True),
        Column("Note", "html", ("Text", "Body", "Content", "Notes"), required=True),
        Column("Author", "user", ("Created By", "Owner")),
        _CREATED,
    ),
    identity=Identity(
        natural=(
            ("Attached To Type", "Attached To", "Created", "Note"), ("Attached To Type", "Attached To", "Note"),
            ("Created", "Note"), ("Note",),
        ),
        rematch=(("Created", "Note"), ("@parent", "Created", "Author")),
    ),
    links=(
        Link(name="parent", to=("Company", "Contact", "Deal"), name_field="Attached To", type_field="Attached To Type"),
    ),
    owner="Author",
)  # fmt: skip

STANDARDS = (COMPANY, CONTACT, DEAL, CALL, EMAIL, MEETING, TASK, NOTE)
"""The standard schema, parents before children."""


NO_FILES = Lack(
    action="export",
    entity="file",
    what="An export of Smart CRM Online holds no files and no pictures.",
    instead="Files are not moved; whoever needs one saves it by hand from the old system.",
)
"""What no export holds (the CSV files name no attachment; seed and vendor's description)."""


class SmartCrmOnline:
    """A Smart CRM Online export (a folder, a ZIP, or one CSV file) as a `Source`.

    `dialects` are those of an earlier export, as `dialects` gave them: a file that no longer fits is refused.
    """

    def __init__(self, path: Path, dialects: Mapping[str, Dialect] | None = None) -> None:
        self._export = Export(SYSTEM, STANDARDS, path, dialects)

    def schema(self) -> Flow[Schema]:
        """Objects, fields and findings; raises `UnreadableError` for an export that cannot be read as it is."""
        return msgspec.structs.replace((yield from self._export.schema()), lacks=(NO_FILES,))

    def read(self, object: str, since: str | None, at: str | None) -> Flow[Page]:
        """One page of an object. `since` is ignored: an export is a full snapshot."""
        return self._export.read(object, since, at)

    @property
    def dialects(self) -> dict[str, Dialect]:
        """How each file is written, by file name."""
        return self._export.dialects


CONNECTOR = SourceConnector(
    name=SYSTEM,
    label="Smart CRM Online",
    bundle=SmartCrmOnline,
    database=lambda url, options: SqlSource(url, options, standards=STANDARDS, system=SYSTEM),
    workbook=Workbook,
    template=lambda path: write_template(STANDARDS, path, system=SYSTEM),
    ask=(
        "Which product is it: what is the address of its login page, and who sells it?",
        "Is it hosted by you? Then a dump of its database may tell more than its export.",
        "Can the export be made again with every column, in UTF-8, and how many records does the program itself count?",
        "Which columns are your own, and what do their values mean?",
        "Are dates written month first or day first, and in which time zone?",
        "Do two companies, contacts or deals bear the same name? Deals name their contact by name alone.",
        "Does anything in it run by itself, as reminders or assignments do? An export shows none of that.",
    ),
)
"""How Smart CRM Online is read."""
