"""The way in: sign-in, first start, the menu, and what is said when something is missing or broken."""
