"""The program's own settings, but for leases that run out while a test waits."""

from rectify.settings import *  # noqa: F403

JOB_LEASE_SECONDS = 3
DELIVERY_LEASE_SECONDS = 2
