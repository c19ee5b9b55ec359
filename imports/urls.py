from django.urls import path

from imports.views import files, imports, reading

urlpatterns = [
    path("import/", imports.imports, name="imports"),
    path("import/<int:pk>/", imports.shown, name="import"),
    path("import/template/", files.template, name="ledger_template"),
    path("import/<int:pk>/marked/", files.marked, name="marked_import"),
    path("import/<int:pk>/compare/", imports.compare, name="compare_import"),
    path("import/<int:pk>/reading/", reading.correct, name="correct_reading"),
    path("import/<int:pk>/confirm/", imports.confirm, name="confirm_import"),
    path("import/<int:pk>/discard/", imports.discard, name="discard_import"),
]
