"""The ledger as an Excel workbook: written, read, marked. Knows nothing of the database or of Django."""
