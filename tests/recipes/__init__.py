"""The steps of the recipes of CONTRIBUTING.md, and the tests that are a part of each. See tests/test_recipes.py.

The tests here run on a scratch copy alone: the field, the verb and the filter that they are about are nowhere else.
"""
