"""Deeds on robots and on what they send."""

from robot_bridge.services.audit import check_ledger
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
from robot_bridge.services.settle import settle, settled_but_not_stored
from robot_bridge.services.store import (
    Accepted,
    Append,
    append_to_lake,
    begin_append,
    lake_files,
    lake_rows,
    lake_version,
    prepare_lake,
    samples_of,
    tidy_lake,
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
    "update_software",
]
