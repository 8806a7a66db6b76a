"""The demo: a working day of shop time through the gateway, and the proof that all departments agree."""
