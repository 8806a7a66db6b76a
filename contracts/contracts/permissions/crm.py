"""What people may do in crm: customers, vehicles, follow-ups and surveys."""

READ = "crm.read"
"""See customers, vehicles and contacts, phones masked."""
REGISTER = "crm.register"
"""Register and change customers and vehicles."""
FOLLOW_UP = "crm.follow-up"
"""Make calls and note their outcome."""
SURVEY = "crm.survey"
"""Send surveys and enter answers."""
CLASSIFY = "crm.classify"
"""Change class and credit limit of a customer."""
CONSENT = "crm.consent"
"""Record consent and its withdrawal (DATA-05)."""
REVIEW = "crm.review"
"""Review the daily report of the calls and comment on it (CRM-11)."""

ALL = frozenset({READ, REGISTER, FOLLOW_UP, SURVEY, CLASSIFY, CONSENT, REVIEW})
