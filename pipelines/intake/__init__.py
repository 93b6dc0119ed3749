"""The private side: contracts, deliveries, places and the warehouse. Nothing here is ever shown."""
