"""The pieces of the Meeting page, drawn from the plain data of one meeting, live or frozen, and from nothing else."""
