"""Results CRM: what a person may decide otherwise, in Pipedrive; and its rules in Nutshell."""

import pytest

from engine.reviews import Question
from tests.e2e.contents import Contents
from tests.e2e.pairs import NUTSHELL, PIPEDRIVE
from tests.pairs.conftest import Played
from tests.pairs.passage import Passage, answer, passage
from tests.pairs.rows import trap
from tests.pairs.sides import RESULTS

DECIDED = {
    ("Deal", "7900"): "placeholder",
    ("Deal", "7901"): "link:1003",
    ("Deal", "7902"): "link:1001",
    ("Company", "1901"): "keep",
    ("Attachment", "5"): "skip",
    ("Attachment", "11"): "keep",
    ("Activity", "Type"): "as:To-Do",
    ("Activity", "9901"): "unlinked",
}


def decided(question: Question) -> str:
    """Another answer than usual to each question that has one."""
    return DECIDED.get((question.object, question.key)) or answer(question)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Passage:
    """The passage into Pipedrive with these answers."""
    return passage(RESULTS, PIPEDRIVE, tmp_path_factory.mktemp("results-decided"), decided)


@pytest.mark.xdist_group("results-decided")
class TestDecidedOtherwise:
    """Everything that was asked, answered another way."""

    @pytest.mark.promise("F-128")
    @pytest.mark.parametrize(
        ("key", "company"),
        [
            trap("R17", "Deal/7900", "Placeholder/Company"),
            trap("R17", "Deal/7901", "Company/1003"),
            trap("R17", "Deal/7902", "Company/1001"),
            trap("R02", "Deal/7906", "Company/1901"),
        ],
    )
    def test_a_deal_hangs_where_a_person_said(self, other: Passage, key: str, company: str) -> None:
        """On a placeholder, on its contact's company, on a designated one; on the job that was kept."""
        assert Contents(other.base.account)[key]["org_id"] == company

    @pytest.mark.trap("R17")
    def test_the_placeholder_is_made_once_and_taken_back(self, other: Passage) -> None:
        """It is no record of the source, so the counts do not know it; it bears our key, and the rollback finds it."""
        made = [row for row in other.base.account["organizations"] if row["name"].startswith("Placeholder")]
        assert len(made) == 1
        assert "Placeholder" not in other.base.counts
        assert other.base.reconciled.ok
        assert other.after["organizations"] == []

    @pytest.mark.trap("R17")
    def test_what_a_person_said_is_heeded_until_the_source_says_it(self, other: Passage) -> None:
        """The deal that got its company at the source is at the same one, and is not asked about again."""
        assert Contents(other.later.account)["Deal/7901"]["org_id"] == "Company/1003"
        assert other.later.disposed["Deal", "7901"][0] in ("written", "unchanged")

    @pytest.mark.trap("R02")
    def test_a_job_that_is_kept_is_marked_as_one(self, other: Passage) -> None:
        """It says that it is a job, and whose."""
        job = Contents(other.base.account)["Company/1901"]
        assert (job["QuickBooks Link"], job["QuickBooks Parent"]) == ("job", "1002")

    @pytest.mark.trap("R42")
    def test_a_doubtful_file_is_uploaded_once_it_is_confirmed(self, other: Passage) -> None:
        """It is there, and says what is wrong with it."""
        file = other.base.record("Attachment", "11", "files")
        assert file["name"] == "changed.txt"
        assert "Problem: digest-differs" in file["description"]

    @pytest.mark.trap("R20")
    def test_an_unknown_stage_may_become_one(self, other: Passage) -> None:
        """In the pipeline that its deal names, by its bare name."""
        contents = Contents(other.base.account)
        assert contents["Deal/7905"]["stage_id"] == "On Hold - Owner"
        assert contents["Deal/7905"]["pipeline_id"] == "Sales"

    @pytest.mark.trap("R22")
    @pytest.mark.trap("R23")
    def test_activities_go_where_a_person_said(self, other: Passage) -> None:
        """A letter as a to-do that says what it was; one that belongs to nobody stands alone."""
        contents = Contents(other.base.account)
        assert contents["Activity/9900"]["type"] == "task"
        assert "Type: Letter" in contents["Activity/9900"]["note"]
        assert contents["Activity/9901"]["org_id"] is None


@pytest.mark.xdist_group("results-nutshell")
class TestNutshell:
    """The same export, where amounts are kept and files and e-mails have no place."""

    @pytest.fixture
    def story(self, played: Played) -> Passage:
        """The passage into Nutshell."""
        return played(RESULTS, NUTSHELL)

    @pytest.mark.trap("R33")
    def test_a_lead_keeps_its_amount_beside_its_products(self, story: Passage) -> None:
        """The value of a lead is not made of its lines."""
        assert story.base.reconciled.entities["lead"].sums["USD"]["source"] == pytest.approx(
            story.base.reconciled.entities["lead"].sums["USD"]["destination"]
        )
        assert float(story.base.record("Deal", "7000", "leads")["value"]["amount"]) == 29492.5

    @pytest.mark.trap("R31")
    def test_a_line_that_a_lead_cannot_hold_is_rejected_in_words(self, story: Passage) -> None:
        """It holds a product once, and no less than nothing of it; and each line is counted."""
        twice = [story.base.disposed["LineItem", key][0] for key in ("8003", "8902")]
        assert sorted(twice) == ["rejected", "written"]
        told = {k: b["message"] for kind, _, k, b in story.events if kind == "WriteRejected"}
        assert "quantity" in told["8901"]
        counts = story.base.counts["LineItem"]
        assert counts["extracted"] == counts["written"] + counts["skipped"] + counts["rejected"] == 22

    @pytest.mark.trap("R02")
    @pytest.mark.trap("R21")
    def test_a_job_is_no_company(self, story: Passage) -> None:
        """Merged, its lead is at the customer."""
        assert story.base.disposed["Company", "1901"][0] == "skipped"
        assert story.base.places["Company/1901"] == story.base.places["Company/1002"]

    @pytest.mark.trap("R34")
    def test_files_are_told_in_notes(self, story: Passage) -> None:
        """With their names, sizes and where they are from."""
        (entity, _) = story.base.places["Attachment/2"]
        note = str(story.base.record("Attachment", "2", "notes"))
        assert entity == "note"
        assert "before photo.png" in note
        assert "Taken with Field Service: photo" in note
