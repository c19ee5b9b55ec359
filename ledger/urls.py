from django.urls import path

from ledger.views import batch, exports, ledger, saved_filters

urlpatterns = [
    path("inspections/<slug:code>/ledger/", ledger.ledger, name="ledger"),
    path("inspections/<slug:code>/ledger/save-filter/", saved_filters.save_filter, name="save_filter"),
    path("saved-filters/<int:pk>/delete/", saved_filters.delete_saved_filter, name="delete_saved_filter"),
    path("inspections/<slug:code>/ledger/export/", exports.export_ledger, name="export_ledger"),
    path("inspections/<slug:code>/ledger/batch/", batch.batch_measures, name="batch_measures"),
    path("inspections/<slug:code>/ledger/batch/done/", batch.batch_measures_done, name="batch_measures_done"),
]
