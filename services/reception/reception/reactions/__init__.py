"""What reception does on another department's event: one module per publisher, one function per event.

None of them refuses."""
