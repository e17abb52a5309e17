"""The only rooms that know the database."""
