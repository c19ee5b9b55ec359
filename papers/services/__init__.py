"""Official papers from the ledger: notice of results, plan, report to the inspection office."""
