"""The ways into the ledger over the API."""

from imports.api.viewsets import ImportViewSet

__all__ = ["ImportViewSet"]
