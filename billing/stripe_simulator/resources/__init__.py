"""One module a resource: its parameters, its shape, its operations, its addresses."""
