"""What people may do in staff: employees, accounts and appraisal."""

READ = "staff.read"
"""See employees, skills and certificates."""
HIRE = "staff.hire"
"""Hire, change and let go employees."""
ACCOUNTS = "staff.accounts"
"""Open, lock and unlock accounts, give roles."""
SKILLS = "staff.skills"
"""Record skills, certificates and training."""
APPRAISE = "staff.appraise"
"""See and note performance of others."""

ALL = frozenset({READ, HIRE, ACCOUNTS, SKILLS, APPRAISE})
