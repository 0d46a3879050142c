"""Finds what somebody means on the shelf, or says that there is nothing."""
