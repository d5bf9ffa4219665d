"""Deeds on robots and on what they send.

What needs the lake is loaded when it is first asked for: most processes never do.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from robot_bridge.services.bridge import run_bridge
from robot_bridge.services.deployments import (
    close_backfill,
    deploy,
    end_deployment,
    permit_backfill,
    update_software,
)
from robot_bridge.services.ingest import Receipt, ingest, open_spool
from robot_bridge.services.ledger import disputed_messages
from robot_bridge.services.registry import (
    authenticate,
    issue_credential,
    publish_passwords,
    register_robot,
    revoke_credential,
)

if TYPE_CHECKING:
    from robot_bridge.services.audit import check_ledger
    from robot_bridge.services.settling import settle, settled_but_not_stored
    from robot_bridge.services.store import (
        Accepted,
        Append,
        append_to_lake,
        begin_append,
        lake_files,
        lake_rows,
        lake_standing,
        lake_version,
        prepare_lake,
        samples_of,
        tidy_lake,
        tidy_lake_as_job,
    )

__all__ = [
    "Accepted",
    "Append",
    "Receipt",
    "append_to_lake",
    "authenticate",
    "begin_append",
    "check_ledger",
    "close_backfill",
    "deploy",
    "disputed_messages",
    "end_deployment",
    "ingest",
    "issue_credential",
    "lake_files",
    "lake_rows",
    "lake_standing",
    "lake_version",
    "open_spool",
    "permit_backfill",
    "prepare_lake",
    "publish_passwords",
    "register_robot",
    "revoke_credential",
    "run_bridge",
    "samples_of",
    "settle",
    "settled_but_not_stored",
    "tidy_lake",
    "tidy_lake_as_job",
    "update_software",
]
_NEEDS_THE_LAKE: Final = {
    "audit": ("check_ledger",),
    "settling": ("settle", "settled_but_not_stored"),
    "store": (
        "Accepted",
        "Append",
        "append_to_lake",
        "begin_append",
        "lake_files",
        "lake_rows",
        "lake_standing",
        "lake_version",
        "prepare_lake",
        "samples_of",
        "tidy_lake",
        "tidy_lake_as_job",
    ),
}


def __getattr__(name: str) -> Any:
    for module, names in _NEEDS_THE_LAKE.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"{__name__} has no {name}")
