"""The ledger out, saved filters, one verb for several measures."""
