"""The stories of a day: each script reads like its path in the requirements (section 2)."""
