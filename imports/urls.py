from django.urls import path

from imports.views import files, imports, reading

urlpatterns = [
    path("import/", imports.import_list, name="import_list"),
    path("import/<int:pk>/", imports.import_detail, name="import_detail"),
    path("import/template/", files.ledger_template, name="ledger_template"),
    path("import/<int:pk>/marked/", files.marked_import, name="marked_import"),
    path("import/<int:pk>/compare/", imports.compare_import, name="compare_import"),
    path("import/<int:pk>/reading/", reading.correct_reading, name="correct_reading"),
    path("import/<int:pk>/confirm/", imports.confirm_import, name="confirm_import"),
    path("import/<int:pk>/discard/", imports.discard_import, name="discard_import"),
]
