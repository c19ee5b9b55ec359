"""What is done with the ledger as a list: filters saved, several measures changed at once, a workbook written."""

from ledger.services.batch import batch_measures
from ledger.services.exports import empty_ledger, export_ledger, request_export
from ledger.services.saved_filters import delete_saved_filter, save_filter

__all__ = ["batch_measures", "delete_saved_filter", "empty_ledger", "export_ledger", "request_export", "save_filter"]
