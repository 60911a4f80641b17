"""Ring 3: real processes over a real PostgreSQL and Redis, killed, paused and cut off while deadlines fall due."""
