"""What leaves the database as files for people: workbooks that say what they stand on. Nothing here changes a record."""
