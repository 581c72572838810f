"""Who is signed in, what they may do, and where passwords are kept."""
