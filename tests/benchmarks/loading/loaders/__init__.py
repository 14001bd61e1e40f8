"""The files that Airflow parses on the other sides; they are copied into the projects of the benchmark."""
