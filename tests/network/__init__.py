"""An emulated bad network, in user space: see README.md beside this file."""
