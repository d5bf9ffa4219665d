"""The programs' way in: same querysets and services as the pages."""
