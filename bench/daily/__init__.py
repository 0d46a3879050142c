"""How daily prompts bear a million schedules, and a hundred thousand of them due in the same minute."""
