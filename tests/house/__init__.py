"""Checks of the house plan: each takes a root folder and returns what is wrong."""
