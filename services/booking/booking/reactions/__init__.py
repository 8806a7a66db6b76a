"""What booking does when other departments report."""
