echo "hello from {{ dag.dag_id }}"
