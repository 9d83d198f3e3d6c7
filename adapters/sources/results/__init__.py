"""Results CRM (Results Software, later AbacusNext): read from an export, as there is no API that anybody knows of."""

from adapters.connector import SourceConnector
from adapters.sources.results.schema import STANDARDS
from adapters.sources.results.source import STAGE as STAGE, SYSTEM as SYSTEM, Results as Results
from adapters.sources.sql import SqlSource
from adapters.sources.workbook import Workbook, write_template

CONNECTOR = SourceConnector(
    name=SYSTEM,
    label="Results",
    bundle=Results,
    database=lambda url, options: SqlSource(url, options, standards=STANDARDS, system=SYSTEM),
    workbook=Workbook,
    template=lambda path: write_template(STANDARDS, path, system=SYSTEM),
    ask=(
        "Which version is it, and is its data in SQL Server or in files of its own?",
        "Can you run a query against the database, or only export what a screen shows?",
        "Does the sheet called Contacts hold firms or persons? In Results a firm is a Contact, a person an Associate.",
        "Is QuickBooks linked: Desktop or Online, and which side wins where both hold a value?",
        "Are companies whose QuickBooks name is Customer:Job customers of their own, or work for the customer?",
        "Where do documents, photos and signatures lie: in the database or on a file share? Is there a list of them?",
        "What are the user-defined fields called, and of which type are they?",
        "In which time zone does the office work, and are dates written month first?",
        "What does Inactive mean for you: deleted, or only out of sight?",
    ),
)
"""How Results is read."""
