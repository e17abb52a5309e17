"""Reads: one module a subject, one function a question; each takes a connection, a scope and plain values."""
