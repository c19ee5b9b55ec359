"""Imports: preview what a source would do to the ledger, then do all of it or nothing."""

from imports.services.apply import apply_import, ledger_state, preview_import

__all__ = ["apply_import", "ledger_state", "preview_import"]
