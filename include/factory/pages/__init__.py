"""What Airflow shows of a DAG and its tasks beside their graph: tags, texts, and the Code tab."""
