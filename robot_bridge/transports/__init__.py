"""Wires to envelopes, one file a wire; they keep nothing and judge nothing."""
