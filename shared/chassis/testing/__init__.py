"""What departments' tests stand on: a real database, the hub for a broker, a clock the test moves."""
