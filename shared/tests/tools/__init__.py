"""Tests of what departments find in the servicekit and shopkit apart from messaging and HTTP."""
