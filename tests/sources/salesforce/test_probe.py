"""The probe of an org: what is asked, found, and told."""

from adapters.protocols import Probed, Request, Response
from adapters.sources.improveit_360.product import ImproveIt360
from adapters.sources.salesforce.source import Salesforce
from tests.sources.salesforce.paper import BASE, PaperOrg, drive, loaded, ok, refused


def probed(org: PaperOrg) -> Probed:
    source = Salesforce(ImproveIt360())
    return drive(source, org, source.probe())


def test_a_good_org() -> None:
    """Version, date, edition, limits, counts and files are found by reading alone."""
    org = PaperOrg()
    found = probed(org)
    assert found.usable
    assert found.facts["version"] == "61.0"
    assert found.facts["date"] == "2025-03-14T18:00:00Z"
    assert found.facts["paging"] == "cursor"
    assert found.facts["limits"] == {"daily_calls": 100000, "daily_calls_left": 61234}
    assert found.facts["edition"] == "classic"
    assert found.facts["files"] == "per record"
    assert found.facts["counts"]["Contact"] == 19
    assert "i360__Prospect__c" in found.objects
    assert any("Query All Files" in risk for risk in found.risks)
    assert all(not r.unsafe for r in org.asked)


def test_limits_that_are_not_shown_are_not_fatal() -> None:
    """A user without View Setup can still read."""
    org = PaperOrg()
    org.refuse = lambda r: refused("API_DISABLED_FOR_ORG", "no", 403) if r.path.endswith("/limits") else None
    found = probed(org)
    assert found.usable
    assert any("View Setup" in risk for risk in found.risks)
    assert [s.asked for s in found.steps if s.asked.endswith("limits")] == ["GET /services/data/v61.0/limits"]


def test_a_host_that_is_no_salesforce() -> None:
    """Said as a step; nothing is raised."""
    org = PaperOrg()
    org.refuse = lambda r: Response(status=404, text="<html>Not Found</html>")
    found = probed(org)
    assert not found.usable
    assert not found.steps[0].serves


def test_a_session_without_rights() -> None:
    """The versions are public; nothing else is shown."""
    org = PaperOrg()
    org.refuse = lambda r: None if r.path == "/services/data/" else refused("API_CURRENTLY_DISABLED", "off", 403)
    found = probed(org)
    assert not found.usable
    assert [s.serves for s in found.steps] == [True, False, False, False]


def test_little_is_left_of_the_day() -> None:
    """A risk, since other programs share the calls."""
    org = PaperOrg(everything=True)
    daily = {"DailyApiRequests": {"Max": 1000, "Remaining": 100}}
    org.refuse = lambda r: ok(daily) if r.path.endswith("/limits") else None
    found = probed(org)
    assert any("100 of the day's 1000" in risk for risk in found.risks)
    assert found.facts["files"] == "Query All Files"


def test_steps_that_fail_are_steps() -> None:
    """Counts or files that are refused do not end the probe."""
    org = PaperOrg()

    def refuse(request: Request) -> Response | None:
        broken = request.path.endswith("recordCount") or "ContentDocumentLink" in request.query.get("q", "")
        return Response(status=503) if broken else None

    org.refuse = refuse
    found = probed(org)
    assert found.usable
    assert "files" not in found.facts
    lightning = PaperOrg()
    lightning.sobjects = loaded(BASE / "lightning" / "sobjects.json")
    assert probed(lightning).facts["edition"] == "lightning"
