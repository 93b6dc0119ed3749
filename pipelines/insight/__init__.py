"""The released side: every question a person may ask, answered from a snapshot alone."""
