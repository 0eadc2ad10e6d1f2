"""The built-in miniature portal: a county that does not exist, served on loopback. `dibao demo` crawls it."""
