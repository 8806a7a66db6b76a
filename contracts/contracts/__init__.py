"""The promises between departments: every event that one publishes and others subscribe to."""
