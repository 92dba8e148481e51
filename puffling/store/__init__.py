"""The store: everything kept between runs, in SQLite files and nowhere else."""
