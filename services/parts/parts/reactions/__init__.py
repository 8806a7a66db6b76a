"""What parts does when other departments report."""
