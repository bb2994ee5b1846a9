#!/usr/bin/env python
"""Runs Django's commands and ours. Those that change the shape of the database run as its owner."""

import os
import sys

OWNER_COMMANDS = {"migrate", "makemigrations", "prepare_database"}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trellis.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ["TRELLIS_AS_OWNER"] = "1"
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
