"""What an employee may do, department by department; roles are sets of these."""
