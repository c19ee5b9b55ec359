from django.urls import path

from ledger.views import batch, exports, ledger, saved_filters

urlpatterns = [
    path("inspections/<slug:code>/ledger/", ledger.ledger, name="ledger"),
    path("inspections/<slug:code>/ledger/save-filter/", saved_filters.save, name="save_filter"),
    path("saved-filters/<int:pk>/forget/", saved_filters.forget, name="forget_filter"),
    path("inspections/<slug:code>/ledger/export/", exports.export, name="export_ledger"),
    path("inspections/<slug:code>/ledger/batch/", batch.batch, name="batch_measures"),
    path("inspections/<slug:code>/ledger/batch/done/", batch.done, name="batch_measures_done"),
]
