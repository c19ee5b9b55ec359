"""The program's own settings, but for a lease that runs out while a test waits."""

from rectify.settings import *  # noqa: F403

JOB_LEASE_SECONDS = 3
