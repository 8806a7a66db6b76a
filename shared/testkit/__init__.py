"""The tests' harness: departments on real databases, the in-memory broker, a clock that the test moves."""
