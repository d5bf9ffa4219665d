#!/usr/bin/env python
"""Run Django's management commands."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] in (["migrate"], ["makemigrations"]):
        os.environ.setdefault("PILOTGATE_AS_OWNER", "1")
    execute_from_command_line(sys.argv)
