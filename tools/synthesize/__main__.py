"""`python -m tools.synthesize --measures N [--inspections M]`: see `Command`."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rectify.settings")
django.setup()

from tools.synthesize.command import Command  # noqa: E402 models load after the set-up

Command().run_from_argv([sys.argv[0], "synthesize", *sys.argv[1:]])
