"""The engine on the command line: `restore`, which is the default, and `weights`."""
