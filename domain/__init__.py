"""The rules of party-organisation work (党建): pure, set-based, free of any framework or database."""
