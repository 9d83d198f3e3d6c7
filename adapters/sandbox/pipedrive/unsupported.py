"""Documented operations that this sandbox leaves out: they get a 501 that says so, not a 404."""

from adapters.sandbox.pipedrive.answers import Reply
from adapters.sandbox.pipedrive.routing import Ask, Route
from adapters.sandbox.pipedrive.state import Draft

_LEFT_OUT = """
v1 /billing/subscriptions/addons GET
v1 /channels POST
v1 /channels/{} DELETE
v1 /channels/messages/receive POST
v1 /channels/{}/conversations/{} DELETE
v1 /deals/archived GET
v1 /deals/timeline GET
v1 /deals/timeline/archived GET
v1 /deals/{}/changelog GET
v1 /deals/{}/duplicate POST
v1 /deals/{}/flow GET
v1 /deals/{}/participantsChangelog GET
v1 /deals/{}/mailMessages GET
v1 /deals/{}/merge PUT
v1 /filters/helpers GET
v1 /goals POST
v1 /goals/find GET
v1 /goals/{} PUT DELETE
v1 /goals/{}/results GET
v1 /leads/search GET
v1 /legacyTeams GET POST
v1 /legacyTeams/{} GET PUT
v1 /legacyTeams/{}/users GET POST DELETE
v1 /legacyTeams/user/{} GET
v1 /mailbox/mailMessages/{} GET
v1 /mailbox/mailThreads GET
v1 /mailbox/mailThreads/{} GET PUT DELETE
v1 /mailbox/mailThreads/{}/mailMessages GET
v1 /meetings/userProviderLinks POST
v1 /meetings/userProviderLinks/{} DELETE
v1 /organizations/{}/changelog GET
v1 /organizations/{}/flow GET
v1 /organizations/{}/mailMessages GET
v1 /organizations/{}/merge PUT
v1 /permissionSets GET
v1 /permissionSets/{} GET
v1 /permissionSets/{}/assignments GET
v1 /persons/{}/changelog GET
v1 /persons/{}/flow GET
v1 /persons/{}/mailMessages GET
v1 /persons/{}/merge PUT
v1 /persons/{}/picture POST DELETE
v1 /persons/{}/products GET
v1 /pipelines/{}/conversion_statistics GET
v1 /pipelines/{}/deals GET
v1 /pipelines/{}/movement_statistics GET
v1 /products/{}/deals GET
v1 /projects GET POST
v1 /projects/{} GET PUT DELETE
v1 /projects/{}/archive POST
v1 /projects/{}/plan GET
v1 /projects/{}/plan/activities/{} PUT
v1 /projects/{}/plan/tasks/{} PUT
v1 /projects/{}/groups GET
v1 /projects/{}/tasks GET
v1 /projects/{}/activities GET
v1 /projects/boards GET
v1 /projects/boards/{} GET
v1 /projects/phases GET
v1 /projects/phases/{} GET
v1 /projectTemplates GET
v1 /projectTemplates/{} GET
v1 /roles GET POST
v1 /roles/{} GET PUT DELETE
v1 /roles/{}/assignments GET POST DELETE
v1 /roles/{}/settings GET POST
v1 /roles/{}/pipelines GET PUT
v1 /stages/{}/deals GET
v1 /tasks GET POST
v1 /tasks/{} GET PUT DELETE
v1 /users POST
v1 /users/{}/followers GET
v1 /users/{}/permissions GET
v1 /users/{}/roleAssignments GET
v1 /users/{}/roleSettings GET
v1 /userConnections GET
v2 /persons/{}/picture GET
v2 /products/{}/images GET POST PUT DELETE
v2 /projectTemplates GET
v2 /projectTemplates/{} GET
v2 /projects/search GET
v2 /projects/{}/changelog GET
v1 /activities GET POST DELETE
v1 /activities/collection GET
v1 /activities/{} PUT DELETE
v1 /activityTypes DELETE
v1 /deals GET POST DELETE
v1 /deals/collection GET
v1 /deals/search GET
v1 /deals/{} PUT DELETE
v1 /deals/{}/activities GET
v1 /deals/{}/persons GET
v1 /deals/{}/products GET POST
v1 /deals/{}/products/{} PUT DELETE
v1 /itemSearch GET
v1 /itemSearch/field GET
v1 /organizations GET POST DELETE
v1 /organizations/collection GET
v1 /organizations/search GET
v1 /organizations/{} PUT DELETE
v1 /organizations/{}/activities GET
v1 /organizations/{}/deals GET
v1 /organizations/{}/persons GET
v1 /persons GET POST DELETE
v1 /persons/collection GET
v1 /persons/search GET
v1 /persons/{} PUT DELETE
v1 /persons/{}/activities GET
v1 /persons/{}/deals GET
v1 /pipelines GET POST
v1 /pipelines/{} PUT DELETE
v1 /products GET POST
v1 /products/search GET
v1 /products/{} PUT DELETE
v1 /stages GET POST DELETE
v1 /stages/{} PUT DELETE
"""
"""`version path verbs`, from the v1 and v2 descriptions and from what v1 had until August 2026."""


def left_out(draft: Draft, ask: Ask) -> Reply:
    """The answer of an operation that is left out: never asked, the core refuses before it."""
    raise NotImplementedError(f"{draft.at}: {ask}")


def _routes() -> list[Route]:
    out: list[Route] = []
    for line in _LEFT_OUT.split("\n")[1:-1]:
        version, path, *verbs = line.split()
        out += [Route(version=version, method=verb, path=path, cost=0, handler=left_out) for verb in verbs]
    return out


LEFT_OUT = _routes()
"""The operations that are left out, as routes that cost nothing."""
