"""The store: everything kept between runs; SQL is spoken here and nowhere else."""
