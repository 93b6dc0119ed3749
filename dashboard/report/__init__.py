"""Documents that leave the building: the locality pack, the fortnightly summary, the board report, data exports."""
