"""Long evidence and speed, measured against named peers in the same run. Nothing here is a timed test."""
