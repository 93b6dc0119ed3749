"""The only way out: rounding, and the immutable snapshot it is released in."""
