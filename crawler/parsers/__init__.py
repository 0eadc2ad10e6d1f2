"""What stands where on an article page: one small pure module a field. No network, no database, no clock."""
