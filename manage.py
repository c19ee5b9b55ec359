#!/usr/bin/env python
"""Entry point of all commands of the program."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rectify.settings")
    execute_from_command_line(sys.argv)
