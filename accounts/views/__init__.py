"""Pages about people: the team of an account, invitations to it, which account one acts for."""
