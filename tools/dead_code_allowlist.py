"""Names that our code defines and a framework calls or reads; `find_dead_code.py` takes them as used.

Nothing else belongs here: what only tests use is dead.
"""

CALLED_FROM_OUTSIDE = {
    "Django": """
        *Config ready urlpatterns requires_system_checks help abstract constraints indexes default_related_name
        REQUIRED_FIELDS first_name last_name get_full_name output_field as_sql as_postgresql arg_joiner extra_context
        widgets help_texts default_error_messages _post_clean allow_multiple_selected use_required_attribute
        value_from_datadict value_omitted_from_data handle_raw_input boundary
        list_display list_filter list_select_related search_fields autocomplete_fields fieldsets add_fieldsets
        has_view_permission has_add_permission has_change_permission has_delete_permission get_readonly_fields
        save_model
    """,
    "REST framework": """
        authenticate authenticate_header has_permission allow_request media_type parser_context put patch
        filter_backends pagination_class lookup_value_regex get_cache_key include_format_suffixes
        paginate_queryset get_paginated_response get_paginated_response_schema get_schema_operation_parameters
    """,
    "django-filter": "filterset_class filterset_fields field_class get_max_validator",
    "drf-spectacular": "target_class priority auto_schema get_security_definition",
    "a look-up by the kind of the heading (imports/services/rows.py)": "EDIT_AREA EDIT_CATEGORY EDIT_PROBLEM",
    "the standard library": "handle_starttag handle_endtag handle_data writable",
}
