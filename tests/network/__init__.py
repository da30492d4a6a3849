"""A bad network to order, in user space: see README.md beside this file."""
