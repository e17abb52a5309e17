"""Draws what it is handed: charts, maps, cards, tables and filters. Reads nothing."""
