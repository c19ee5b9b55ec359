"""The ways into the ledger over the API."""

from imports.api.imports import ImportRows

__all__ = ["ImportRows"]
