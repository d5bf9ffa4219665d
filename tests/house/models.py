"""What imports cannot show about models: keys upward, unguarded reads, states."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import Source, data_apps, sources, storeys

KEYS = {"ForeignKey", "OneToOneField", "ManyToManyField"}
USER = "accounts.models"
# What a page may begin with: narrowing to a reader, or to everybody.
GUARDS = {"visible_to", "content_visible_to", "public", "none"}
MANAGERS = {"objects", "_default_manager", "_base_manager"}
SHORTCUTS = {"get_object_or_404", "get_list_or_404", "aget_object_or_404"}
# Rooms that hold no model's row: what they call a state is their own.
ROWLESS = {
    "telemetry",
    "engine",
    "gate",
    "sealing",
    "rules",
    "adapters",
    "transports",
    "spool",
    "lake",
    "simulator",
    "recordings",
}
STATE_WRITER = "accounts/workflow.py"
# A job's progress is the machine's, not a person's move.
STATE_APPS_LEFT_OUT = {"dispatch", "config"}


def keys_between_apps(root: Path) -> list[tuple[Source, ast.Call, str, str]]:
    """List every foreign key from one app to another: where, its app, the target's."""
    found = []
    for source in sources(root, *data_apps(root)):
        if source.room != "models":
            continue
        origins = _origins(source.tree)
        for node in ast.walk(source.tree):
            if not (isinstance(node, ast.Call) and _called(node) in KEYS):
                continue
            target = _target_app(node, source.app, origins)
            if target != source.app:
                found.append((source, node, source.app, target))
    return found


def upward_keys(root: Path) -> list[str]:
    """Find keys that point up, or that tell the lower app who stands on it."""
    order = storeys(root)
    found = []
    for source, call, app, target in keys_between_apps(root):
        if target in order and order.index(target) < order.index(app):
            found.append(source.at(call, f"a key from {app} up to {target}"))
        hides = any(
            word.arg == "related_name"
            and isinstance(word.value, ast.Constant)
            and word.value.value == "+"
            for word in call.keywords
        )
        if not hides:
            found.append(
                source.at(call, f'a key from {app} to {target} without "+" is a way up')
            )
    return found


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func).rsplit(".", 1)[-1]


def _origins(tree: ast.Module) -> dict[str, str]:
    """Map each imported name to the app it comes from."""
    return {
        alias.asname or alias.name: node.module.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def _target_app(call: ast.Call, app: str, origins: dict[str, str]) -> str:
    named = next((word.value for word in call.keywords if word.arg == "to"), None)
    target = call.args[0] if call.args else named
    if isinstance(target, ast.Constant):
        label = str(target.value)
        return label.split(".", maxsplit=1)[0] if "." in label else app
    words = ast.unparse(target) if target else ""
    if words.endswith("AUTH_USER_MODEL"):
        return "accounts"
    return origins.get(words.split(".")[0], app)


def guarded_models(root: Path) -> set[str]:
    """Name the models whose querysets know `visible_to`."""
    knowing = {
        node.name
        for source in sources(root, *data_apps(root))
        if source.room == "querysets"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef) and _defines(node, "visible_to")
    }
    return {
        node.name
        for source in sources(root, *data_apps(root))
        if source.room == "models"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef)
        for line in node.body
        if isinstance(line, ast.Assign)
        and ast.unparse(line.targets[0]) == "objects"
        and any(
            isinstance(part, ast.Name) and part.id in knowing
            for part in ast.walk(line.value)
        )
    }


def _defines(node: ast.ClassDef, name: str) -> bool:
    return any(
        isinstance(line, ast.FunctionDef) and line.name == name for line in node.body
    )


def unguarded_reads(root: Path) -> list[str]:
    """Find reads in the portals that do not begin by asking who reads.

    A command has no reader, so the portals' commands are left out.
    """
    guarded = guarded_models(root)
    return [
        finding
        for source in sources(root, "portals")
        if not source.place.startswith("portals/management/")
        for finding in _unguarded_in(source, guarded)
    ]


def _unguarded_in(source: Source, guarded: set[str]) -> Iterator[str]:
    parents = {
        child: node for node in ast.walk(source.tree) for child in _children(node)
    }
    for node in ast.walk(source.tree):
        if not (isinstance(node, ast.Name) and node.id in guarded):
            continue
        parent = parents[node]
        if isinstance(parent, ast.Attribute) and parent.attr in MANAGERS:
            verb = parents.get(parent)
            if not (isinstance(verb, ast.Attribute) and verb.attr in GUARDS):
                yield source.at(node, f"{node.id} is read without visible_to")
        elif isinstance(parent, ast.Call) and _called(parent) in SHORTCUTS:
            yield source.at(node, f"{node.id} is fetched without visible_to")
        elif _is_views_model(parent, parents):
            yield source.at(node, f"a view of all {node.id} rows")


def _children(node: ast.AST) -> Iterator[ast.AST]:
    return ast.iter_child_nodes(node)


def _is_views_model(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether this is a class's `model = X` outside a Meta."""
    if not (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "model"):
        return False
    owner = parents.get(node)
    return isinstance(owner, ast.ClassDef) and owner.name != "Meta"


def written_states(root: Path) -> list[str]:
    """Find writers of `state` other than `advance`."""
    apps = [app for app in storeys(root) if app not in STATE_APPS_LEFT_OUT]
    return [
        source.at(node, "a state is written; only accounts.workflow.advance does")
        for source in sources(root, *apps)
        if source.place != STATE_WRITER and source.room not in ROWLESS | {"migrations"}
        for node in ast.walk(source.tree)
        if _writes_state(node)
    ]


def _writes_state(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(
            isinstance(part, ast.Attribute) and part.attr == "state"
            for target in targets
            for part in ast.walk(target)
            if isinstance(getattr(part, "ctx", None), ast.Store)
        )
    if isinstance(node, ast.Call) and _called(node) in {"update", "aupdate"}:
        return any(word.arg == "state" for word in node.keywords)
    return (
        isinstance(node, ast.Call)
        and _called(node) == "setattr"
        and len(node.args) > 1
        and ast.unparse(node.args[1]) == "'state'"
    )
