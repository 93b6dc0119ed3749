"""What came of interventions on the screen: one piece of work, what could be seen before it starts, and kinds together."""
