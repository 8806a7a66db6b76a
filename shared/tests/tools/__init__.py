"""Tests of what departments find in the servicekit beside messaging and HTTP."""
