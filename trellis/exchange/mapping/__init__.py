"""Lists under other people's headings: said once which column is which and what their words mean, then remembered."""
