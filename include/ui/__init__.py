"""The project's pages in Airflow's UI, their links, and the notes of runs: a plugin of Airflow's API server."""
