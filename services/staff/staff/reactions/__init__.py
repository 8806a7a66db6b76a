"""What staff does on another department's event: one module per publisher, entries of the work record."""
