"""What customer relations does when other departments report, and when a time has come."""
