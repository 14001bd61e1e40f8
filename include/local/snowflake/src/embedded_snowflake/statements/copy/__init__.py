"""COPY INTO a table and COPY INTO a stage."""
