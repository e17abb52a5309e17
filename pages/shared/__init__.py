"""What pages share: the masthead, the view that a reader has chosen, and the ways between pages."""
