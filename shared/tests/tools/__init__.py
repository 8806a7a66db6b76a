"""Tests of what departments find in the chassis beside messaging and HTTP."""
