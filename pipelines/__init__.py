"""Numbers: deliveries in, one gate, released snapshots out, and the questions a snapshot answers."""
