"""The `dibao` commands that meet the network or HTML. One module a subject; heavy imports inside the commands."""
