echo "{{ params.table }}"
