"""The staff of a company: who sells and who manages a job is named by a Staff record, not by the record's owner.

Staff → its user; else its e-mail address; else its name. The whole staff is kept in memory, as the users are.
"""

from collections.abc import Mapping, Sequence

import msgspec

from adapters.protocols import Field, Finding, Flow, User
from adapters.sources.salesforce.cells import Row
from adapters.sources.salesforce.describing import Info
from adapters.sources.salesforce.org import Org
from adapters.sources.salesforce.soql import select

_NAMED = {"user": "User__c", "email": "Email__c", "active": "Active__c"}
"""What of a staff record is needed, by the names of the package without their namespace."""


class Owner(msgspec.Struct, frozen=True):
    """The field that says who has a record, and the columns that name staff, the first that is filled counting."""

    field: Field
    columns: tuple[str, ...]


_REP = Owner(Field(key="Sales Rep", label="Sales rep, else owner", kind="user"), ("Sales_Rep_1__c",))
OWNERS = {
    "Sale__c": _REP,
    "Appointment__c": _REP,
    "Project__c": Owner(
        Field(key="Project Manager", label="Project manager, else sales rep, else owner", kind="user"),
        ("Project_Manager__c", "Sales_Rep_1__c", "Sale_Rep__c"),
    ),
}
"""The objects whose owner is a member of the staff, by name without namespace."""


class Staff:
    """The staff by the id of its records."""

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}
        self._strangers: dict[str, User] = {}
        self._unreachable: dict[str, str] = {}

    def add(self, row: Row, space: str) -> None:
        """Take a row of Staff. space: the prefix of the package's names, "i360__"."""
        id, name = str(row["Id"]), str(row.get("Name") or "")
        user, email = (str(row.get(space + _NAMED[part]) or "") for part in ("user", "email"))
        self._codes[id] = user or email or name
        if user:
            return
        if not email:
            self._unreachable[id] = name
        active = str(row.get(space + _NAMED["active"])).lower() in ("true", "1", "none")
        self._strangers[email or name] = User(email or name, name, email, active=active)

    def owner(self, values: Mapping[str, str], columns: Sequence[str]) -> str:
        """Who has a record: the member of the staff that it names, else its owner.

        A staff record that is not there any more is named by its id, so that somebody asks.
        """
        member = next((values[column] for column in columns if values.get(column)), "")
        return self._codes.get(member, member) if member else values.get("OwnerId", "")

    def without_user(self) -> tuple[User, ...]:
        """Members of the staff who are no users, under what records call them."""
        return tuple(self._strangers.values())

    def findings(self) -> tuple[Finding, ...]:
        """Members of the staff who cannot be found at the destination by themselves."""
        return tuple(
            Finding(
                code="staff-without-user", object="Staff", key=id,
                detail=f"{name} is on the staff without a user and an e-mail address: say who takes the records.",
            )
            for id, name in self._unreachable.items()
        )  # fmt: skip


def read_staff(org: Org, info: Info, staff: Staff) -> Flow[None]:
    """Read all Staff records of an org."""
    space = info.name.removesuffix("Staff__c")
    columns = ["Id", "Name", *(space + name for name in _NAMED.values() if info.has(space + name))]
    for row in (yield from org.rows(select(columns, info.sobject))):
        staff.add(row, space)
