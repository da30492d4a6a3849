"""The condition of the server itself: its event loop, its disk, clock and certificate, and whether a show could run."""
