# The Airflow image: this project, Airflow, and the Snowpark interpreter of another Python beside it.
#   docker build -t snowpod-airflow .
# Both base images must be of the same Debian release: the second Python is copied next to the first.
ARG AIRFLOW_PYTHON_IMAGE=python:3.11-slim-bookworm
ARG SNOWPARK_PYTHON_IMAGE=python:3.12-slim-bookworm

FROM ${SNOWPARK_PYTHON_IMAGE} AS snowpark
COPY include/runtime/requirements.txt /tmp/requirements.txt
RUN --mount=type=secret,id=pip.conf,target=/etc/pip.conf --mount=type=secret,id=ca.pem,target=/run/secrets/ca.pem \
    python3 -m venv /opt/snowpark \
 && /opt/snowpark/bin/pip install --no-cache-dir --disable-pip-version-check --requirement /tmp/requirements.txt

FROM ${AIRFLOW_PYTHON_IMAGE} AS airflow
COPY requirements.txt /tmp/requirements.txt
RUN --mount=type=secret,id=pip.conf,target=/etc/pip.conf --mount=type=secret,id=ca.pem,target=/run/secrets/ca.pem \
    python3 -m venv /opt/airflow-venv \
 && /opt/airflow-venv/bin/pip install --no-cache-dir --disable-pip-version-check --requirement /tmp/requirements.txt

FROM ${AIRFLOW_PYTHON_IMAGE}
COPY --from=snowpark /usr/local /usr/local
COPY --from=airflow /usr/local /usr/local
COPY --from=snowpark /opt/snowpark /opt/snowpark
COPY --from=airflow /opt/airflow-venv /opt/airflow-venv
RUN ldconfig && useradd --uid 50000 --gid 0 --create-home --home-dir /opt/airflow airflow
WORKDIR /opt/airflow
COPY --chown=airflow:root configs configs
COPY --chown=airflow:root schemas schemas
COPY --chown=airflow:root dags dags
COPY --chown=airflow:root include include
# Each worker would compile it anew at its first task, once for each of the two Pythons.
RUN /opt/airflow-venv/bin/python -m compileall -q include dags \
 && /opt/snowpark/bin/python -m compileall -q include/constants.py include/runtime include/tasks
ENV PATH=/opt/airflow-venv/bin:$PATH \
    PYTHONPATH=/opt/airflow \
    PYTHONUNBUFFERED=1 \
    AIRFLOW_HOME=/opt/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/airflow/dags \
    AIRFLOW__CORE__LOAD_EXAMPLES=False \
    AIRFLOW__CORE__PLUGINS_FOLDER=/opt/airflow/include/plugins \
    AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL=60 \
    AIRFLOW__DAG_FACTORY__ENABLE_TELEMETRY=False \
    SNOWPOD_ENVIRONMENT=production
USER 50000:0
ENTRYPOINT ["airflow"]
CMD ["version"]
