"""Deeds on pilots, their gates and the volume that follows."""

from pilots.services.bundles import evidence_file
from pilots.services.city_figures import lake_reading_is_due, read_lake
from pilots.services.dossiers import (
    ask_dossiers,
    kept_dossier,
    make_dossiers,
)
from pilots.services.dry_runs import (
    DRY_RUN,
    ask_dry_run,
    dry_runs_of,
    run_dry_run,
)
from pilots.services.exclusions import judge_exclusion, propose_exclusion
from pilots.services.forward import fast_forward, send_past
from pilots.services.gates import ask_assessment, assess_gate, looks_due
from pilots.services.milestones import judge_milestone
from pilots.services.offers import (
    Deed,
    next_quantity,
    offers,
    override_offer,
    signing_offer,
)
from pilots.services.opening import assign_reviewer, end_pilot, open_pilot
from pilots.services.robots import (
    NEEDS_CONSENT,
    Nameplate,
    deploy_robot,
    enrol_robot,
    simulate_robot,
    why_not_released,
    withdraw_robot,
)
from pilots.services.seals import SigningKey, signing_key
from pilots.services.signing import (
    approve,
    approve_override,
    decide,
    propose_override,
    recommend,
)
from pilots.services.standing import GateState, gate_state, review_shown
from pilots.services.ticking import tick
from pilots.services.volume import order_tranche, why_closed

__all__ = [
    "DRY_RUN",
    "NEEDS_CONSENT",
    "Deed",
    "GateState",
    "Nameplate",
    "SigningKey",
    "approve",
    "approve_override",
    "ask_assessment",
    "ask_dossiers",
    "ask_dry_run",
    "assess_gate",
    "assign_reviewer",
    "decide",
    "deploy_robot",
    "dry_runs_of",
    "end_pilot",
    "enrol_robot",
    "evidence_file",
    "fast_forward",
    "gate_state",
    "judge_exclusion",
    "judge_milestone",
    "kept_dossier",
    "lake_reading_is_due",
    "looks_due",
    "make_dossiers",
    "next_quantity",
    "offers",
    "open_pilot",
    "order_tranche",
    "override_offer",
    "propose_exclusion",
    "propose_override",
    "read_lake",
    "recommend",
    "review_shown",
    "run_dry_run",
    "send_past",
    "signing_key",
    "signing_offer",
    "simulate_robot",
    "tick",
    "why_closed",
    "why_not_released",
    "withdraw_robot",
]
