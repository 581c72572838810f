"""Users, roles and open sessions, and how people sign in, for administrators."""
