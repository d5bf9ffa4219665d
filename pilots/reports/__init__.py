"""What people read about a gate: sentences, figures, the dossier."""
