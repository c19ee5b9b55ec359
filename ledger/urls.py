from django.urls import path

from ledger.views import exports, imports, ledger, reading

urlpatterns = [
    path("inspections/<slug:code>/ledger/", ledger.ledger, name="ledger"),
    path("inspections/<slug:code>/ledger/export/", exports.export, name="export_ledger"),
    path("import/", imports.imports, name="imports"),
    path("import/<int:pk>/", imports.shown, name="import"),
    path("import/template/", exports.template, name="ledger_template"),
    path("import/<int:pk>/marked/", exports.marked, name="marked_import"),
    path("import/<int:pk>/compare/", imports.compare, name="compare_import"),
    path("import/<int:pk>/reading/", reading.correct, name="correct_reading"),
    path("import/<int:pk>/confirm/", imports.confirm, name="confirm_import"),
    path("import/<int:pk>/discard/", imports.discard, name="discard_import"),
]
