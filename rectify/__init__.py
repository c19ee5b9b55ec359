"""The project: settings, addresses, and what has to know all apps."""

# The one place of the version: the foot of the pages and the API read it here.
__version__ = "0.1.0"
