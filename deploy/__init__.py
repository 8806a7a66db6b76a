"""What an operations team needs of the installation: configuration of the servers, and the reconciliation."""
