"""Writes what others read of the contracts, and refuses to break them silently; needs PyYAML."""
