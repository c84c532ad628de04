"""Reports computed a second time, from the definitions and with the standard library alone."""
