"""The deeds of procurement. Keyword-only; `by` is the person who does it."""

from procurement.services.awards import Rank, award, rank_submissions, review_award
from procurement.services.briefs import (
    cancel_brief,
    create_brief,
    publish_brief,
    review_brief,
    save_brief,
)
from procurement.services.calls import (
    close_call,
    close_due_calls,
    create_call,
    create_programme,
    create_site,
    open_call,
    put_off_deadline,
    save_call,
    save_criteria,
    save_site,
)
from procurement.services.contracts import draft_contract, sign_contract
from procurement.services.opening import open_submissions
from procurement.services.reviews import (
    Load,
    assign_reviewer,
    assign_to_all,
    declare_conflict,
    finish_review,
    reviewer_loads,
    score,
)
from procurement.services.submissions import (
    missing,
    save_draft_submission,
    start_draft,
    submit,
    withdraw,
)
from procurement.services.vendors import (
    enter_vendor,
    judge_vendor,
    register_vendor,
)

__all__ = [
    "Load",
    "Rank",
    "assign_reviewer",
    "assign_to_all",
    "award",
    "cancel_brief",
    "close_call",
    "close_due_calls",
    "create_brief",
    "create_call",
    "create_programme",
    "create_site",
    "declare_conflict",
    "draft_contract",
    "enter_vendor",
    "finish_review",
    "judge_vendor",
    "missing",
    "open_call",
    "open_submissions",
    "publish_brief",
    "put_off_deadline",
    "rank_submissions",
    "register_vendor",
    "review_award",
    "review_brief",
    "reviewer_loads",
    "save_brief",
    "save_call",
    "save_criteria",
    "save_draft_submission",
    "save_site",
    "score",
    "sign_contract",
    "start_draft",
    "submit",
    "withdraw",
]
