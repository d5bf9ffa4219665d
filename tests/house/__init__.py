"""Checks of the house plan: each takes a root folder and returns what is wrong."""

from tests.house import documents, layout, models, templates, words

CHECKS = (
    layout.strangers_at_the_top,
    layout.unlisted_rooms,
    layout.long_files,
    layout.drawers,
    layout.unfinished,
    models.upward_keys,
    models.unguarded_reads,
    models.written_states,
    templates.role_tests,
    documents.broken_links,
    documents.undocumented_variables,
    words.half_marked,
    words.missing_translations,
)
