"""``make department OF=quality``: a new department that subscribes to an event and publishes its own."""
