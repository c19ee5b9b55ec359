"""The ledger over the API: the filters that a person saved."""

from ledger.api.saving import SavedFilterRows, SavesFilters

__all__ = ["SavedFilterRows", "SavesFilters"]
