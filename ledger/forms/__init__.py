"""Forms of the ledger: filters, imports, papers, what is shown to whom."""

from ledger.forms.ledger import (
    CorrectionForm,
    MappingForm,
    SaveFilterForm,
    UploadForm,
    filter_bar,
    filters_told,
    kept_query,
    read_kinds,
    said_kinds,
)

__all__ = [
    "CorrectionForm",
    "MappingForm",
    "SaveFilterForm",
    "UploadForm",
    "filter_bar",
    "filters_told",
    "kept_query",
    "read_kinds",
    "said_kinds",
]
