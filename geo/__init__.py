"""Places: pure functions on geometry, in metres; imports nothing of ours."""
