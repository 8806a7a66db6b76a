"""What all tests of the workspace share."""

# Imported before collection: the folder contracts/ would otherwise stand in for the package of that name,
# because pytest's importlib mode names contracts/tests/test_x.py `contracts.tests.test_x`.
import contracts as contracts
