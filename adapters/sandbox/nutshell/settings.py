"""What a Nutshell sandbox account is like. Where the facts leave a choice open, it is a setting."""

from typing import Literal

from adapters.sandbox.settings import Common

Plan = Literal["foundation", "growth", "pro", "business", "enterprise"]

OPEN_LEADS: dict[str, int] = {"foundation": 100}
"""How many open leads a plan allows (facts 15); the others have no limit."""


class NutshellSettings(Common, frozen=True, kw_only=True):
    """Settings of a Nutshell sandbox.

    lag: seconds until filter, q, email and search* see a change. impersonation: whether the key may act for the user
    whose e-mail is the user name; without it changes count as an origin's. domain: the company's, which may stand as
    the user name. api_host: what discovery names where no address is known (in memory).

    Choices that no evidence settles: field_types: which list of custom field types is taken (facts 11).
    custom_field_cap: custom fields of the whole account, None for no limit. account_status, patch_status,
    media_type_status: where document and recordings disagree (facts 12). unrecorded_code: the code of RPC errors that
    nobody captured (facts 4). client_times: what becomes of createdTime and the like from a client (rule 8).
    bare_reference: what becomes of an owner without entityType (rule 9). filter_match: whether `filter[<custom field>]`
    wants the whole value or a part of it. linking_raises_rev: whether linking a record from another one raises its rev.
    task_body: whether POST /tasks takes the bare object of the document or a list under "tasks". stage_links: whether
    a stage holds its links as the list of the document, or as the object that all recorded records have. lists_lag:
    whether plain lists of companies, people and leads lag like filtered ones.
    """

    plan: Plan = "pro"
    lag: float = 5.0
    impersonation: bool = True
    domain: str = "brightpath.example"
    api_host: str = "app.nutshell.com"
    field_types: Literal["1.0.1", "2.0.0"] = "2.0.0"
    custom_field_cap: int | None = None
    account_status: Literal[200, 201] = 201
    patch_status: Literal[200, 204] = 204
    media_type_status: Literal[400, 415] = 400
    unrecorded_code: int = -32000
    client_times: Literal["ignored", "refused"] = "ignored"
    bare_reference: Literal["refused", "user"] = "refused"
    filter_match: Literal["whole", "part"] = "whole"
    linking_raises_rev: bool = True
    task_body: Literal["bare", "wrapped"] = "bare"
    stage_links: Literal["list", "object"] = "list"
    lists_lag: bool = False
